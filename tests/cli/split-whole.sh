# All files or none: a cut stream, a file that cannot be written.
printf 'a,x,1\na,y,1\nb,x,1\nb,y,1\n' | rec-ingest -q --header=no >d.rps
size=$(wc -c <d.rps)
for ((n = 0; n < size; n += 97)); do
    head -c $n d.rps >cut.rps
    rec-split -o s/ --protocol=leave-last --no-valid cut.rps 2>>messages
    echo $? >>statuses
    head -c $n d.rps | rec-split -o s/ --protocol=leave-last 2>>messages
    echo $? >>statuses
done
sort statuses | uniq -c | awk '{ print $2 }'
grep -v 'cut.rps: \|standard input: ' messages
rm messages statuses cut.rps
ls
mkdir s
ln -s /dev/full s/test.out.rps
rec-split -q -o s/ --protocol=leave-last --no-valid d.rps
echo $?
ls -A s

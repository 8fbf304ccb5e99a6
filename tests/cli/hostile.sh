# Input from somebody who means harm: lines without end, bombs, a million
# columns, times from nowhere; outputs that are links, that are the input, that
# two write at once. Every one is refused with a message, or served right.
say() { # COMMAND...: its status and its message
    "$@" >out 2>err
    echo "$?: $(head -c 300 err | head -n 3)"
}

echo "-- a line of 4 GB, from a file and from a pipe, in 1.5 GB of memory"
truncate -s 4G endless
if [ -z "${ASAN_OPTIONS+x}" ] && ! grep -q 'fsanitize=address' "$BUILD/Makefile"
then
    ulimit -Sv 1572864 2>/dev/null
fi
say rec-ingest -f csv endless
head -c 4294967296 /dev/zero | tr '\0' 'a' | say rec-ingest -f jsonl
say rec-embed --from-text endless
rm endless
printf 'u a\n' | rec-ingest -q -f adj -o rows
head -c 1000000 /dev/zero | tr '\0' 'a' >long
say rec-eval -t rows long

echo "-- a bomb: 1 GB of text in a megabyte"
head -c 16777216 /dev/zero | tr '\0' '\n' | gzip -1 >piece
for i in 1 2 3 4 5; do cat piece piece piece piece piece piece piece piece \
    piece piece piece piece piece piece; done >bomb
say rec-ingest -f tsv bomb
ulimit -Sv unlimited 2>/dev/null
printf 'a,1\nb,2\n' | rec-ingest -q -f csv -o pop.rows
rec-pop -q -o pop pop.rows
say rec-recommend -m pop --only=bomb --items=1 --text

echo "-- a million columns"
awk 'BEGIN { printf "u1,i1"; for (i = 0; i < 1000000; i++) printf ",%d", i
    print "" }' >wide
say rec-ingest -f csv --header=no --columns=user,item -o wide.rows wide
say rec-ingest -f csv -o wide.rows wide
tr , '\t' <wide | say rec-embed --from-text
awk 'BEGIN { printf "u1"; for (i = 0; i < 1000000; i++) printf " %d", i
    print "" }' | say rec-ingest -q -f adj -o wide.rows
rec-info wide.rows | grep '^events  '

echo "-- times"
printf '%s\n' u,a,1,-9223372036854775808 u,b,1,9223372036854775807 \
    v,a,1,-1 v,b,1,0 v,c,1,253402300800 w,a,1,1 w,c,1,2 w,d,1,3 >times
say rec-ingest -q -f csv --columns=user,item,weight,time -o times.rows times
rec-info times.rows | grep '^time'
say rec-ease -q --lambda=1 --half-life=30d -o m times.rows
say rec-split -q --protocol=time -o s/ times.rows
say rec-check times.rows times.rows
rec-svd -q --dim=1 -o factors times.rows
rec-embed -q -m factors -o vectors
say rec-cluster -q --mode=personas --embeddings=vectors -o p times.rows
printf 'u,a,1,9223372036854775808\n' |
    say rec-ingest -q -f csv --columns=user,item,weight,time
printf 'u,a,1e400\n' |
    say rec-ingest -q -f csv --columns=user,item,weight
printf 'u,a,nan\nu,b,inf\n' |
    say rec-ingest -q -f csv --columns=user,item,weight
printf 'u,a\0b\n' | say rec-ingest -q -f csv --columns=user,item

echo "-- outputs"
cp pop.rows target
ln -s target link
say rec-merge -q -o link pop.rows
[ -L link ] && cmp -s target <(rec-merge -q pop.rows) && echo "target replaced"
ln -s nowhere dangling
say rec-merge -q -o dangling pop.rows
[ ! -e nowhere ] || echo "a file appeared"
ln -s loop loop
say rec-merge -q -o loop pop.rows
cp pop.rows same
say rec-merge -q --no-provenance -o same same
cmp -s same <(rec-merge -q --no-provenance pop.rows) && echo "output is input"
head -c 100 pop.rows >cut
cp cut before
say rec-merge -q -o cut cut
cmp cut before
seq 1 20000 | sed 's/.*/u&,a/' >one
sed s/a/b/ one >two
rec-ingest -q -f csv -o one.rows one
rec-ingest -q -f csv -o two.rows two
for i in 1 2 3 4 5 6 7 8; do
    rec-ingest -q -f csv -o both one &
    rec-ingest -q -f csv -o both two &
    wait
    cmp -s both one.rows || cmp -s both two.rows || echo "a mixture"
done
find . -name '.*both*'

# What the protocols make of a few rows; weights and times pass through.
set -e
rec-ingest -q --header=no >d.rps <<END
u1,a,1,10
u1,b,2,20
u1,c,3,30
u2,b,4,15
u2,a,5,5
u2,c,1,28
u3,c,2,12
u3,b,2,11
u4,a,3,40
END
show()
{
    for f in "$1"/*.rps; do
        echo "$f:"
        rec-cat --no-header "$f"
    done
}
rec-split -o last/ --protocol=leave-last d.rps
rec-split -o one/ --protocol=leave-last --no-valid <d.rps
rec-split -o cut/ --protocol=time --at=28 --valid-at=20 - <d.rps
rec-split -q -o dates/ --protocol=time --at=1970-01-01T00:00:28Z \
    --valid-at=1970-01-01T00:00:20Z --no-provenance d.rps
rec-split -q -o seconds/ --protocol=time --at=28 --valid-at=20 \
    --no-provenance d.rps
diff -r dates seconds
rec-split -o share/ --protocol=time --fraction=0.25 --no-valid d.rps
for d in last one cut share; do
    show $d
done
# a prefix that is no directory; the role and the options in the file
rec-split -q -o p- --protocol=ratio --fraction=0.4 --seed=7 d.rps
for f in p-*; do
    echo "$f: $(head -c 192 $f | tail -c 64 | tr '\n\0' '  ' | sed 's/ *$//')"
done
LC_ALL=C grep -a '^rec-split ' p-test.in.rps | sed 's/input=.*/input=.../'

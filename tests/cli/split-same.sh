# The same bytes for any number of threads and for the same seed; other bytes
# for another seed.
set -e
awk 'BEGIN { for (u = 1; u <= 60; u++) for (i = 0; i < u % 17; i++)
    print u ",i" (i * 7 + u) % 23 "," 1 + i % 5 "," 1000 + u * i % 97 }' |
    rec-ingest -q --header=no >d.rps
for p in liang2018 strong ratio leave-last leave-random time; do
    rec-split -q -@ 1 -o a/ --protocol=$p --seed=5 d.rps
    rec-split -q -@ 2 -o b/ --protocol=$p --seed=5 d.rps
    rec-split -q -o c/ --protocol=$p --seed=6 --no-provenance d.rps
    rec-split -q -o d/ --protocol=$p --seed=5 --no-provenance d.rps
    rec-split -q -z -o e/ --protocol=$p --seed=5 --no-provenance d.rps
    for f in train valid.in valid.out test.in test.out; do
        cmp a/$f.rps b/$f.rps
        rec-cat d/$f.rps >d.txt
        rec-cat e/$f.rps | cmp - d.txt
    done
    if cmp -s c/test.out.rps d/test.out.rps; then
        echo "$p: the seed does not matter"
    else
        echo "$p: the seed matters"
    fi
    rm -r a b c d e
done

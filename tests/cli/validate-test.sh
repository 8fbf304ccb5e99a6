# What is chosen on test data says nothing about new data: no program that
# judges models while it trains takes streams of that role, and none leaves a
# model behind; any other role will do.
printf '%s\n' 1,a 1,b 2,a 2,c 3,b 3,c | rec-ingest -q -f csv -o x.rps
for role in valid.in valid.out test.in test.out tests; do
    rec-ingest -q -f csv --role=$role -o $role.rps <<<$'4,a\n4,c'
done
for p in "rec-ease --lambda=1" rec-knn rec-walk "rec-ials -d 2" "rec-svd -d 2" \
    rec-train-vae; do
    for f in "valid.in test.out" "test.in valid.out" "valid.in tests"; do
        $p -q --validate-in=${f% *}.rps --validate-out=${f#* }.rps -o m.rps \
            x.rps 2>&1
        echo "status $?"
    done
    ls m.rps 2>/dev/null
done
rec-ease -q --lambda=1 --validate-in=valid.in.rps --validate-out=x.rps x.rps |
    rec-info --check

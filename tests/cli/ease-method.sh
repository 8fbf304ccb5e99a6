# A bounded number of weights: on the shipped data a hundredth of all pairs is
# as good as all of them, within what the choice of users leaves open; the file
# says what was allowed, and does not depend on the threads.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
s="--method=sparse --lambda=150"
rec-ease -v -@ 1 $s --nonzeros=42000 -o m.rps s/train.rps 2>&1 |
    sed 's/[0-9.]* s\(, .*\)\{0,1\}$/TIME/'
rec-ease -q -@ 3 $s --nonzeros=42000 -o m3.rps s/train.rps
cmp m.rps m3.rps
grep -aoE '(nonzeros|lambda|dropout) [0-9.e+-]+' m.rps
rec-info m.rps | grep kind
rec-recommend -m m.rps -n 100 s/test.in.rps |
    rec-eval -q -k 20,50,100 --format=tsv -t s/test.out.rps |
    awk '$1 == "recall@20/min" || $1 == "recall@50/min" || $1 == "ndcg@100" {
        printf "%s %.4f\n", $1, $2 }'
v="--validate-in=s/valid.in.rps --validate-out=s/valid.out.rps"
# Several lambdas, with powers: the one kept is the model that it is alone.
set -- --method=sparse --nonzeros=20000 --user-power=0.3 --item-power=0.3
rec-ease --no-provenance "$@" --lambda=5x,20x,80x $v -o m.rps s/train.rps \
    2>err
sed 's/\([0-9]\.[0-9]\{4\}\)[0-9]*/\1/g' err
rec-ease -q --no-provenance "$@" --lambda=20x -o one.rps s/train.rps
cmp m.rps one.rps
rec-ease -q "$@" --lambda=1x,2x -o all/ s/train.rps
ls all
try() { rec-ease -q "$@" >out 2>&1; echo "$?: $(head -n 1 out)"; }
try --nonzeros=5 s/train.rps
try $s --nonzeros=0 s/train.rps
try $s --xi=0.1 s/train.rps
try $s --side=users s/train.rps
try $s --double s/train.rps
for o in --top=5 --threshold=0.01 --nonneg; do try $s $o s/train.rps; done
try $s --method=exact s/train.rps
try $s -@ 1 --max-mem=1M s/train.rps
try $s -@ 1 --max-mem=5M --nonzeros=4000000 s/train.rps
rec-gram -q -o g.rps s/train.rps
try $s g.rps
ls
# Hardly data: no user, one item, items that never meet.
printf '' | rec-ingest -q -f csv 2>/dev/null >empty.rps
printf '1,a\n' | rec-ingest -q -f csv >one.rps
printf '1,a\n2,b\n3,c\n' | rec-ingest -q -f csv >apart.rps
for f in empty one apart; do
    rec-ease --method=sparse --lambda=1 $f.rps >m.rps && rec-info --check m.rps
done

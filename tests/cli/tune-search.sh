# rec-tune finds the best of a grid, as rec-eval sees it, keeps that model,
# draws the same points for the same seed, and halves.
export OPENBLAS_NUM_THREADS=1
data=$SRC/data/movietweetings-100k/ratings.dat.gz
rec-ingest -q --min-item=20 --min-user=5 "$data" |
    rec-split -q --protocol=strong -o s/
valid="--validate-in=s/valid.in.rps --validate-out=s/valid.out.rps --no-times"
train='rec-ease -q --lambda={lambda} --item-power={p} s/train.rps'

rec-tune $valid --metric=recall@20/min --best=best.rps -o grid.tsv "$train" \
    lambda=log:10:1000:3 p=0,0.4 2>err
cut -f 1-4 grid.tsv
cut -f 7 grid.tsv | tail -n 1
sed 's/[0-9.]* (.*)/X/' err
# Every line against the pipe that one would write by hand.
tail -n +2 grid.tsv | while IFS=$'\t' read -r trial status lambda p got se cmd; do
    bash -c "$cmd" | rec-recommend -m - -n 20 s/valid.in.rps |
        rec-eval -t s/valid.out.rps -k 20 --metrics=recall/min -f tsv |
        awk -F '\t' -v got="$got" -v se="$se" -v trial="$trial" '
            $1 == "recall@20/min" { n++
                if ($2 - got > 1e-5 || got - $2 > 1e-5 ||
                    $3 - se > 1e-5 || se - $3 > 1e-5) print trial, $0, got, se
            }
            END { if (n != 1) print trial, "no figure" }'
done
best=$(tail -n +2 grid.tsv | sort -t $'\t' -k 5,5nr -k 1,1n | head -n 1)
bash -c "$(cut -f 7 <<<"$best")" | cmp - best.rps
grep -qF "$(cut -f 7 <<<"$best")" err || cat err
# Random points: of the seed, within the ranges, none twice.
random() {
    rec-tune -q $valid --search=random --trials=6 "$@" \
        'true {a} {b} {c} {d}; cat best.rps' \
        a=lin:-1:1 b=log:0.001:1000 c=int:-2:2 d=x,y
}
random >one
random | cmp - one
random --seed=2 | cmp -s - one && echo "the seed does not matter"
awk -F '\t' 'NR > 1 && !($3 >= -1 && $3 <= 1 && $4 >= 0.001 && $4 <= 1000 &&
    $5 ~ /^-?[0-2]$/ && $6 ~ /^[xy]$/) || seen[$3, $4, $5, $6]++' one
wc -l <one
rec-tune $valid --search=random --trials=6 'true {a}; cat best.rps' \
    a=int:1:3 2>err | cut -f 3 | sort
head -n 1 err
# Halving: 9 points with 1, the 4 best with 2, the 2 best with 4, and 1 with 5.
# A smaller penalty is not better here, and the budget is counted.
rec-tune $valid --search=halving --list=<(printf 'lambda\n'
    printf '%s\n' 1 3 9 30 90 300 900 3000 fail) --budget=1:5 --eta=2 \
    'rec-ease -q --lambda={lambda} s/train.rps && echo {budget} >>budgets' \
    2>/dev/null >halving.tsv
cut -f 1-4 halving.tsv | sed 's/^[0-9][0-9]*/N/'
sort budgets | uniq -c
awk -F '\t' 'NR > 1 { score[$4, $3] = $5; round[$4] = round[$4] " " $3 }
    END { # who goes on has at least the score of who does not
        split("1 2 4 5", budget, " ")
        for (b = 1; b < 4; b++) {
            n = split(round[budget[b]], was, " ")
            m = split(round[budget[b + 1]], is, " ")
            for (i = 1; i <= n; i++) {
                on = 0
                for (k = 1; k <= m; k++) on += is[k] == was[i]
                if (!on) for (k = 1; k <= m; k++)
                    if (score[budget[b], is[k]] < score[budget[b], was[i]])
                        print "wrong", was[i], is[k]
            } } }' halving.tsv

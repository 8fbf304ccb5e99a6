# Sparse models: --top and --threshold from both sides and from a Gram matrix,
# --nonneg, and weights in 16 bits; what they lose is reported, as
# rec-recommend and rec-eval see it.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q -o s/ --protocol=liang2018 --held-out=500 --seed=98765 || exit
v="--validate-in=s/valid.in.rps --validate-out=s/valid.out.rps"
table() { # lambda, share, ndcg@100
    awk '$3 == "kept" { next }
        $7 ~ /^[01]\./ { printf "%s %.3f %.3f\n", $2, $3, $7 }' err
}
judged() {
    rec-recommend -m "$1" -n 100 s/valid.in.rps |
        rec-eval -q --format=tsv -t s/valid.out.rps |
        awk '$1 == "ndcg@100" { printf "%.3f\n", $2 }'
}
weights() { rec-info "$1" | grep '^array weight\|^weight \(share\|negative\)' |
    sed 's/\(negative *0\.[0-9]\{2\}\)[0-9]*/\1/'; }

for side in items users; do
    echo "-- $side"
    rec-ease --side=$side --lambda=150 --top=50 $v -o $side.rps \
        s/train.rps 2>err
    table
    judged $side.rps
    weights $side.rps
done
echo "-- threshold"
rec-ease -v --lambda=150 --threshold=0.01 --store=bf16 $v -o t.rps \
    s/train.rps 2>err
table
judged t.rps
rec-info t.rps | awk '/^weight min/ { print ($3 < -0.01) }
    /^weight max/ { print ($3 > 0.1) } /^array weight/ { print $3 }'
sed -n 's/^rec-ease: [0-9]* weights, .*/said/p' err

# The Gram matrix gives the same bytes as the rows; several lambdas the same
# as each alone.
one="rec-ease -q --no-provenance --side=items"
rec-ingest -q --min-item=60 --min-user=5 --implicit \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" >small.rps
rec-gram -q -o g.gram small.rps
for how in --top=20 --nonneg "--nonneg --top=9" --store=f16; do
    $one -@ 1 --lambda=200 $how small.rps >rows
    $one -@ 1 --lambda=200 $how g.gram | cmp - rows
    $one -@ 1 --lambda=100,200,400 $how -o m/ small.rps
    cmp m/200.rps rows
done
# No BLAS is in the way of these bytes.
$one -@ 3 --nonneg --lambda=200 small.rps >rows
$one -@ 1 --nonneg --lambda=200 small.rps | cmp - rows

echo "-- nonneg"
rec-ease --nonneg --top=20 --lambda=150 $v -o n.rps s/train.rps 2>err
cut -d ' ' -f 2- err | sed 's/  */ /g'
judged n.rps
weights n.rps
rec-info n.rps | awk '/^weight min/ { print ($3 > 0) } /^parameter nonneg/'

echo "-- store"
for type in f32 f16 bf16; do
    rec-ease --side=items --lambda=150 --store=$type -o m.rps s/train.rps
    judged m.rps
    rec-info m.rps | grep '^array'
done
rec-ease --double --side=items --lambda=150 --store=f32 -o m.rps s/train.rps
rec-info m.rps | grep '^array'

try() { rec-ease "$@" s/train.rps >out 2>&1; echo "$?: $(head -n 1 out)"; }
try -q --store=f16 --side=users -o x
try --nonneg --side=users
try --store=f8
try --top=0
try --threshold=-1
try -q --lambda=1 --max-mem=20M --side=items --double -o x
try -q --lambda=1 --max-mem=18M --side=items --top=2000 -o x
# Few users of many items.
for i in {1..400}; do echo $((i % 3)),i$i; done |
    rec-ingest -q -f csv --header=no >s/train.rps
try -q --lambda=1 --max-mem=200K --side=items -o x
try -q --lambda=1 --max-mem=300K --side=items --top=1 -o x
ls x 2>/dev/null
true

#!/bin/bash
# SPDX-License-Identifier: MIT
# rec-train-vae beside Mult-VAE in PyTorch (vae_torch.py) on the same data, with
# the same hyper-parameters and number of epochs, one after the other in one
# run. Run in the build folder; needs python3 with numpy, scipy and torch:
#     tests/bench/vae.sh [DIR [EPOCHS]]
# DIR is what rec-split -o DIR/ wrote; without it the embedded MovieTweetings
# data, --protocol=strong. EPOCHS is 20 by default; of the seconds per epoch the
# median is shown. BATCH [500], HIDDEN [600], LATENT [200] and THREADS [all] are
# taken from the environment, and so is SPEED=1: no validation and no test,
# for data on which scoring takes longer than an epoch or two.
#
# The ceiling is what sgemm alone, in the same process of numpy on the same
# OpenBLAS, takes for the three products of the last layer, B x H x I, and
# those of the two in the middle; "share" is that by the seconds of an epoch.
set -euo pipefail
data=${1-} epochs=${2-20}
batch=${BATCH-500} hidden=${HIDDEN-600} latent=${LATENT-200}
threads=${THREADS-$(nproc)}
source=$(cd "$(dirname "$0")" && pwd)
. "$source/table.inc"
python=${PYTHON-/usr/bin/python3}
PATH=$PWD/cmd:$PATH
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
if [ -z "$data" ]; then
    rec-ingest -q --min-weight=7 --implicit --min-user=5 \
        "$source/../../data/movietweetings-100k/ratings.dat.gz" |
        rec-split -q --protocol=strong --held-out=1000 -o "$dir/"
    data=$dir
fi
for part in train valid.in valid.out test.in test.out; do
    rec-cat --no-header "$data/$part.rps" | cut -f 1,2 >"$dir/$part.tsv"
done
users=$(cut -f 1 "$dir/train.tsv" | uniq | wc -l)
items=$(cut -f 2 "$dir/train.tsv" | sort -u | wc -l)
echo "$users users, $items items, $(wc -l <"$dir/train.tsv") events," \
    "batch $batch, $items-$hidden-$latent-$hidden-$items, $threads threads"

valid=(--validate-in="$data/valid.in.rps" --validate-out="$data/valid.out.rps")
peer=(--run="$dir/torch.tsv")
if [ -n "${SPEED-}" ]; then
    valid=()
    peer=(--no-validation)
fi
timed() { /usr/bin/time -o "$dir/$1.peak" -f '%M' "${@:2}"; }
timed recpipe rec-train-vae -q -@ "$threads" --binary --batch="$batch" \
    --hidden="$hidden" --latent="$latent" --epochs="$epochs" "${valid[@]}" \
    --log="$dir/log" -o "$dir/m.rps" "$data/train.rps"
sed 1d "$dir/log" | cut -f 8 | sort -g >"$dir/recpipe.epochs"
timed torch "$python" "$source/vae_torch.py" --threads="$threads" \
    --batch="$batch" --hidden="$hidden" --latent="$latent" \
    --epochs="$epochs" "${peer[@]}" "$dir" >"$dir/torch.log"
grep -v '^peak' "$dir/torch.log" | cut -f 2 | sort -g >"$dir/torch.epochs"

# Seconds of an epoch's products alone.
OPENBLAS_NUM_THREADS=$threads "$python" - "$users" "$items" "$batch" \
    "$hidden" "$latent" >"$dir/ceiling" <<'EOF'
import sys, time
import numpy as np
users, items, batch, hidden, latent = map(int, sys.argv[1:])
batch = min(batch, users)
one = lambda *shape: np.ones(shape, np.float32)
work = []
for rows, cols in ((hidden, 2 * latent), (latent, hidden), (hidden, items)):
    x, w, y = one(batch, rows), one(rows, cols), one(batch, cols)
    dw, dx = one(rows, cols), one(batch, rows)
    work += [(x, w, y), (x.T, y, dw), (y, w.T, dx)]
seconds = []
for _ in range(5):
    begin = time.perf_counter()
    for a, b, out in work:
        np.matmul(a, b, out=out)
    seconds.append(time.perf_counter() - begin)
print(sorted(seconds)[2] * users / batch)
EOF

ndcg() { # a ranking: mean and standard error
    rec-eval -q -k 100 --format=tsv -t "$data/test.out.rps" "$1" |
        awk -F '\t' '$1 == "ndcg@100" { printf "%.4f +-%.4f", $2, $3 }'
}
if [ -z "${SPEED-}" ]; then
    rec-recommend -q -m "$dir/m.rps" -n 100 -o "$dir/recpipe.rps" \
        "$data/test.in.rps"
    rec-ingest -q -f tsv --columns=user,item,weight -o "$dir/torch.rps" \
        "$dir/torch.tsv"
fi
printf '%-10s %14s %9s %7s  %s\n' '' 's per epoch' MiB share 'ndcg@100, test'
for who in recpipe torch; do
    printf '%-10s ' $who
    awk -v peak="$(tail -n 1 "$dir/$who.peak")" -v top="$(cat "$dir/ceiling")" '
        { t[NR] = $1 }
        END { s = t[int((NR + 1) / 2)]
              printf "%14.3f %9.0f %6.0f%%", s, peak / 1024, 100 * top / s }' \
        "$dir/$who.epochs"
    if [ -z "${SPEED-}" ]; then
        echo "  $(ndcg "$dir/$who.rps")"
    else
        echo '  -'
    fi
done | tee "$dir/table"
printf '%-10s %14.3f\n' sgemm "$(cat "$dir/ceiling")"
awk '{ s[$1] = $2; m[$1] = $3 }
    END { printf "torch / recpipe: time %.1f, memory %.1f\n",
              s["torch"] / s["recpipe"], m["torch"] / m["recpipe"] }' \
    "$dir/table"
while read -r who seconds mib _ figure; do
    name="Mult-VAE in PyTorch"
    [ "$who" != recpipe ] || name=rec-train-vae
    row "Mult-VAE, $items items, batch $batch, an epoch" "$name" "$seconds" \
        "$mib" "ndcg@100 $figure" "$(cat "$dir/ceiling")"
done <"$dir/table"

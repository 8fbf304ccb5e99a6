#!/bin/sh
# SPDX-License-Identifier: MIT
# RP3beta end to end, text to figures: rec-ingest, rec-walk, rec-recommend and
# rec-eval beside the same in scipy, from the same adjacency lists ("user item
# item ..."). Run in the build folder after `make bench-programs`; needs
# python3 with numpy and scipy:
#     tests/bench/walk.sh [TRAIN TEST [ALPHA BETA K]]
# Without files, on made-up data of the size of Gowalla. Prints seconds and peak
# memory of every stage, then totals, the ratios, and how far the product is
# from reading its indices at the speed of memory, which is the ceiling.
set -eu
source=$(cd "$(dirname "$0")" && pwd)
. "$source/table.inc"
python=${PYTHON-/usr/bin/python3}
bin=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
alpha=${3-0.6} beta=${4-0.3} k=${5-200}
lists() { # of an interactions stream
    "$bin/cmd/rec-cat" --no-header "$1" | awk -F '\t' '
        $1 != u { if (NR > 1) print ""; printf "%s", u = $1 }
        { printf " %s", $2 }
        END { print "" }'
}
if [ $# -ge 2 ]; then
    gzip -dcf "$1" >"$dir/train.txt"
    gzip -dcf "$2" >"$dir/test.txt"
else
    tests/bench/gen-interactions 1027464 29858 40981 >"$dir/x.csv"
    cmd/rec-ingest -q --implicit "$dir/x.csv" |
        cmd/rec-split -q --protocol=ratio -o "$dir/s/"
    lists "$dir/s/train.rps" >"$dir/train.txt"
    lists "$dir/s/test.out.rps" >"$dir/test.txt"
fi
cd "$dir"

# stage NAME ARGUMENTS...: its line, and its seconds and KiB to the file times
stage() {
    name=$1
    shift
    /usr/bin/time -f '%e %M' -o time "$@"
    awk -v name="$name" '{ printf "%-16s %7.2f s %8.0f MiB\n", name, $1,
        $2 / 1024 }' time
    cat time >>times
}
stage rec-ingest "$bin/cmd/rec-ingest" -q -f adj -o train.rps train.txt
stage 'rec-ingest test' "$bin/cmd/rec-ingest" -q -f adj -o test.rps test.txt
stage rec-walk "$bin/cmd/rec-walk" -v --alpha="$alpha" --beta="$beta" \
    -k "$k" -o m.rps train.rps 2>walk.err
stage rec-recommend "$bin/cmd/rec-recommend" -q -m m.rps -n 20 -o r.rps \
    train.rps
stage rec-eval "$bin/cmd/rec-eval" -q -k 20 --format=tsv -t test.rps \
    -o report r.rps
cp times ours
echo "$python $source/walk_scipy.py train.txt test.txt $alpha $beta $k \
    >scipy.out" >scipy
stage scipy sh scipy
sed '$d' scipy.out
awk '
    FNR == NR { t += $1; m = $2 > m ? $2 : m; next }
    { peer = $1; most = $2 }
    END {
        printf "%-16s %7.2f s %8.0f MiB\n", "recpipe, all", t, m / 1024
        printf "scipy / recpipe: time %.1f, memory %.1f\n", peer / t, most / m
    }' ours time
awk '$1 == "recall@20/all" || $1 == "ndcg@20" {
    printf "recpipe %s %.6f +- %.6f\n", $1, $2, $3 }' report
tail -n 1 scipy.out
cat walk.err
$python - "$(sed 's/.*items, \([0-9]*\) walks.* in \([0-9.]*\) s.*/\1 \2/' \
    walk.err)" <<'EOF'
import sys, time
import numpy as np
walks, seconds = map(float, sys.argv[1].split())
a = np.ones(1 << 26, np.uint32)
b = np.empty_like(a)
np.copyto(b, a)
t = time.time()
np.copyto(b, a)
t = time.time() - t
print(f'{1e9 * seconds / walks:.2f} ns a walk, all of rec-walk but reading '
      f'and writing; the ceiling, 4 bytes at {8 * len(a) / t / 1e9:.1f} GB/s, '
      f'is {1e9 * 4 * t / (8 * len(a)):.2f} ns')
EOF
recall() { # of the last number on a line
    awk '{ printf "recall@20 %.4f", $1 }'
}
awk '{ t += $1; m = $2 > m ? $2 : m } END { print t, m / 1024 }' ours >all
read -r seconds mib <all
row "RP3beta, text to figures" "rec-ingest to rec-eval" "$seconds" "$mib" \
    "$(awk '$1 == "recall@20/all" { print $2 }' report | recall)" -
read -r seconds kib <time
row "RP3beta, text to figures" "scipy" "$seconds" $((kib / 1024)) \
    "$(tail -n 1 scipy.out | grep -o '0\.[0-9]*' | head -n 1 | recall)" -

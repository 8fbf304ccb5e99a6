#!/bin/sh
# SPDX-License-Identifier: MIT
# Are items with the same first codes alike? The mean cosine of the pairs of
# items that share exactly 0, 1, 2 and 3 codes from the first on, by residual
# k-means, the same balanced, and product quantisation; beside it the same
# codes exchanged at random among the items, which is the control. Of at most
# 3000 items, drawn at random, all pairs. Vectors by rec-ials. Run in the build
# folder; needs python3 with numpy:
#     tests/bench/codes.sh [K [NAME=FILE...]]
# FILE is an adjacency list "user item item ..."; without any, MovieTweetings.
# The interval is one of 95 percent, over items.
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
python=${PYTHON-/usr/bin/python3}
k=${1-32}
[ $# -eq 0 ] || shift
PATH=$PWD/cmd:$PATH
LC_ALL=C
export PATH LC_ALL
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

judge() { # NAME HOW: of $dir/v.tsv and $dir/k.tsv
    "$python" - "$dir/v.tsv" "$dir/k.tsv" "$1" "$2" <<'EOF'
import sys
import numpy as np
v, code = {}, {}
for line in open(sys.argv[1]):
    i, x = line.rstrip('\n').split('\t')
    v[i] = x.split()
for line in open(sys.argv[2]):
    i, c = line.split('\t')[:2]
    code.setdefault(i, []).append(c.strip())
rng = np.random.default_rng(1)
ids = sorted(code)
ids = [ids[i] for i in rng.permutation(len(ids))[:3000]]
x = np.array([v[i] for i in ids], np.float64)
norm = np.linalg.norm(x, axis=1, keepdims=True)
x /= np.where(norm > 0, norm, 1)
cosine = x @ x.T
all_codes = np.array([code[i][:3] for i in ids])
off = ~np.eye(len(ids), dtype=bool)
for who, c in (sys.argv[4], all_codes), \
        ('random', all_codes[rng.permutation(len(ids))]):
    same = np.ones((len(ids),) * 2, bool)
    at_least = [same & off]
    for l in range(3):
        same = same & (c[:, l][:, None] == c[:, l][None, :])
        at_least.append(same & off)
    at_least.append(np.zeros_like(off))
    cells = []
    for s in range(4):
        pairs = at_least[s] & ~at_least[s + 1]
        n = pairs.sum(1)
        if n.sum() == 0:
            cells.append('-'.rjust(15))
            continue
        mean = cosine[pairs].mean()
        # A mean of ratios by items, whose pairs are not independent.
        part = ((cosine - mean) * pairs).sum(1) * 2 / n.sum()
        cells.append(f'{mean:7.3f} +-{1.96 * np.sqrt((part ** 2).sum()):.3f}'
                     .rjust(15))
    print(f'{sys.argv[3]:15s} {who:9s}', *cells, flush=True)
EOF
}

codes() { # NAME: of $dir/x.rps
    rec-ials -q --dim=64 -o "$dir/m.rps" "$dir/x.rps"
    rec-embed -q -m "$dir/m.rps" -o "$dir/v.rps"
    rec-cat --no-header "$dir/v.rps" >"$dir/v.tsv"
    for how in residual balanced pq; do
        option=--$how
        [ $how != residual ] || option=
        # shellcheck disable=SC2086
        rec-cluster -q --mode=codes -k "$k" $option "$dir/v.rps" |
            rec-cat --no-header >"$dir/k.tsv"
        judge "$1" $how
    done
}

printf '%-15s %-9s %15s %15s %15s %15s\n' 'data' codes \
    '0 shared' 1 2 3
if [ $# -eq 0 ]; then
    rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
        -o "$dir/x.rps" "$source/data/movietweetings-100k/ratings.dat.gz"
    codes MovieTweetings
fi
for pair; do
    rec-ingest -q -f adj -o "$dir/x.rps" "${pair#*=}"
    codes "${pair%%=*}"
done

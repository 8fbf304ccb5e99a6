#!/bin/sh
# SPDX-License-Identifier: MIT
# Are items with the same first codes alike, and how much do codes keep? By
# residual k-means, the same balanced, and product quantisation:
# - the mean cosine of the pairs of items that share exactly 0, 1, 2 and 3 codes
#   from the first on, with intervals of 95 percent over items; beside it the
#   same codes exchanged at random among the items. Of at most 3000 items, drawn
#   at random, all pairs;
# - by level, the share of the mean square that is left over and the perplexity;
#   the items that share all codes with others; where groups are known, the
#   purity by level and what it would be by chance; beside it codes drawn at
#   random, each decoded as the mean of what its items have left.
# Vectors by rec-ials, 64 numbers, unit length. Run in the build folder; needs
# python3 with numpy:
#     tests/bench/codes.sh [K [NAME=FILE...]]
# FILE is an adjacency list "user item item ...", or a stream (.rps) of
# interactions or of vectors; without any, MovieTweetings with its genres.
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
python=${PYTHON-/usr/bin/python3}
k=${1-256}
[ $# -eq 0 ] || shift
PATH=$PWD/cmd:$PATH
LC_ALL=C
export PATH LC_ALL
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

cat >"$dir/judge.py" <<'EOF'
import sys
import numpy as np
vectors, codes, name, how, k = sys.argv[1:]
v, code = {}, {}
for line in open(vectors):
    i, x = line.rstrip('\n').split('\t')[0], line.split()[1:]
    v[i] = x
for line in open(codes):
    i, c = line.split('\t')[:2]
    code.setdefault(i, []).append(c.strip())
rng = np.random.default_rng(1)

def unit(ids):
    x = np.array([v[i] for i in ids], np.float64)
    norm = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(norm > 0, norm, 1)

def keep(x):
    """What random codes leave over."""
    n, k_ = len(x), int(k)
    c = rng.integers(0, k_, (n, 3))
    all_, cells = (x ** 2).sum(), []
    for l in range(3):
        size = np.bincount(c[:, l], minlength=k_)
        for d in range(x.shape[1]):
            mean = np.bincount(c[:, l], x[:, d], k_) / np.maximum(size, 1)
            x[:, d] -= mean[c[:, l]]
        p = size[size > 0] / n
        cells.append(f'{(x ** 2).sum() / all_:.3f} '
                     f'{np.exp(-(p * np.log(p)).sum()):5.1f}')
    count = np.unique(c, axis=0, return_counts=True)[1]
    print(f'{name:15s} {"random":9s}', '  '.join(cells),
          f'{count[count > 1].sum():8d} of {n}', flush=True)

def pairs(ids):
    x = unit(ids)
    cosine = x @ x.T
    all_codes = np.array([code[i][:3] for i in ids])
    off = ~np.eye(len(ids), dtype=bool)
    for who, c in (how, all_codes), \
            ('random', all_codes[rng.permutation(len(ids))]):
        same = np.ones((len(ids),) * 2, bool)
        at_least = [same & off]
        for l in range(3):
            same = same & (c[:, l][:, None] == c[:, l][None, :])
            at_least.append(same & off)
        at_least.append(np.zeros_like(off))
        cells = []
        for s in range(4):
            has = at_least[s] & ~at_least[s + 1]
            n = has.sum(1)
            if n.sum() == 0:
                cells.append('-'.rjust(15))
                continue
            mean = cosine[has].mean()
            # A mean of ratios by items, whose pairs are not independent.
            part = ((cosine - mean) * has).sum(1) * 2 / n.sum()
            cells.append(f'{mean:7.3f} '
                         f'+-{1.96 * np.sqrt((part ** 2).sum()):.3f}'
                         .rjust(15))
        print(f'{name:15s} {who:9s}', *cells, flush=True)

ids = sorted(code)
if how == 'keep':
    keep(unit(ids))
else:
    pairs([ids[i] for i in rng.permutation(len(ids))[:3000]])
EOF
judge() { # NAME HOW
    "$python" "$dir/judge.py" "$dir/v.tsv" "$dir/k.tsv" "$1" "$2" "$k"
}

codes() { # NAME LABELS: of $dir/v.rps
    rec-cat --no-header "$dir/v.rps" | tr ',' ' ' >"$dir/v.tsv"
    for how in residual balanced pq; do
        option=--$how
        [ $how != residual ] || option=
        # shellcheck disable=SC2086
        rec-cluster -q --mode=codes -k "$k" $option ${2:+"--labels=$2"} \
            --report="$dir/report" "$dir/v.rps" |
            rec-cat --no-header >"$dir/k.tsv"
        judge "$1" $how
        awk -F '\t' -v name="$1" -v how=$how '
            $1 == "0" { all = $2 }
            $1 ~ /^[1-9]$/ {
                keep = keep sprintf("  %.3f %5.1f", $2 / all, $3)
                if (NF > 4) pure = pure sprintf("  %.3f (%.3f)", $5, $6)
            }
            $1 == "vectors" { n = $2 }
            $1 == "collided" {
                printf "%-15s %-9s%s %8d of %d%s\n", name, how,
                    substr(keep, 2), $2, n, pure
            }' "$dir/report" >>"$dir/kept"
    done
    judge "$1" keep >>"$dir/kept"
}

interactions() { # of $dir/x.rps: $dir/v.rps
    rec-ials -q --dim=64 -o "$dir/m.rps" "$dir/x.rps"
    rec-embed -q -m "$dir/m.rps" -o "$dir/v.rps"
}

printf '%-15s %-9s %15s %15s %15s %15s\n' 'data' codes \
    '0 shared' 1 2 3
if [ $# -eq 0 ]; then
    data=$source/data/movietweetings-100k
    rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
        -o "$dir/x.rps" "$data/ratings.dat.gz"
    gzip -dc "$data/movies.dat.gz" | awk -F '::' '{
            n = split($3, genre, "|")
            for (g = 1; g <= n; g++) if (genre[g]) print $1 "," genre[g]
        }' | rec-ingest -q -f csv --header=no --columns=user,item \
        -o "$dir/genres.rps"
    interactions
    codes MovieTweetings "$dir/genres.rps"
fi
for pair; do
    file=${pair#*=}
    case $file in
    *.rps) cp "$file" "$dir/x.rps" ;;
    *) rec-ingest -q -f adj -o "$dir/x.rps" "$file" ;;
    esac
    if rec-info "$dir/x.rps" | grep -q '^kind.*vectors'; then
        mv "$dir/x.rps" "$dir/v.rps"
    else
        interactions
    fi
    codes "${pair%%=*}" ''
done
echo
echo 'left over and perplexity by level; items whose codes are not their own;' \
    'purity by level (by chance)'
cat "$dir/kept"

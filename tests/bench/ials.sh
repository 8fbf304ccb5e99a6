#!/bin/sh
# SPDX-License-Identifier: MIT
# rec-ials beside the public package `implicit` and beside numpy: seconds for an
# iteration (all items, then all users) and the objective after the last, of
# the same problem, on all processors. In the build folder, with python3, numpy
# and scipy:
#     tests/bench/ials.sh TRAIN [ITERATIONS [DIM...]]
# TRAIN is an interactions stream; ITERATIONS [5], DIM [64 128 256]. PEERS names
# the peers [implicit-exact implicit-cg numpy ceiling]; whatever python cannot
# import is left out. IMPLICIT may name a folder with a
# built _als module of `implicit`. The best of the iterations counts.
# "exact" is its Cholesky solver, "cg" its default, three steps of conjugate
# gradients, which is no exact solution. The regularisation is the same for
# all rows here (nu 0), since that is what implicit has. The ceiling: what
# sgemm, on all processors, would take for the operations of plain normal
# equations, n d^2 + d^3/3 for a row of n events; rec-ials does fewer.
set -eu
train=$(realpath "$1")
iterations=${2-5}
[ $# -lt 2 ] && shift $# || shift 2
[ $# -gt 0 ] || set -- 64 128 256
source=$(cd "$(dirname "$0")" && pwd)
. "$source/table.inc"
python=${PYTHON-/usr/bin/python3}
bin=$PWD/cmd
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
"$bin/rec-cat" --no-header "$train" | cut -f 1,2 >"$dir/x.tsv"
alpha=0.1 lambda=5
printf '%-5s %-16s %10s %14s %12s\n' dim who seconds objective times
for dim; do
    "$bin/rec-ials" -q --binary --dim="$dim" --block="$dim" --nu=0 \
        --unobserved=$alpha --lambda=$lambda --epochs="$iterations" \
        --log="$dir/log" "$train" >/dev/null
    awk -F '\t' 'NR > 1 {
            s = $2 - before; before = $2
            if (!least || s < least) least = s; loss = $3
        } END { printf "recpipe %.4f %.6g\n", least, loss }' "$dir/log" \
        >"$dir/all"
    for peer in ${PEERS-implicit-exact implicit-cg numpy ceiling}; do
        "$python" "$source/ials_peer.py" $peer "$dir/x.tsv" "$dim" \
            "$iterations" $alpha $lambda >>"$dir/all" ||
            echo "$peer: not there" >&2
    done
    awk -v d="$dim" 'NR == 1 { ours = $2 }
        { printf "%-5d %-16s %10.3f %14s %12.2f\n", d, $1, $2, $3, $2 / ours }' \
        "$dir/all"
    least=$(awk '$1 == "sgemm-ceiling" { print $2 }' "$dir/all")
    while read -r who seconds loss; do
        case $who in
        sgemm-ceiling) ;;
        recpipe) row "iALS, dimension $dim, an iteration" rec-ials "$seconds" \
            - "objective $loss" "${least:--}" ;;
        *) row "iALS, dimension $dim, an iteration" "$who" "$seconds" - \
            "objective $loss" "${least:--}" ;;
        esac
    done <"$dir/all"
done

#!/bin/sh
# SPDX-License-Identifier: MIT
# All comparisons that need no data but the embedded and the made-up, in pairs on
# this machine, as a table in Markdown:
#
#     make bench [BENCH=--quick]
#     tests/bench/all.sh [--quick] [-o FILE] [NAME...]
#
# Run in the build folder after `make bench-programs`. FILE is bench.md unless
# said otherwise; NAME is one of ingest ease eval ials kmeans vae walk hash score
# models. --quick takes sizes at which everything ends within minutes, to try it;
# its figures say little. Peers that are missing are installed from Debian
# (numpy, scipy, scikit-learn, torch, g++) by root; where that cannot be, their
# rows are missing. $PYTHON is the python of the peers [/usr/bin/python3].
# Close everything else: two programs of a pair run one after the other.
set -u
source=$(cd "$(dirname "$0")" && pwd)
quick= out=bench.md
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=1 ;;
    -o) out=$2 && shift ;;
    -*) echo "usage: all.sh [--quick] [-o FILE] [NAME...]" >&2 && exit 2 ;;
    *) break ;;
    esac
    shift
done
[ $# -gt 0 ] || set -- ingest ease eval ials kmeans vae walk hash score models
[ -x tests/bench/gen-interactions ] ||
    { echo "all.sh: run 'make bench-programs' in the build folder" >&2; exit 1; }
PYTHON=${PYTHON-/usr/bin/python3}
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
BENCH_TABLE=$dir/table
PATH=$PWD/cmd:$PATH
export PYTHON BENCH_TABLE PATH
: >"$BENCH_TABLE"

"$PYTHON" -c 'import numpy, scipy, sklearn, torch' 2>/dev/null &&
    command -v "${CXX:-c++}" >/dev/null && [ -x /usr/bin/time ] ||
    "$source/../../bootstrap" install-packages python3-numpy python3-scipy \
        python3-sklearn python3-torch g++ time >&2 ||
    echo "all.sh: going on without the peers that are missing" >&2

# The data that come with the source, for what judges accuracy.
rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
    "$source/../../data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q --protocol=liang2018 --held-out=500 --seed=98765 \
        -o "$dir/s/" || exit 1
lists() { # of a stream, as text
    rec-cat --no-header "$1" | awk -F '\t' '
        $1 != u { if (NR > 1) print ""; printf "%s", u = $1 }
        { printf " %s", $2 }
        END { print "" }'
}
grep -v "^#${quick:+\\|^vae}" "$source/../../data/recipes.tsv" |
    cut -f 2,3 >"$dir/recipes"

# size QUICK FULL: the arguments for the case at hand
size() {
    if [ "$quick" ]; then echo "$1"; else echo "$2"; fi
}
run() { # NAME
    # shellcheck disable=SC2046
    case $1 in
    ingest) sh "$source/ingest.sh" $(size "200000 20000 5000" "") ;;
    ease)
        sh "$source/ease.sh" $(size "100000 2000 1000 1" "")
        [ "$quick" ] || sh "$source/ease.sh" 2000000 20000 12000 1
        ;;
    eval) sh "$source/eval.sh" $(size "20000 100 5000" "") ;;
    ials)
        PEERS="numpy ceiling" sh "$source/ials.sh" "$dir/s/train.rps" \
            $(size "2 32" "5 64 128")
        ;;
    kmeans) sh "$source/kmeans.sh" $(size "3 2 5000 32 32" "") ;;
    vae) bash "$source/vae.sh" "$dir/s/" $(size 2 20) ;;
    walk)
        if [ "$quick" ]; then
            rec-split -q --protocol=ratio --no-valid -o "$dir/r/" \
                "$dir/s/train.rps"
            lists "$dir/r/train.rps" >"$dir/train.txt"
            lists "$dir/r/test.out.rps" >"$dir/test.txt"
            set -- "$dir/train.txt" "$dir/test.txt"
        else
            set --
        fi
        sh "$source/walk.sh" "$@"
        ;;
    hash) sh "$source/hash.sh" $(size 200000 "") ;;
    score) sh "$source/score.sh" $(size "100000 5000 2000" "") ;;
    models) sh "$source/models.sh" "$dir/s" "$dir/recipes" >"$dir/models" ;;
    *) echo "all.sh: there is no '$1'" >&2 && return 1 ;;
    esac
}
failed=
for name; do
    echo "== $name" >&2
    run "$name" >"$dir/log" 2>&1 || {
        failed="$failed $name"
        tail -n 5 "$dir/log" >&2
    }
    cat "$dir/log" >&2
done

{
    echo "Made by \`make bench${quick:+ BENCH=--quick}\` with $(rec-ease --version)."
    echo
    echo "- machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo |
        sort | uniq -c | sed 's/^ *//'), $(awk '/^MemTotal/ {
            printf "%.0f GiB", $2 / 2 ^ 20 }' /proc/meminfo)"
    echo "- peers: $("$PYTHON" -c '
import importlib, platform
out = ["Python " + platform.python_version()]
for n in "numpy", "scipy", "sklearn", "torch":
    try:
        out.append(n + " " + importlib.import_module(n).__version__)
    except Exception:
        out.append("no " + n)
print(", ".join(out))' 2>/dev/null)"
    [ -z "$failed" ] || echo "- failed:$failed"
    echo
    echo "Seconds of wall time and peak memory. The first row of a comparison"
    echo "is recpipe; \"times\" are the seconds of a row by recpipe's."
    echo "\"Ceiling\" is the least time that this machine could need (sgemm's"
    echo "rate, that of memory, \`cat\`, \`wc -l\` or hashing, as the script of"
    echo "this name says) by the seconds of the row; above 100% where less is"
    echo "computed than the ceiling is for."
    echo
    echo "| comparison | program | seconds | MiB | result | times | ceiling |"
    echo "|---|---|--:|--:|---|--:|--:|"
    awk -F '\t' '{
        if ($1 != task) { task = $1; first = $3 }
        share = $6 != "-" && $3 > 0 ? sprintf("%.0f%%", 100 * $6 / $3) : ""
        printf "| %s | %s | %.3g | %s | %s | %s | %s |\n", $1, $2, $3,
            ($4 == "-" ? "" : sprintf("%.0f", $4)), ($5 == "-" ? "" : $5),
            (first > 0 ? sprintf("%.2f", $3 / first) : ""), share
    }' "$BENCH_TABLE"
    if [ -s "$dir/models" ]; then
        echo
        echo "Models of the embedded data on 499 users they have never seen,"
        echo "with options tuned on others: means and standard errors; seconds"
        echo "and MiB to fit + to serve."
        echo
        echo '```'
        cat "$dir/models"
        echo '```'
    fi
} >"$dir/table.md"
mv "$dir/table.md" "$out"
echo "all.sh: $out" >&2
[ -z "$failed" ]

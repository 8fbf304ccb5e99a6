#!/bin/bash
# SPDX-License-Identifier: MIT
# What questions to strangers are worth, by rec-ask --simulate on held-out
# users: ndcg@20 after some questions, by criterion and by the way to answer,
# against popularity, against as many items named at random, and against the
# whole history (the ceiling). Standard errors over users.
#
#   tests/bench/ask.sh BUILD NAME=STREAM...
#
# STREAM is an interactions stream, whose name goes into the files NAME.tsv
# (all of it) and, where there is gnuplot, NAME.svg in the current folder.
# QUESTIONS=20, HELD=500, DIM=64 and WAYS="dislike skip pairs" may be set; with
# WAYS there is no plot.
set -eu -o pipefail
[ $# -ge 2 ] || { sed -n '3,14s/^# \{0,1\}//p' "$0"; exit 2; }
PATH=$(cd "$1" && pwd)/cmd:$PATH
LC_ALL=C
export PATH LC_ALL
src=$(cd "$(dirname "$0")/../.." && pwd)
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
questions=${QUESTIONS:-20}

ask() { # WAY CRITERION: the table of rec-ask, on standard output
    local option=--absent=$1
    [ "$1" != pairs ] || option=--pairs
    rec-ask -v -m "$work/ials.rps" --simulate="$work/s/test.in.rps" \
        --truth="$work/s/test.out.rps" --questions="$questions" "$option" \
        --criterion="$2" "$work/s/train.rps" 2>"$work/err"
}

# Everything about stream $2, into $1.tsv.
measure() {
    local way by whole
    rec-split -q --protocol=liang2018 --held-out="${HELD:-500}" --seed=1 \
        -o "$work/s/" "$2"
    rec-ials -q --dim="${DIM:-64}" -o "$work/ials.rps" "$work/s/train.rps"
    whole=$(rec-recommend -q -m "$work/ials.rps" -n 100 "$work/s/test.in.rps" |
        rec-eval -q -t "$work/s/test.out.rps" --format=tsv |
        awk '$1 == "ndcg@20" { print $2 }')
    printf 'way\tcriterion\tquestions\tanswers\tndcg@20\tse\tnamed\tse\t'
    printf 'popularity\tse\twhole\n'
    for way in ${WAYS:-dislike skip pairs}; do
        for by in pref d-optimal v-optimal random popular; do
            ask $way $by | awk -F '\t' -v OFS='\t' -v way=$way -v by=$by \
                -v whole="$whole" 'NR > 1 {
                    print way, by, $1, $2, $4, $5, $6, $7, $8, $9, whole
                }'
            sed -n "s/^rec-ask: \\(time.*\\)/$way $by: \\1/p" "$work/err" >&2
        done
    done
}

show() { # TSV: some of it, for people
    awk -F '\t' '
        NR == 2 {
            printf "popularity %.4f +- %.4f, whole history %.4f\n", $9, $10, $11
        }
        NR > 1 && $3 ~ /^(0|1|3|5|10|20)$/ {
            key = sprintf("%-8s %-10s", $1, $2)
            if (!(key in line)) order[++n] = key
            line[key] = line[key] sprintf("  %.4f", $5)
            error[key] = $6; share[key] = $5 / $11; got[key] = $4
            if (!($3 in named)) { named[$3] = $7; q[++m] = $3 }
        }
        END {
            printf "%-19s", "questions"
            for (i = 1; i <= m; i++) printf "%8d", q[i]
            printf "   +-      of whole  answers\n%-19s", "named at random"
            for (i = 1; i <= m; i++) printf "  %.4f", named[q[i]]
            printf "\n"
            for (i = 1; i <= n; i++)
                printf "%s%s  %.4f  %8.2f  %7.1f\n", order[i], line[order[i]],
                    error[order[i]], share[order[i]], got[order[i]]
        }' "$1"
}

for part; do
    name=${part%%=*}
    measure "$name" "${part#*=}" >"$name.tsv"
    echo "-- $name"
    show "$name.tsv"
    if command -v gnuplot >/dev/null && [ -z "${WAYS-}" ]; then
        gnuplot -e "table='$name.tsv'; plot_to='$name.svg'" "$src/data/ask.gp"
    fi
done

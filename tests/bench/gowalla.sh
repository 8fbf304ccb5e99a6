#!/bin/sh
# SPDX-License-Identifier: MIT
# Gowalla (the LightGCN split) from text to ranking: accuracy beside what is
# published for EASE, time of every phase, peak memory, and the solve beside a
# bare spotrf + spotri of the same order in the same run. Run in the build
# folder after `make bench-programs`:
#     tests/bench/gowalla.sh DIR [LAMBDA [THREADS]]
# DIR has train.txt.gz, valid.txt.gz and test.txt.gz, a line "user item ..."
# for each user; the model learns from the first two. Published: BARS,
# EASE_r with lambda 80, fitted in 21 min 22 s. Needs 8 GB in $TMPDIR.
set -eu
data=$(realpath "${1:?usage: gowalla.sh DIR [LAMBDA [THREADS]]}")
lambda=${2-80} threads=${3-0}
bin=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
cd "$dir"

# timed NAME COMMAND...: its seconds and MiB go to NAME.time
timed() {
    name=$1
    shift
    /usr/bin/time -o "$name.time" -f '%e %M' "$@"
    awk -v name="$name" '{ printf "%-14s %8.2f s %8.0f MiB\n",
        name, $1, $2 / 1024 }' "$name.time"
}
timed rec-ingest "$bin/cmd/rec-ingest" -q -@ "$threads" -f adj -o train.rps \
    "$data/train.txt.gz" "$data/valid.txt.gz"
timed rec-ingest "$bin/cmd/rec-ingest" -q -@ "$threads" -f adj -o test.rps \
    "$data/test.txt.gz"
timed rec-ease "$bin/cmd/rec-ease" -v -@ "$threads" --lambda="$lambda" \
    -o model.rps train.rps 2>log
sed 's/^rec-ease: /    /' log
timed rec-recommend "$bin/cmd/rec-recommend" -q -@ "$threads" -m model.rps \
    -n 50 -o run.rps train.rps
timed rec-eval "$bin/cmd/rec-eval" -q -k 20,50 --format=tsv -t test.rps \
    -o eval.tsv run.rps
rm model.rps
order=$(sed -n 's/.* of \([0-9]*\) users, \([0-9]*\) items.*solved for \(.*\)/\1 \2 \3/p' \
    log | awk '{ print $3 == "users" ? $1 : $2 }')
timed lapack "$bin/tests/bench/lapack" "$order" "$threads" >lapack.out
cat lapack.out

awk -F '\t' '
    BEGIN {
        published["recall@20/all"] = 0.176493
        published["recall@50/all"] = 0.270126
        published["ndcg@20"] = 0.146657
        published["ndcg@50"] = 0.175974
    }
    $1 in published {
        d = $2 - published[$1]
        printf "%-14s %.6f published %.6f difference %+.6f\n", $1, $2,
            published[$1], d
    }' eval.tsv
awk '
    FILENAME == "lapack.out" && $1 == "potrf" { bare = $2 + $4 }
    FILENAME == "log" && $2 == "factor:" { solve += $3 }
    FILENAME == "log" && $2 == "inverse:" { solve += $3 }
    FILENAME == "rec-ease.time" { all = $1 }
    END {
        printf "rec-ease, reading and saving included / bare LAPACK: %.2f " \
            "(factor and inverse alone: %.2f)\n", all / bare, solve / bare
    }' lapack.out log rec-ease.time

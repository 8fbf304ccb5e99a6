#!/bin/sh
# SPDX-License-Identifier: MIT
# A nightly job: today's interactions become today's model and rankings, which
# take the place of yesterday's only if they are complete and no worse.
#
#   nightly.sh [-v] STORE INPUT...     train, judge, publish
#   nightly.sh --rollback STORE        publish the run before the current one
#
# A line for crontab(5); cron mails what the job prints, which is nothing
# unless something went wrong (or with -v a line):
#
#   15 2 * * *  nightly.sh /srv/recpipe /srv/export/ratings.csv
#
# Serve STORE/current/model.rps and STORE/current/rankings.rps (or .tsv).
# STORE/current is a link to a folder in STORE/runs, replaced by one rename(2),
# so model and rankings always belong together; whatever happens before, a bad
# line, a full disk, a kill -9, leaves it alone. What a dead run leaves is swept
# away by the next. A run that was refused for its figure is left in
# STORE/runs/refused until then.
#
# What may be set in the environment, with its default:
INGEST=${INGEST:-rec-ingest -q}            # and filters, columns, a format
SPLIT=${SPLIT:-rec-split -q --protocol=strong --no-valid}
TRAIN=${TRAIN:-rec-ease -q}                # any program that trains a model
RECOMMEND=${RECOMMEND:-rec-recommend -q -n 20} # and --only, --except ...
METRIC=${METRIC:-ndcg@100}                 # as rec-eval --format=tsv calls it
TOLERANCE=${TOLERANCE:-2}  # refuse if worse by more than so many standard errors
SHRINK=${SHRINK:-0.5}      # refuse less than this share of yesterday's events
KEEP=${KEEP:-7}            # runs to keep, the current one always
LOCK_WAIT=${LOCK_WAIT:-60} # seconds to wait for a run that is not finished
set -u
LC_ALL=C
export LC_ALL

verbose=
[ "${1-}" != -v ] || { verbose=1; shift; }
rollback=
[ "${1-}" != --rollback ] || { rollback=1; shift; }
if [ $# -lt 1 ] || { [ ! "$rollback" ] && [ $# -lt 2 ]; }; then
    echo "usage: nightly.sh [-v] STORE INPUT... | --rollback STORE" >&2
    exit 2
fi
store=$1
shift
runs=$store/runs
new=$runs/.new

# Messages are kept in variables: they get out even when the disk is full.
fail() {
    echo "nightly.sh: FAILED: $*" >&2
    published=$(readlink "$store/current" 2>/dev/null) &&
        echo "nightly.sh: $store/current still is $published" >&2
    exit 1
}
step() { # NAME COMMAND...
    name=$1
    shift
    said=$("$@" 2>&1) || fail "$name (status $?): $said"
}
publish() { # RUN: let current be it, in one rename
    rm -f "$store/.current" && ln -s "runs/$1" "$store/.current" &&
        mv -T "$store/.current" "$store/current" && sync "$store"
}
list_runs() { # their numbers, ascending
    ls "$runs" | grep '^[0-9][0-9]*$' || :
}
events() { # STREAM
    rec-info -f tsv "$1" | awk -F '\t' '$2 == "events" { print $3 }'
}
# Value and standard error of the metric in a report.
figure() {
    awk -F '\t' -v m="$METRIC" '$1 == m { print $2, $3; n++ }
        END { exit !n }' "$1"
}
shown() { # FIGURE
    echo "$1" | awk '{ printf "%.4f ± %.4f", $1, $2 }'
}

mkdir -p "$runs" || fail "cannot make $runs"
# Programs inherit the lock: what a killed run has started holds it as well, so
# that no two runs ever work in the same folder.
exec 9>"$store/lock" || fail "cannot open $store/lock"
flock -w "$LOCK_WAIT" 9 || fail "another run has been at work for $LOCK_WAIT s"

current=$(readlink "$store/current" 2>/dev/null) || current=
current=${current#runs/}
if [ "$rollback" ]; then
    before=$(list_runs | awk -v c="$current" '$1 + 0 < c + 0' | tail -n 1)
    [ "$before" ] || fail "there is no run before the current one"
    step "publishing run $before" publish "$before"
    exit 0
fi
rm -rf "$new" "$runs/refused" && mkdir "$new" || fail "cannot make $new"

# shellcheck disable=SC2086
{
    step "reading the input with INGEST='$INGEST'" $INGEST -o "$new/all.rps" "$@"
    n=$(events "$new/all.rps") && [ "${n:-0}" -gt 0 ] || fail "no events"
    if [ "$current" ]; then
        was=$(cat "$store/current/events") || fail "cannot read $current/events"
        awk -v n="$n" -v was="$was" -v s="$SHRINK" \
            'BEGIN { exit !(n >= s * was) }' ||
            fail "only $n events, $was the last time (SHRINK=$SHRINK)"
    fi
    step "splitting" $SPLIT -o "$new/s/" "$new/all.rps"
    step "training to be judged" $TRAIN -o "$new/s/model.rps" "$new/s/train.rps"
    test_in=$new/s/test.in.rps
    [ -f "$test_in" ] || test_in=$new/s/train.rps # leave-last and the like
    step "recommending to be judged" $RECOMMEND -n 100 \
        -m "$new/s/model.rps" -o "$new/s/lists.rps" "$test_in"
    test_out=$new/s/test.out.rps
    [ -f "$test_out" ] || test_out=$new/s/test.rps
    step "judging" rec-eval -q -t "$test_out" --format=tsv \
        -o "$new/report.tsv" "$new/s/lists.rps"
}
now=$(figure "$new/report.tsv") || fail "no $METRIC in the report"
before="none before"
if [ "$current" ]; then
    was=$(figure "$store/current/report.tsv") ||
        fail "no $METRIC in the report of run $current"
    before="$(shown "$was") the last time"
    # Other users are judged every night: two independent means.
    if echo "$now $was" | awk -v t="$TOLERANCE" \
        '{ exit !($1 < $3 - t * sqrt($2 * $2 + $4 * $4)) }'; then
        mv -T "$new" "$runs/refused"
        fail "$METRIC is worse: $(shown "$now"), $before" \
            "(TOLERANCE=$TOLERANCE)"
    fi
fi

# What is published has learnt from everybody, those held out too.
# shellcheck disable=SC2086
{
    step "training" $TRAIN -o "$new/model.rps" "$new/all.rps"
    step "recommending" $RECOMMEND -m "$new/model.rps" \
        -o "$new/rankings.rps" "$new/all.rps"
    step "writing the rankings as text" rec-cat -o "$new/rankings.tsv" \
        "$new/rankings.rps"
}
echo "$n" >"$new/events" || fail "cannot write $new/events"
step "verifying" rec-info --check "$new/model.rps" "$new/rankings.rps"
rm -rf "$new/s" "$new/all.rps"
last=$(list_runs | tail -n 1)
run=$(printf '%06d' $((1 + $(echo "${last:-0}" | sed 's/^0*//; s/^$/0/'))))
# On the disk before it is named, named before it is published.
step "writing it all to the disk" sync "$new"/* "$new"
step "naming run $run" mv -T "$new" "$runs/$run"
step "publishing run $run" publish "$run"

for old in $(list_runs | head -n "-$KEEP"); do
    [ "$old" = "$run" ] || rm -rf "${runs:?}/$old"
done
[ ! "$verbose" ] || echo "nightly.sh: run $run published: $n events," \
    "$METRIC $(shown "$now") ($before)"

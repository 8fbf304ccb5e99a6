#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Counts beyond 2^31 events and 2^32 offsets, really streamed: counts.sh
# [USERS [ITEMS [EACH]]] makes USERS x EACH events (4.4 thousand million unless
# said otherwise) in a pipe, counts them with rec-pop and rec-info, and
# compares every figure with what it has to be. In the build folder, after
# `make bench-programs`.
set -u
users=${1:-4400000} items=${2:-1000} each=${3:-1000}
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-counts.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export PATH=$PWD/cmd:$PATH
events=$((users * each)) failed=0

same() { # WHAT GOT EXPECTED
    printf '%-28s %16s %s\n' "$1" "$2" "$([ "$2" = "$3" ] && echo right ||
        echo "WRONG: $3")"
    [ "$2" = "$3" ] || failed=1
}
run() { # NAME COMMAND...
    local name=$1 begin=$SECONDS
    shift
    tests/bench/gen-rows "$users" "$items" "$each" | "$@" || exit 1
    printf '%-28s %16s\n' "$name, seconds" $((SECONDS - begin))
}
run rec-pop rec-pop -q -o "$work/pop"
run rec-info rec-info -o "$work/info"
get() { awk -v k="$1" 'index($0, k) == 1 { print $NF }' "$work/info"; }
same "users" "$(get 'users  ')" "$users"
same "items" "$(get 'items  ')" "$items"
same "events" "$(get 'events  ')" "$events"
same "of users, rec-pop" "$(rec-info "$work/pop" |
    awk '$1 == "parameter" && $2 == "users" { print $3 }')" "$users"
# An item that is not in the history: its score is its count.
want=$((events / items))
same "of an item, rec-pop" "$(rec-recommend -m "$work/pop" --items=i0 -n 1 \
    --text | awk '{ printf "%d", $4 }')" "$want"
exit $failed

#!/bin/sh
# SPDX-License-Identifier: MIT
# Run one command test: run-case.sh tests/cli/NAME.sh
#
# The case is run by bash in an empty folder, with the programs in PATH and
# SRC naming the source tree. Its standard output, standard error and exit
# status must equal NAME.out, NAME.err and NAME.exit; where such a file is
# missing: nothing, nothing, 0. UPDATE=1 rewrites the files instead. Status 77
# skips (say why on standard error), unless there is output to be judged.
set -u
case $1 in /*) script=$1 ;; *) script=$PWD/$1 ;; esac
base=${script%.sh}
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-test.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' INT TERM HUP
mkdir "$work/in"
cd "$work/in" || exit 99
bash "$script" </dev/null >"$work/out" 2>"$work/err"
status=$?
if [ $status -eq 77 ] && [ ! -s "$work/out" ]; then
    cat "$work/err"
    exit 77
fi

printf '%s\n' $status >"$work/exit"
echo 0 >"$work/ok"
failed=0
for kind in out err exit; do
    default=/dev/null
    [ $kind = exit ] && default=$work/ok
    if [ "${UPDATE-}" = 1 ]; then
        if cmp -s "$work/$kind" "$default"; then
            rm -f "$base.$kind"
        else
            cp "$work/$kind" "$base.$kind"
        fi
        continue
    fi
    expected=$base.$kind
    [ -f "$expected" ] || expected=$default
    if ! cmp -s "$work/$kind" "$expected"; then
        echo "--- $kind differs: expected, then got"
        diff -u "$expected" "$work/$kind"
        failed=1
    fi
done
exit $failed

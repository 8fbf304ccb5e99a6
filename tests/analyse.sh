#!/bin/bash
# SPDX-License-Identifier: MIT
# Static analysers over lib and cmd: gcc -fanalyzer, cppcheck, clang-tidy (its
# list is .clang-tidy). Prints what none of analyse.txt, a comment
# cppcheck-suppress or NOLINT explains, and fails if there is something. An
# analyser that is not installed is named and left out. Called by make analyse,
# with SRC and BUILD, the folder with config.h.
set -u
cd "$SRC" || exit 1
flags="-std=gnu11 -DHAVE_CONFIG_H -I$BUILD -Ilib -Icmd"
found=$BUILD/analyse.log
jobs=$(nproc 2>/dev/null || echo 1)
: >"$found"

# Without clones for processors (compat.h), which gcc cannot follow.
if gcc --version 2>/dev/null | grep -q 'Free Software' &&
    echo 'int x;' | gcc -fanalyzer -x c -c -o /dev/null - 2>/dev/null; then
    # shellcheck disable=SC2086
    find lib cmd -name '*.c' | sort | xargs -P "$jobs" -n 4 sh -c '
        flags=$1; shift
        for f; do
            gcc $flags -fopenmp -O1 -fanalyzer -fanalyzer-verbosity=0 \
                -DREC_SANITIZE -fno-diagnostics-show-caret -S -o /dev/null "$f"
        done 2>&1 | grep "^[a-z].*warning: "' sh "$flags" |
        sed 's/^/gcc: /' >>"$found"
else
    echo "analyse: no gcc that has -fanalyzer" >&2
fi
if command -v cppcheck >/dev/null; then
    # shellcheck disable=SC2086
    cppcheck -j "$jobs" --quiet --inline-suppr --std=c11 \
        --enable=warning,portability,performance --suppress=missingInclude \
        -D__GNUC__=12 -D_OPENMP=201511 ${flags#-std=gnu11} lib cmd 2>&1 |
        grep '^[a-z].*: ' | grep -v ': note: ' | sed 's/^/cppcheck: /' \
        >>"$found"
else
    echo "analyse: no cppcheck" >&2
fi
if command -v clang-tidy >/dev/null; then
    # shellcheck disable=SC2086
    find lib cmd -name '*.c' | sort | xargs -P "$jobs" -n 4 sh -c '
        flags=$1; shift
        clang-tidy --quiet "$@" -- $flags -fopenmp 2>/dev/null' sh "$flags" |
        grep -a ': \(warning\|error\): ' | sed "s|^$SRC/||; s/^/tidy: /" |
        sort -u >>"$found"
else
    echo "analyse: no clang-tidy" >&2
fi

# analyse.txt: analyser, file and a word of the finding, then the reason.
awk -v list="$SRC/tests/analyse.txt" '
    BEGIN {
        while ((getline line < list) > 0) {
            if (line !~ /^#/ && split(line, w, " ") > 3) {
                n++; tool[n] = w[1]; file[n] = w[2]; word[n] = w[3]
            }
        }
    }
    {
        known = 0
        for (i = 1; i <= n; i++) {
            known = known || (index($0, tool[i] ": " file[i] ":") == 1 &&
                index($0, word[i]))
        }
        if (!known) { print; bad = 1 }
    }
    END { exit bad }' "$found"

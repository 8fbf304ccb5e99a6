#!/bin/sh
# SPDX-License-Identifier: MIT
# What is installed works where it is: make installcheck, and the tests of the
# Debian package.
#
#   sh tests/installed.sh BINDIR DATADIR EXAMPLES
#
# EXAMPLES has demo.sh and its data. Prints what is wrong; the last line says
# how it went.
set -u
bin=$(cd "$1" && pwd) && share=$(cd "$2" && pwd) &&
    examples=$(cd "$3" && pwd) || exit 1
LC_ALL=C
PATH=$bin:$PATH
OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS-1}
export LC_ALL PATH OPENBLAS_NUM_THREADS
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-installed.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
wrong=0
bad() {
    echo "installed: $*"
    wrong=$((wrong + 1))
}

# Every program runs and has its page; bash knows its options.
n=0
for path in "$bin"/rec-*; do
    p=${path##*/}
    n=$((n + 1))
    "$path" --version | grep -q "^$p (recpipe) [0-9]" || bad "$p --version"
    set -- "$share/man/man1/$p.1"*
    [ -s "$1" ] || bad "no page of $p"
    file=$share/bash-completion/completions/$p
    if [ ! -s "$file" ]; then
        bad "no completion of $p"
    elif command -v bash >/dev/null; then
        FILE=$file P=$p bash -c '. "$FILE"
            COMP_WORDS=("$P" --versio) COMP_CWORD=1
            "_${P//-/_}" && [ "${COMPREPLY[*]}" = --version ]' ||
            bad "the completion of $p"
    fi
    [ -s "$share/fish/vendor_completions.d/$p.fish" ] ||
        bad "no completion of $p for fish"
done
[ $n -ge 20 ] || bad "$n programs in $bin"
for page in man5/rec-format.5 man7/rec.7; do
    set -- "$share/man/$page"*
    [ -s "$1" ] || bad "no $page"
done

# From ratings to a judged ranking, through pipes alone.
cd "$work" || exit 1
ratings=$examples/movietweetings-100k/ratings.dat.gz
rec-ingest -q --min-weight=7 --implicit --min-item=20 --min-user=5 "$ratings" |
    rec-split -q --protocol=strong --no-valid -o s/ || bad "rec-split"
rec-ease -q --lambda=100 s/train.rps >ease.rps || bad "rec-ease"
rec-recommend -q -m ease.rps -n 100 s/test.in.rps |
    rec-eval -q -t s/test.out.rps -f tsv >report || bad "rec-eval"
awk '$1 == "ndcg@100" { exit !($2 > 0.1 && $2 < 0.6) }' report ||
    bad "ndcg@100 is $(sed -n 's/^ndcg@100.//p' report)"
head -c 1000 ease.rps | rec-info --check - >/dev/null 2>&1 &&
    bad "a cut model is called whole"

sh "$examples/demo.sh" "$bin" >demo 2>&1 || { cat demo; bad "the demo"; }
grep -q '^ndcg@100 .*±' demo || bad "the demo has no result"

[ $wrong -eq 0 ] && echo "installed: $n programs, all well"

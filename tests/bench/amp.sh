#!/bin/bash
# SPDX-License-Identifier: MIT
# Several vectors per user against one, of as many numbers in all: rec-persona
# with K personas beside itself with K = 1, which is softmax matrix
# factorisation, and rec-ials, both of D numbers a vector. All begin from the
# vectors of a rec-ials of their size, tuned on validation users, who also choose
# epoch and decay, and for the personas what TRIALS says. Then all are judged
# once on test users, with paired differences, overall and for users with
# few and with many items; and whether explanations hold: how much a score falls
# when the items that rec-recommend names are deleted from the history, beside
# as many others at random. With the programs in PATH:
#     tests/bench/amp.sh DIR [D]
# DIR is what rec-split -o DIR/ wrote (train, valid.in ... test.out; where users
# are not held out but their later events are, valid.in and test.in are what
# came before); D [64]. A model of K has D (U + I) / (K U + I) numbers a vector,
# with U users and I items; SAME=1 adds one of 2 personas with D.
# DECAYS [1 2 4], PERSONAS [2 4], EPOCHS [12], OPTIONS for every rec-persona,
# TRIALS a line of options each, tried with the best decay; THREADS [0],
# USERS [100] whose explanations are tried. Trials go to standard error.
set -euo pipefail
dir=$(realpath "${1:?usage: amp.sh DIR [D]}") d=${2-64} threads=${THREADS-0}
epochs=${EPOCHS-12} users=${USERS-100}
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$work"
ln -s "$dir" data
s=data
valid=(--validate-in="$s/valid.in.rps" --validate-out="$s/valid.out.rps")
TRIALS=${TRIALS---temperature=0.3
--temperature=3
--pos-entropy=0.1 --neg-entropy=0.1
--per-persona=15
--attention=cosine --temperature=0.3}

start() { # DIM: the vectors to begin with
    [ ! -e "ials.$1" ] || return 0
    rec-tune -q "${valid[@]}" --best="ials.$1" -o tune "rec-ials -q \
-@ $threads -d $1 --unobserved={u} --lambda={l} --epochs=8 $s/train.rps" \
        u=0.01,0.03,0.1 l=0.003,0.01,0.03
    awk -F '\t' 'NR == 1 { for (k = 1; k <= NF; k++) at[$k] = k; next }
        $at["ndcg@100"] > best {
            best = $at["ndcg@100"]; how = $at["command"]
        }
        END { print best; print how }' tune >tuned
    sed 1q tuned >"ials.$1.valid"
    sed -n '2s/.* -d/-d/; 2s/ --epochs.*//p' tuned >"ials.$1.how"
    echo "rec-ials $(cat "ials.$1.how" "ials.$1.valid" | tr '\n' ' ')" >&2
}
try() { # NAME K DIM OPTION...: keep the model if it is the best by now
    local name=$1 k=$2 dim=$3 figure
    shift 3
    # shellcheck disable=SC2086
    rec-persona -q -@ "$threads" -k "$k" -d "$dim" --rate=0.002 \
        --user-rate=0.03 --start="ials.$dim" --epochs="$epochs" --every=2 \
        --patience=4 ${OPTIONS-} "$@" "${valid[@]}" --log=log -o trial \
        "$s/train.rps"
    figure=$(awk -F '\t' 'NR > 1 && $6 > b { b = $6 } END { print b }' log)
    echo "-k $k -d $dim $* $figure" >&2
    if awk -v a="$figure" -v b="$(cat "$name.valid" 2>/dev/null || echo 0)" \
        'BEGIN { exit !(a > b) }'; then
        mv trial "$name"
        echo "$figure" >"$name.valid"
        echo "-d $dim $*" >"$name.how"
        awk -F '\t' 'NR > 1 { t += $7; n++ } END { print t / n }' log \
            >"$name.epoch"
    fi
}
train() { # NAME K DIM
    local decay trial
    start "$3"
    for decay in ${DECAYS-1 2 4}; do try "$@" "--decay=$decay"; done
    [ "$2" -gt 1 ] || return 0
    decay=$(sed 's/.*--decay/--decay/' "$1.how")
    while read -r trial; do
        # shellcheck disable=SC2086
        [ -z "$trial" ] || try "$@" "$decay" $trial
    done <<<"$TRIALS"
}

# Users of the test with fewer items than half of them have, and the others.
rec-cat --no-header "$s/test.in.rps" | cut -f 1 | uniq -c |
    awk '{ print $1 "\t" $2 }' | sort -n >lengths
half=$(awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }' lengths)
for group in all few many; do
    rec-cat --no-header "$s/test.out.rps" | awk -F '\t' -v h="$half" \
        -v g=$group 'NR == FNR { few[$2] = $1 <= h; next }
        g == "all" || (!($1 in few) || few[$1]) == (g == "few") { print $1 "," $2 }' lengths - |
        rec-ingest -q -f csv -o "$group.rps"
done

count() { # WHAT
    rec-info -f tsv "$s/train.rps" |
        awk -F '\t' -v w="$1" '$2 == w { print $3 }'
}
u=$(count users) i=$(count items)
start "$d"
for f in "" .how .valid; do cp "ials.$d$f" "ials$f"; done
names=(ials)
train mf 1 "$d"
names+=(mf)
for k in ${PERSONAS-2 4}; do
    train "amp$k" "$k" $((d * (u + i) / (k * u + i)))
    names+=("amp$k")
done
if [ "${SAME-}" ]; then
    train same2 2 "$d"
    names+=(same2)
fi
for m in "${names[@]}"; do
    rec-recommend -q -@ "$threads" -m "$m" -n 100 -o "$m.run" "$s/test.in.rps"
done
printf '%-6s %7s %9s %9s %9s %9s %9s  %s\n' model s/epoch ndcg@100 \
    few many recall@20 valid options
for m in "${names[@]}"; do
    get() { # GROUP METRIC
        rec-eval -q -k 20,100 -f tsv -t "$1.rps" "$m.run" |
            awk -F '\t' -v m="$2" '$1 == m { printf "%.4f", $2 }'
    }
    printf '%-6s %7.4s %9s %9s %9s %9s %9.4f  %s\n' "$m" \
        "$(cat "$m.epoch" 2>/dev/null || echo -)" \
        "$(get all ndcg@100)" "$(get few ndcg@100)" "$(get many ndcg@100)" \
        "$(get all recall@20/min)" "$(cat "$m.valid")" \
        "$(cat "$m.how")"
done
echo "few: at most $half items"
runs=()
for m in "${names[@]}"; do runs+=("$m.run"); done
for group in all few many; do
    echo "ndcg@100, $group"
    rec-eval -q -k 100 --metrics=ndcg -t $group.rps "${runs[@]}" |
        sed -n '/^ *mean/,$p'
done

# The first item of each list and the two items named for it: its score with
# the whole history, without those, and without two others.
echo "explanations: what two items of the history are worth"
# Of the first users, of whom not all have a list with two items named.
rec-cat --no-header "$s/test.in.rps" | awk -F '\t' -v n=$((users * 2)) '
    $1 != u { u = $1; k++ } k <= n { print $1 "\t" $2 }' >history
rec-ingest -q -f tsv -o some.rps history
removal() { # MODEL
    rec-recommend -q -m "$1" -n 1 --text --explain=2 some.rps |
        awk -F '\t' '{ n = split($NF, p, /\([0-9]*%\)/)
            sub(/^because of /, "", p[1]); gsub(/^, | $/, "", p[2])
            gsub(/ $/, "", p[1])
            if (n == 3) print $1 "\t" $3 "\t" $4 "\t" p[1] "\t" p[2] }' |
        awk -v n="$users" 'NR <= n' >named
    awk -F '\t' -v OFS='\t' 'BEGIN { srand(1) }
        FILENAME == "named" { item[$1] = $2; a[$1] = $4; b[$1] = $5; next }
        $1 in item && $2 != a[$1] && $2 != b[$1] {
            other[$1, ++count[$1]] = $2
        }
        END {
            for (u in item) if (count[u] >= 4) {
                x = 1 + int(rand() * count[u])
                y = 1 + int(rand() * (count[u] - 1))
                y += y >= x
                print u, a[u], b[u], other[u, x], other[u, y]
            }
        }' named history >pairs
    for which in named random; do
        awk -F '\t' -v w=$which '
            FILENAME == "pairs" {
                out[$1, w == "named" ? $2 : $4] = 1
                out[$1, w == "named" ? $3 : $5] = 1
                in_it[$1] = 1
                next
            }
            $1 in in_it && !(($1, $2) in out) { print $1 "," $2 }' \
            pairs history | rec-ingest -q -f csv -o without.rps
        rec-recommend -q -m "$1" -n 100000 --text --keep-seen without.rps |
            awk -F '\t' -v w=$which -v m="$1" '
                FILENAME == "named" { item[$1] = $2; whole[$1] = $3; next }
                $3 == item[$1] {
                    x = whole[$1] - $4; t += x; q += x * x; n++
                }
                END {
                    mean = t / n
                    printf "%-6s %-6s lowers the score by %.4f", m, w, mean
                    printf " (error %.4f, %d users)\n",
                        sqrt((q / n - mean * mean) / n), n
                }' named -
    done
}
for m in "${names[@]:1}"; do removal "$m"; done

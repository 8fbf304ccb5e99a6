#!/bin/bash
# SPDX-License-Identifier: MIT
# Several vectors per user against one, of equal numbers of parameters per user:
# rec-persona with K personas of D / K numbers beside itself with K = 1, which is
# softmax matrix factorisation, and rec-ials, both of D; the epoch, and for
# the personas the decay, chosen on validation users, then judged once on test
# users, with the paired difference to rec-ials, overall and for users with
# few and with many items; and whether explanations hold: how much a score falls
# when the items that rec-recommend names are deleted from the history, beside
# as many others at random. With the programs in PATH:
#     tests/bench/amp.sh DIR [D]
# DIR is what rec-split -o DIR/ wrote (train, valid.in ... test.out); D [64].
# DECAYS [1 2 4], PERSONAS [2 4], EPOCHS [12], OPTIONS for every rec-persona,
# IALS for rec-ials, THREADS [0], USERS [100] whose explanations are tried.
set -euo pipefail
dir=$(realpath "${1:?usage: amp.sh DIR [D]}") d=${2-64} threads=${THREADS-0}
epochs=${EPOCHS-12} users=${USERS-100}
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cd "$work"
s=$dir
valid=(--validate-in="$s/valid.in.rps" --validate-out="$s/valid.out.rps")

start() { # DIM: the vectors to begin with
    [ -e "ials.$1" ] || rec-ials -q -@ "$threads" -d "$1" \
        ${IALS---lambda=0.02} --epochs=8 "${valid[@]}" -o "ials.$1" \
        "$s/train.rps"
}
train() { # NAME K DIM
    local best=0 figure decay
    start "$3"
    for decay in ${DECAYS-1 2 4}; do
        rec-persona -q -@ "$threads" -k "$2" -d "$3" --decay="$decay" \
            --rate=0.002 --user-rate=0.03 --start="ials.$3" \
            --epochs="$epochs" --every=2 --patience=4 ${OPTIONS-} \
            "${valid[@]}" --log=log -o trial "$s/train.rps"
        figure=$(awk -F '\t' 'NR > 1 && $6 > b { b = $6 } END { print b }' log)
        if awk -v a="$figure" -v b="$best" 'BEGIN { exit !(a > b) }'; then
            best=$figure
            mv trial "$1"
            awk -F '\t' -v d="$decay" 'NR > 1 { t += $7; n++ }
                END { print d "\t" t / n }' log >"$1.how"
        fi
    done
    echo "$best" >"$1.valid"
}

# Users of the test with fewer items than half of them have, and the others.
rec-cat --no-header "$s/test.in.rps" | cut -f 1 | uniq -c |
    awk '{ print $1 "\t" $2 }' | sort -n >lengths
half=$(awk '{ n[NR] = $1 } END { print n[int((NR + 1) / 2)] }' lengths)
awk -F '\t' -v h="$half" '{
    print $2 "," ($1 <= h ? "few" : "many") }' lengths |
    rec-ingest -q -f csv -o groups.rps

start "$d"
cp "ials.$d" ials
names=(ials)
train mf 1 "$d"
names+=(mf)
for k in ${PERSONAS-2 4}; do
    train "amp$k" "$k" $((d / k))
    names+=("amp$k")
done
for m in "${names[@]}"; do
    rec-recommend -q -@ "$threads" -m "$m" -n 100 -o "$m.run" "$s/test.in.rps"
done
printf '%-6s %5s %7s %9s %9s %9s %9s %9s\n' model decay s/epoch ndcg@100 \
    few many recall@20 valid
for m in "${names[@]}"; do
    rec-eval -q -k 20,100 -f tsv --by=groups.rps -t "$s/test.out.rps" \
        "$m.run" >eval
    get() { # GROUP METRIC
        awk -F '\t' -v g="$1" -v m="$2" \
            '$2 == g && $3 == m { printf "%.4f", $4 }' eval
    }
    printf '%-6s %5s %7.3s %9s %9s %9s %9s %9.4s\n' "$m" \
        "$(cut -f 1 "$m.how" 2>/dev/null || echo -)" \
        "$(cut -f 2 "$m.how" 2>/dev/null || echo -)" \
        "$(get all ndcg@100)" "$(get few ndcg@100)" "$(get many ndcg@100)" \
        "$(get all recall@20/min)" "$(cat "$m.valid" 2>/dev/null || echo -)"
done
echo "few: at most $half items"
runs=()
for m in "${names[@]}"; do runs+=("$m.run"); done
rec-eval -q -k 100 --metrics=ndcg -t "$s/test.out.rps" "${runs[@]}"

# The first item of each list and the two items named for it: its score with
# the whole history, without those, and without two others.
echo "explanations: what two items of the history are worth"
rec-cat --no-header "$s/test.in.rps" | cut -f 1,2 >history
removal() { # MODEL
    rec-recommend -q -m "$1" -n 1 --text --explain=2 "$s/test.in.rps" |
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

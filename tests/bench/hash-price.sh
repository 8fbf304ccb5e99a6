#!/bin/bash
# SPDX-License-Identifier: MIT
# What a smaller, hashed table of items costs in accuracy, and whom: models
# trained through every scheme of rec-hash(1) at several sizes, against the same
# model with a row for each item. Run in the build folder:
#     tests/bench/hash-price.sh [DIR [OUT]]
# DIR is what rec-split -o DIR/ wrote; without it the embedded MovieTweetings
# data, as in tests/cli/ease-golden.sh. Of other files make DIR/train.rps,
# DIR/test.in.rps and DIR/test.out.rps; for those of tests/bench/gowalla.sh:
#     rec-ingest -f adj -o DIR/train.rps train.txt.gz valid.txt.gz
#     rec-ingest -f adj -o DIR/test.out.rps test.txt.gz
#     ln DIR/train.rps DIR/test.in.rps
# The table goes to standard output. OUT is a folder for the values of every
# user in every run, and for price.tsv, the table; a run that is there already
# is not repeated. From price.tsv data/hash-price.gp makes the plot.
#
# From the environment: MODELS [ials vae], SCHEMES [modulo double qr bloom],
# SIZES [1 0.5 0.25 0.1] (times the items), SEEDS [1 2 3] (of the hashes and of
# the model alike), EVERY [1] (judge every so manyth user only), IALS and VAE
# (options of the models; nothing is tuned for a scheme), THREADS [all].
#
# Columns: model, scheme, size; part (all; popularity: deciles of the items, each
# with a tenth of the training interactions; activity: deciles of the users by
# history), decile, metric; n (users, or targets); exact, the mean with a row for
# each item, over users and seeds; value, with the scheme; lost, exact less
# value; error, the standard error of that over users, paired; draws, its
# standard deviation over seeds. Recall by popularity is pooled: hits / targets.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$PWD/cmd:$PATH
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
data=${1-} out=${2-$work/out}
schemes=${SCHEMES-modulo double qr bloom} sizes=${SIZES-1 0.5 0.25 0.1}
seeds=${SEEDS-1 2 3} every=${EVERY-1} threads=${THREADS-0}
ials=${IALS---dim=64 --lambda=0.02 --epochs=8}
vae=${VAE---binary --hidden=100 --latent=50 --epochs=30}
mkdir -p "$out"
if [ -z "$data" ]; then
    data=$work
    rec-ingest -q --min-weight=7 --implicit --min-item=5 --min-user=5 \
        "$source/data/movietweetings-100k/ratings.dat.gz" |
        rec-split -q -o "$data/" --protocol=liang2018 --held-out=500 \
            --seed=98765
fi

# every Nth user of the truth, and their histories
rec-cat --no-header "$data/test.out.rps" | cut -f 1 | uniq |
    awk -v n="$every" 'NR % n == 0' >"$work/users"
for part in in out; do
    rec-cat "$data/test.$part.rps" |
        awk -F '\t' 'NR == FNR { u[$1]; next } FNR == 1 || $1 in u' \
            "$work/users" - |
        rec-ingest -q -f tsv -o "$work/$part.rps"
done

train() { # model seed rows
    case $1 in
    ials) rec-ials -q -@ "$threads" $ials --seed="$2" "$3" ;;
    vae) rec-train-vae -q -@ "$threads" $vae --seed="$2" "$3" ;;
    *) echo "no model '$1'" >&2 && return 1 ;;
    esac
}
run() { # model scheme size seed
    local table=$work/ids.$4 to=$out/$1.$2.$3.$4
    local list=(rec-recommend -q -@ "$threads" -m "$work/model")

    [ ! -e "$to" ] || return 0
    [ -e "$table" ] ||
        rec-hash -q -t "$table" --items --seed="$4" "$data/train.rps" \
            -o /dev/null
    hash=(rec-hash -q -t "$table" --scheme="$2" --slots="${3}x")
    back=("${hash[@]}" --reverse --exclude="$work/in.rps")
    list+=(--keep-seen -n 1000000)
    if [ "$2" = exact ]; then
        hash=(rec-hash -q -t "$table" --items --query)
        back=(rec-hash -q -t "$table" --items --reverse)
        list=("${list[@]:0:6}" -n 100)
    fi
    "${hash[@]}" -o "$work/rows" "$data/train.rps"
    train "$1" "$4" "$work/rows" >"$work/model"
    "${hash[@]}" "$work/in.rps" | "${list[@]}" | "${back[@]}" |
        rec-eval -q -t "$work/out.rps" -k 20,100 --metrics=recall/min,ndcg \
            --per-user --by-popularity="$data/train.rps" \
            --by-activity="$work/in.rps" -o "$to"
    echo "$1 $2 $3 $4: $SECONDS s" >&2
}
price() { # model scheme size
    awk -F '\t' -v what="$1\t$2\t$3" '
    function add(part, group, metric, x, w) {
        key = part "\t" group "\t" metric
        if (!(key in sum)) order[++keys] = key
        sum[key]
        sub_n[key] += base ? w : 0
        v[key, base, $1] += x
        seed[key, base, run] += x
        if (base && run == 1) { w_of[key, $1] = w; who[key] = who[key] FS $1 }
    }
    FNR == 1 {
        split("", at)
        for (i = 1; i <= NF; i++) at[$i] = i
        base = FILENAME ~ /\.exact\./
        run = ++runs[base]
        next
    }
    {
        for (m = 1; m <= 2; m++) {
            name = m == 1 ? "ndcg@100" : "recall@20/min"
            add("all", "all", name, $at[name], 1)
            add("activity", $at["activity"], name, $at[name], 1)
        }
        for (d = 1; d <= 10; d++) {
            if (w = $at["targets/" d]) {
                add("popularity", d, "recall@20", $at["hits@20/" d], w)
                add("popularity", d, "recall@100", $at["hits@100/" d], w)
            }
        }
    }
    END {
        b = runs[1]
        s = runs[0]
        for (k = 1; k <= keys; k++) {
            key = order[k]
            n = split(who[key], user)
            w = x = y = e = dev = mean = squares = 0
            for (i = 2; i <= n; i++) {
                w += w_of[key, user[i]]
                x += v[key, 1, user[i]] / b
                y += v[key, 0, user[i]] / s
            }
            lost = (x - y) / w
            for (i = 2; i <= n; i++) {
                d = v[key, 1, user[i]] / b - v[key, 0, user[i]] / s
                d -= lost * w_of[key, user[i]]
                e += d * d
            }
            for (r = 1; r <= s; r++) {
                d = (seed[key, 1, r] - seed[key, 0, r]) / w
                mean += d / s
                squares += d * d / s
            }
            dev = s > 1 && squares > mean ^ 2 ? \
                sqrt((squares - mean ^ 2) * s / (s - 1)) : 0
            printf "%s\t%s\t%d\t%.5f\t%.5f\t%.5f\t%.5f\t%.5f\n", what, key,
                w, x / w, y / w, lost, sqrt(e) / w, dev
        }
    }' "${@:4}"
}
for seed in $seeds; do
    for model in ${MODELS-ials vae}; do
        run "$model" exact 1 "$seed"
        for size in $sizes; do
            for scheme in $schemes; do
                run "$model" "$scheme" "$size" "$seed"
            done
        done
    done
done
{
    printf 'model\tscheme\tsize\tpart\tdecile\tmetric\tn\texact\tvalue\t'
    printf 'lost\terror\tdraws\n'
    for model in ${MODELS-ials vae}; do
        base=()
        for seed in $seeds; do base+=("$out/$model.exact.1.$seed"); done
        for scheme in $schemes; do
            for size in $sizes; do
                runs=()
                for seed in $seeds; do
                    runs+=("$out/$model.$scheme.$size.$seed")
                done
                price "$model" "$scheme" "$size" "${base[@]}" "${runs[@]}"
            done
        done
    done
} | tee "$out/price.tsv"

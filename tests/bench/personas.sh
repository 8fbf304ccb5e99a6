#!/bin/sh
# SPDX-License-Identifier: MIT
# Personas against the whole history as one query, with the same model, the same
# item vectors and lists of the same length: recall@20, ndcg@100, diversity of
# the first 20 (mean of 1 - cosine over pairs), each with its standard error,
# and coverage; the differences to the single query over the same users, with
# theirs; and for whom personas win or lose, by number of personas, length and
# spread of the history. Run in the build folder after `make`:
#     tests/bench/personas.sh DIR [MODEL [CUT [THREADS [USERS]]]]
# DIR is the result of rec-split (train.rps, test.in.rps, test.out.rps), or has
# train.txt.gz, valid.txt.gz and test.txt.gz, a line "user item ..." each, as
# the LightGCN split of Gowalla has. MODEL: ials (default), or a command that
# reads train.rps from standard input and writes a model, for the queries; the
# vectors are always those of rec-ials, 64 numbers, with the options of the
# environment variable IALS. CUT: options of rec-cluster
# (default: the usual height). USERS: recommend only to every USERS-th; personas
# are always made for all.
set -eu
data=$(realpath "${1:?usage: personas.sh DIR [MODEL [CUT [THREADS [USERS]]]]}")
model=${2-ials} cut=${3-} threads=${4-0} every=${5-1}
PATH=$PWD/cmd:$PATH
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
cd "$dir"

if [ -f "$data/train.txt.gz" ]; then
    rec-ingest -q -f adj -o train.rps "$data/train.txt.gz" "$data/valid.txt.gz"
    rec-ingest -q -f adj -o test.out.rps "$data/test.txt.gz"
    cp train.rps test.in.rps
else
    cp "$data/train.rps" "$data/test.in.rps" "$data/test.out.rps" .
fi
# shellcheck disable=SC2086
rec-ials -q -@ "$threads" --dim=64 ${IALS-} -o ials.rps train.rps
rec-embed -q -m ials.rps -o items.rps
if [ "$model" = ials ]; then
    cp ials.rps model.rps
else
    sh -c "$model" <train.rps >model.rps
fi

# shellcheck disable=SC2086
/usr/bin/time -o time -f '%e %M %U' rec-cluster -@ "$threads" --mode=personas \
    --embeddings=items.rps $cut --report=personas.tsv -o personas.rps \
    test.in.rps 2>log
rec-cat --no-header personas.rps | cut -f 1,4 | sort -u | cut -f 1 | uniq -c |
    awk '{ print $2 "\t" $1 }' >personas.user
awk 'FILENAME == "time" { s = $1 > 0 ? $1 : 0.01; m = $2 / 1024; cpu = $3 }
    FILENAME == "personas.user" { u++; p += $2 }
    END { printf "%d personas of %d users in %.2f s (%.2f of processors), " \
        "%.0f users/s, %.0f MiB\n", p, u, s, cpu, u / s, m }' \
    time personas.user
sed -n '2,$s/^rec-cluster: /    /p' log

if [ "$every" -gt 1 ]; then
    for f in in out; do
        rec-cat --no-header test.$f.rps | cut -f 1,2
    done | cut -f 1 | sort -u | awk -v n="$every" 'NR % n == 0' >some
    for f in in out; do
        rec-cat --no-header test.$f.rps | awk -F '\t' '
            FILENAME == "some" { s[$1]; next } $1 in s { print $1 "," $2 }' \
            some - |
            rec-ingest -q -f csv --header=no --columns=user,item -o some.rps
        mv some.rps test.$f.rps
    done
fi

list() { # NAME OPTION...
    name=$1
    shift
    rec-recommend -q -@ "$threads" -m model.rps -n 100 "$@" -o "$name.rps" \
        test.in.rps
    rec-eval -q -k 20,100 --metrics=recall/min,ndcg --per-user \
        -t test.out.rps "$name.rps" >"$name.user"
    rec-cat --no-header "$name.rps" | cut -f 1,2 >"$name.list"
}
list single
list members --personas=personas.rps
list medoid --personas=personas.rps --query=medoid
rec-cat --no-header items.rps >items.txt
rec-cat --no-header test.in.rps | cut -f 1,2 >history

# Of the first MOST items of each list: the mean of 1 - cosine over pairs, which
# is (1 - |mean of the unit vectors|^2) n / (n - 1).
cat >spread.awk <<'END'
function flush(   k, s) {
    if (n > 1) {
        s = 0
        for (k = 1; k <= d; k++) s += sum[k] * sum[k]
        printf "%s\t%.6f\n", user, (1 - s / (n * n)) * n / (n - 1)
    }
    n = 0
    for (k = 1; k <= d; k++) sum[k] = 0
}
FILENAME == "items.txt" {
    m = split($0, x, /[\t ,]+/)
    d = m - 1
    s = 0
    for (k = 2; k <= m; k++) s += x[k] * x[k]
    if (s > 0) {
        known[x[1]] = 1
        for (k = 2; k <= m; k++) v[x[1], k - 1] = x[k] / sqrt(s)
    }
    next
}
$1 != user { flush(); user = $1; place = 0 }
++place <= most && ($2 in known) {
    n++
    for (k = 1; k <= d; k++) sum[k] += v[$2, k]
}
END { flush() }
END
for name in single members medoid; do
    awk -v most=20 -f spread.awk items.txt $name.list >$name.spread
done
awk -v most=100000 -f spread.awk items.txt history >history.spread
sort -k 2,2g history.spread >sorted

cat >table.awk <<'END'
function put(sum, square, n,   m, v) {
    m = n ? sum / n : 0
    v = n ? square / n - m * m : 0
    return sprintf("%7.4f +- %.4f", m, n ? sqrt((v > 0 ? v : 0) / n) : 0)
}
FILENAME == "items.txt" { items++; next }
FILENAME == "base" && FNR == 1 {
    for (k = 1; k <= NF; k++) {
        if ($k ~ /^recall@20/) r = k
        if ($k == "ndcg@100") g = k
    }
    next
}
FILENAME == "base" { a[$1] = $r; b[$1] = $g; next }
FILENAME ~ /\.user$/ && FNR > 1 {
    n++
    x += $r; xx += $r * $r; y += $g; yy += $g * $g
    t = $r - a[$1]; p += t; pp += t * t
    t = $g - b[$1]; q += t; qq += t * t
}
FILENAME ~ /\.spread$/ { lists++; s += $2; ss += $2 * $2 }
FILENAME ~ /\.list$/ {
    if ($1 != u) { u = $1; place = 0 }
    if (++place <= 20 && !($2 in seen)) { seen[$2] = 1; c++ }
}
END {
    printf "%-9s%s  %s  %s  %s  %s  %6d (%.1f%%)\n", name, put(x, xx, n),
        put(p, pp, n), put(y, yy, n), put(q, qq, n), put(s, ss, lists), c,
        100 * c / items
}
END
cp single.user base
echo
printf '%-9s%-19s%-19s%-19s%-19s%-20s%s\n' query '  recall@20' \
    '  difference' '  ndcg@100' '  difference' '  diversity@20' ' coverage@20'
for name in single members medoid; do
    awk -F '\t' -v name=$name -f table.awk items.txt base $name.user \
        $name.spread $name.list
done

cat >whom.awk <<'END'
function add(group, x, base) {
    c[group]++; s[group] += x; ss[group] += x * x; b[group] += base
}
FILENAME == "personas.user" { k[$1] = $2 > 4 ? "5 and more" : $2; next }
FILENAME == "history" { h[$1]++; next }
FILENAME == "sorted" { place[$1] = ++places; next }
FILENAME == "base" && FNR == 1 {
    for (i = 1; i <= NF; i++) if ($i ~ /^recall@20/) r = i
    next
}
FILENAME == "base" { a[$1] = $r; next }
FNR > 1 {
    n = h[$1]
    x = $r - a[$1]
    group = "0"
    if ($1 in k) group = k[$1]
    add("personas " group, x, a[$1])
    size = "51 and more"
    if (n <= 50) size = "21-50"
    if (n <= 20) size = "11-20"
    if (n <= 10) size = " 6-10"
    if (n <= 5) size = " 1-5"
    add("history " size, x, a[$1])
    if ($1 in place) {
        t = 1 + int(3 * (place[$1] - 1) / places)
        add("spread, third " t, x, a[$1])
    }
}
END {
    for (group in c) {
        m = s[group] / c[group]
        v = ss[group] / c[group] - m * m
        printf "    %-22s %6d users %8.4f +- %.4f of %.4f\n", group, c[group],
            m, sqrt((v > 0 ? v : 0) / c[group]), b[group] / c[group]
    }
}
END
for name in members medoid; do
    echo
    echo "recall@20, $name less single, of the single query's:"
    awk -F '\t' -f whom.awk personas.user history sorted base $name.user | sort
done

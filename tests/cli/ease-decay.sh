# --half-life: the model is that of a stream whose weights have decayed
# beforehand, on both sides, with powers, and over a sweep; shifting all times
# changes nothing; what it shares with rec-merge --decay; refusals.
now=1400000000 day=86400
awk -v OFS=, -v now=$now -v day=$day 'BEGIN {
    for (u = 1; u <= 60; u++) for (k = 0; k < 8; k++)
        print "u" u, "i" (u * u + k * k * (1 + u % 3)) % 23, 1 + (u + k) % 5,
            now - (u * 7 + k * 11) % 90 * day }' | sort -u -t , -k 1,2 >x.csv
rec-ingest -q x.csv -f csv --header=no -o x.rps || exit
newest=$(cut -d , -f 4 x.csv | sort -n | tail -n 1)
decay() { # DAYS BINARY: the text, its weights decayed by age
    awk -F , -v OFS=, -v now="$newest" -v h=$(($1 * day)) -v binary=$2 '{
        print $1, $2, sprintf("%.9g", (binary ? 1 : $3) * 2 ^ (($4 - now) / h)) }' \
        x.csv | rec-ingest -q -f csv --header=no
}
decay 30 0 >w.rps
decay 30 1 >b.rps
cut -d , -f 1,2,3 x.csv | awk -F , 'NR % 3' |
    rec-ingest -q -f csv --header=no >h.rps
cut -d , -f 1,2 x.csv | awk -F , 'NR % 3' |
    rec-ingest -q -f csv --header=no >plain.rps
scores() {
    rec-recommend -q -m "$1" -n 100 --keep-seen --text "$2" |
        sort -t "$(printf '\t')" -k 1,1 -k 3,3
}
same() { # MODEL HISTORIES MODEL HISTORIES: all scores are nearly the same
    paste <(scores $1 $2) <(scores $3 $4) | awk '
        function abs(x) { return x < 0 ? -x : x }
        { d = abs($4 - $8); worst = d > worst ? d : worst
          top = abs($4) > top ? abs($4) : top; wrong += $1 $3 != $5 $7 }
        END { print NR, wrong + 0, (top > 0.01), (worst < 1e-5 * top) }'
}
for how in --side=items --side=users \
    "--side=users --user-power=0.4 --item-power=0.3" "--dropout=0.3 --xi=0.2"; do
    echo "-- $how"
    rec-ease -q --half-life=30d --lambda=2x $how -o 1.rps x.rps
    rec-ease -q --lambda=2x $how -o 2.rps w.rps
    same 1.rps h.rps 2.rps h.rps
    same 1.rps x.rps 2.rps x.rps # training rows as histories are histories
    rec-ease -q --binary --half-life=30d --lambda=2x $how -o 1.rps x.rps
    rec-ease -q --lambda=2x $how -o 2.rps b.rps
    same 1.rps h.rps 2.rps plain.rps
done
cat 1.rps | rec-info - | grep 'weights\|half-life\|now'

echo "-- the same half-life in other words, and all times moved"
ease() { rec-ease -q --lambda=5 --no-provenance "$@"; }
ease --half-life=2w -o 1.rps x.rps
for span in 14d 336h 1209600s 2.0w; do ease --half-life=$span x.rps | cmp - 1.rps; done
ease --half-life=2w --now="$newest" x.rps | cmp - 1.rps
ease --half-life=2w --now="$(date -u -d @"$newest" +%FT%TZ)" x.rps | cmp - 1.rps
awk -F , -v OFS=, '{ $4 -= 2000000000; print }' x.csv |
    rec-ingest -q -f csv --header=no | ease --half-life=2w -o 2.rps
same 1.rps h.rps 2.rps h.rps
ease --half-life=9999999y -o 1.rps x.rps
ease -o 2.rps x.rps
same 1.rps h.rps 2.rps h.rps

echo "-- a later now is a larger lambda: 4 times, one half-life later"
rec-ease -q --lambda=5 --half-life=1y --now=$((newest + 365 * day)) -o 1.rps x.rps
rec-ease -q --lambda=20 --half-life=1y -o 2.rps x.rps
same 1.rps h.rps 2.rps h.rps

echo "-- parts of one age each, as rec-merge --decay"
awk -F , -v OFS=, -v t=$((now - 45 * day)) '$1 ~ /[02468]$/ { $4 = t; print }' \
    x.csv >old.csv
awk -F , -v OFS=, -v t=$now '$1 ~ /[13579]$/ { $4 = t; print }' x.csv >new.csv
for part in old new; do
    rec-ingest -q -f csv --header=no $part.csv | rec-gram -q -o $part.gram
done
rec-merge -q --decay=0.125 old.gram new.gram | # 2^(-2 45 / 30)
    rec-ease -q --lambda=5 -o 1.rps
cat old.csv new.csv | rec-ingest -q -f csv --header=no |
    rec-ease -q --lambda=5 --half-life=30d -o 2.rps
same 1.rps h.rps 2.rps h.rps

echo "-- a sweep"
cut -d , -f 1,2 x.csv | awk -F , 'NR % 3 == 0' |
    rec-ingest -q -f csv --header=no >t.rps
sweep() { # N ARGUMENTS
    rec-ease --lambda=1,30 --validate-in=h.rps --validate-out=t.rps \
        -o m$1.rps $2 2>&1 | sed 1d >err.$1
}
sweep 1 "--half-life=30d x.rps"
sweep 2 w.rps
paste err.1 err.2 | awk '{ d = $5 - $12; print $2, $9, (d * d < 1e-5) }'
grep -ac 'weights 1' m1.rps
grep -ac 'weights 1' m2.rps

echo "-- refused"
try() { rec-ease "$@" -o no.rps 2>&1; echo $?; }
for span in 30 0d -1d d 1m "" 1e30y; do try --half-life="$span" x.rps; done |
    grep -v Try
try --now=5 x.rps | head -n 1
try --half-life=1d --now=yesterday x.rps | head -n 1
try --half-life=1d plain.rps
try --half-life=1d --now=2099-01-01 x.rps
try --half-life=1d new.gram | head -n 1
[ ! -e no.rps ] && echo nothing left

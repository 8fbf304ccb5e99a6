# Calibrations that can be counted by hand: maps, cohorts, the report, files
# that are joined by id, pipes, empty streams.
set -e
rank() { # lines "user item score": a ranking
    "$BUILD/tests/make-stream" -k ranking >"$1"
}
# user u's lists: hits at b of the first, a of the second ...
rank run.rps <<END
u1 a 4
u1 b 3
u1 c 2
u1 d 1
u2 b 4
u2 a 2
u2 e 1
END
printf 'u1,b,1\nu1,zz,1\nu2,b,1\nu2,a,1\nu3,a,1\n' |
    rec-ingest -q --header=no -o truth.rps
round() {
    awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++)
        if ($i ~ /^-?[0-9.]+(e-?[0-9]+)?$/) $i = sprintf("%.5g", $i); print }'
}
echo "-- isotonic: 1, 2 and 3, 4 have 0 of 2, 1 of 2 and 1 of 1, 1 of 2"
rec-calibrate --fit --method=isotonic -t truth.rps -o i.rps run.rps
rec-calibrate -m i.rps run.rps | rec-cat | round
echo "-- between the knots, and beyond them; equal scores stay in order"
printf 'x e 9\nx d 2.5\nx c 2.5\nx b 1.5\nx a -7\n' | rank other.rps
rec-calibrate -m i.rps other.rps | rec-cat | round
echo "-- Platt: numpy says 0.469006 z -1.404483"
rec-calibrate --fit -t truth.rps -o p.rps run.rps
rec-calibrate -m p.rps <other.rps | rec-cat | round
rec-info p.rps | grep -E '^(kind|items)'
rec-info --check p.rps i.rps

echo "-- a shift of the logit: -1 0 1 2 with 0 1 1 1, as b = .8940005"
printf 'u d 2\nu c 1\nu b 0\nu a -1\n' | rank z.rps
printf 'u,d,1\nu,c,1\nu,b,1\n' | rec-ingest -q --header=no -o zt.rps
rec-calibrate --fit --method=shift --input=logit -t zt.rps z.rps -o s.rps
rec-calibrate -m s.rps z.rps | rec-cat --no-header | cut -f 3 |
    awk '{ s += $1; l = log($1 / (1 - $1)); print sprintf("%.5f", l) }
        END { printf "%.6f\n", s }'
echo "-- of probabilities: the same from those of the logits"
rec-cat --no-header z.rps |
    awk '{ printf "%s %s %.9g\n", $1, $2, 1 / (1 + exp(-$3)) }' | rank zp.rps
rec-calibrate -q --fit --method=shift --input=probability -t zt.rps zp.rps |
    rec-calibrate -m - zp.rps | rec-cat | round

echo "-- cohorts: without a prior each adds up; users in none are as all"
for u in u1 u2; do echo "$u,$u-like"; done >c.csv
echo new,u1-like >>c.csv
echo odd,unknown-here >>c.csv
rec-ingest -q --header=no --columns=user,item --implicit c.csv -o c.rps
printf 'new a 3\nodd a 3\nnobody a 3\n' | rank more.rps
for prior in 0 1 1000000000; do
    rec-calibrate -q --fit -t truth.rps --by=c.rps --prior=$prior -o c$prior.rps \
        run.rps
    rec-calibrate -q -m c$prior.rps --by=c.rps run.rps | rec-cat --no-header |
        awk '{ s[$1] += $3 } END { printf "%.4f %.4f\n", s["u1"], s["u2"] }'
done
rec-calibrate -m c0.rps --by=c.rps more.rps | rec-cat | round

echo "-- the report: eight probabilities, two bins 0, four bins .25"
printf '%s\n' 'u h .9' 'u g .8' 'u f .7' 'u e .6' 'v d .4' 'v c .3' 'v b .2' \
    'v a .1' | rank eight.rps
printf 'u,h,1\nu,f,1\nu,e,1\nv,c,1\n' | rec-ingest -q --header=no -o et.rps
rec-calibrate --report -t et.rps --bins=2 eight.rps
rec-calibrate --report -t et.rps --bins=4 -f tsv eight.rps | round
rec-calibrate --report -t et.rps --bins=4 --binning=width eight.rps | head -n 5
echo "-- by cohort"
printf 'u,first\n' |
    rec-ingest -q --header=no --columns=user,item --implicit -o ec.rps
rec-calibrate --report -t et.rps --bins=1 --by=ec.rps -f tsv eight.rps | round |
    grep -v 'ece\|square' # which are 0 but for rounding
rec-calibrate -q --report -t et.rps --bins=1 --by=ec.rps eight.rps |
    grep -E '^(bin|all|cohort|no-cohort|1)'
echo "-- any number of threads, pipes, compressed"
rec-calibrate -q -@ 3 --fit -t truth.rps --no-provenance run.rps >one
cat run.rps | rec-calibrate -q -@ 1 --fit -t truth.rps --no-provenance | cmp - one
rec-calibrate -q -z --fit -t truth.rps run.rps | rec-calibrate -m - run.rps |
    rec-cat | cmp - <(rec-calibrate -m p.rps run.rps | rec-cat)
echo "-- nothing in, nothing out"
rec-pop -q -o pop.rps truth.rps
"$BUILD/tests/make-stream" </dev/null | rec-recommend -q -m pop.rps - |
    rec-calibrate -m p.rps - | rec-info - | grep -E '^(kind|rows|users|events)'
printf 'u1 a 1\nu9\n' | rank row.rps
rec-calibrate -m p.rps row.rps | rec-info - | grep -E '^(rows|users|events)'
echo "-- provenance"
rec-calibrate -m p.rps run.rps | rec-info - |
    sed -n 's/[0-9a-f]\{32\}/DIGEST/g; s/rec-calibrate [^ ]*/rec-calibrate/p'

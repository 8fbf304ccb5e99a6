# gnuplot draws every report, in every format, without a word; names do no harm.
command -v gnuplot >/dev/null || { echo "no gnuplot" >&2; exit 77; }
. "$SRC/tests/cli/plot.inc"
for reports in one.means both.runs "one.parts two.parts" \
    "one.items two.items" "one.users two.users" chances.bins; do
    for f in svg png text; do
        # shellcheck disable=SC2086
        rec-plot -f $f -o out $reports || echo "failed: $f of $reports"
        [ "$(wc -c <out)" -gt 500 ] || echo "little: $f of $reports"
    done
    # shellcheck disable=SC2086
    rec-plot $reports >out.svg
    head -c 200 out.svg | grep -c '<svg'
    tail -n 2 out.svg | head -n 1
    ! grep -i '<script\|javascript\|href="http' out.svg || echo "no picture"
done
rec-plot -f png one.means | head -c 4 | od -An -c
echo "-- lines on a terminal, of the size asked for"
rec-plot -f text --metrics=ndcg both.runs | sed 's/[^a-z]//g' | sort -u |
    grep .
rec-plot -f text --metrics=ndcg --size=60x15 both.runs |
    awk '{ w = length > w ? length : w } END { print (w <= 62), NR }'
echo "-- names from anywhere"
name="'; system('touch harm'); \`touch harm\` \$(touch harm) <b>&\"@{x}_y"
cp one.means "$name" || exit
rec-plot -o out.svg "$name" two.means &&
    grep -o "'; system.*" out.svg | sort -u
rec-plot -f text --metrics=ndcg --size=120x30 "$name" two.means | grep system
rec-plot -f png -o out --title="$name" "$name" two.means
printf 'u1,%s,1\nu2,"%s",1\n' "$name" "it's" | sed "s/\"@/@/" |
    ingest >groups.rps
rec-eval -q -t truth.rps -k 1 --draws=100 --by=groups.rps -f tsv one.rps 2>/dev/null |
    rec-plot | grep -o "<text>.*[t&].*</text>" | sort -u
ls harm 2>/dev/null
echo "-- the script is the one that is drawn"
rec-plot -f gnuplot one.means | gnuplot -d /dev/stdin 2>/dev/null |
    cmp - <(rec-plot one.means) && echo same
echo "-- no gnuplot, one that fails, one that ends without a picture"
mkdir bin
ln -s "$(command -v rec-plot)" bin
PATH=$PWD/bin rec-plot one.means 2>&1
for script in 'echo; echo "  line 1: no good" >&2; exit 1' 'kill -9 $$' ':'; do
    printf '#!/bin/sh\n%s\n' "$script" >bin/gnuplot
    chmod +x bin/gnuplot
    PATH=$PWD/bin rec-plot -o none.svg one.means 2>&1
    echo "$?"
done
ls none.svg 2>/dev/null
true

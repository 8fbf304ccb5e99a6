# rec-check against counts made by awk from the text, and what it says by hand.
stream() { rec-ingest -q --columns=user,item,weight,time -f tsv -o "$1" -; }
run() { echo "$ rec-check $*"; rec-check "$@" 2>&1; echo "status $?"; }

printf 'a\tx\t1\t10\na\ty\t1\t20\nb\tx\t1\t30\n' | stream train.rps
printf 'c\ty\t1\t5\n' | stream in.rps
printf 'a\tz\t1\t20\nb\ty\t1\t40\nc\tx\t1\t30\n' | stream out.rps
run train.rps out.rps
run train.rps in.rps out.rps
run --unknown-items=allow --time=all train.rps in.rps out.rps
printf 'a\tz\t1\t19\na\ty\t1\t41\nc\tx\t1\t29\nd\tq\t1\t0\n' | stream bad.rps
run --time=user train.rps in.rps bad.rps
run -q --time=all --unknown-users=allow --unknown-items=allow \
    train.rps bad.rps
run train.rps train.rps
rec-ingest -q --columns=user,item -f tsv -o plain.rps - <<<'a	z'
run --time=all train.rps plain.rps
: | stream none.rps
run train.rps none.rps
run --time=all none.rps out.rps
run train.rps
run - -
rec-pop train.rps | run out.rps -

# Ten random worlds: every count, from the text alone.
for seed in 1 2 3 4 5 6 7 8 9 10; do
    awk -v seed="$seed" 'BEGIN {
        srand(seed)
        for (e = 0; e < 400; e++) {
            f = rand() < .5 ? "1" : rand() < .5 ? "2" : "h"
            u = int(30 * rand()); i = int(40 * rand())
            if (!seen[f, u, i]++)
                print f "\tu" u "\ti" i "\t1\t" int(1000 * rand())
        }
    }' >world
    for f in 1 2 h; do
        awk -v f="$f" '$1 == f' world | cut -f 2- | stream "$f.rps"
    done
    awk -F '\t' '
        $1 == "h" { held[++n] = $2 "\t" $3; at[n] = $5; U[$2]; I[$3]; next }
        { pair[$2 "\t" $3]; user[$2]; item[$3]
          if (!($2 in last) || $5 > last[$2]) last[$2] = $5
          if ($5 > latest) latest = $5 }
        END {
            for (k = 1; k <= n; k++) {
                split(held[k], id, "\t")
                shared += held[k] in pair
                own += id[1] in last && at[k] < last[id[1]]
                any += at[k] < latest
            }
            for (u in U) { users++; u_new += !(u in user) }
            for (i in I) { items++; i_new += !(i in item) }
            print shared, n; print u_new, users; print i_new, items
            print own, n; print any, n
        }' OFS='\t' world | sed 's/^\t/0\t/' >want
    rec-check -q --time=user 1.rps 2.rps h.rps | tail -n +2 | cut -f 2,3 |
        diff want - || echo "world $seed differs"
done

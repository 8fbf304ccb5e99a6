# Adding, forgetting, changing and decaying Gram matrices, against those of the
# data put together; all equal to the last bit.
export OPENBLAS_NUM_THREADS=1
data=$SRC/data/movietweetings-100k/ratings.dat.gz
rec-ingest -q --min-item=20 --min-user=5 "$data" >all.rps
rec-cat --no-header all.rps >all.tsv
gram() { rec-gram -q --no-provenance "$@"; }
merge() { rec-merge -q --no-provenance "$@"; }
ingest() { rec-ingest -q -f tsv --header=no "$@"; }
cells() { # of a gram, in an order that does not depend on its items
    rec-cat --no-header "$@" | awk -F '\t' -v OFS='\t' '{
        if ($1 < $2) print $1, $2, $3; else print $2, $1, $3 }' | sort
}
same() { cmp <(cells "$1") <(cells "$2") && echo "$3"; }

# Three groups of users, one after the other: the same bytes, as the items
# come in the same order.
users=$(cut -f 1 all.tsv | uniq | wc -l)
awk -F '\t' -v n="$users" '$1 != last { last = $1; u++ }
    { print >(u <= n / 3 ? "a" : u <= n / 2 ? "b" : "c") ".tsv" }' all.tsv
for f in a b c all; do
    ingest $f.tsv >$f.rps
    for how in "" --binary; do
        gram $how $f.rps >$f$how.gram
    done
done
for how in "" --binary; do
    merge {a,b,c}$how.gram | cmp - all$how.gram && echo "sum $how"
    merge <(cat a$how.gram) - c$how.gram <b$how.gram | cmp - all$how.gram
    merge c$how.gram a$how.gram b$how.gram >cab.gram
    same cab.gram all$how.gram "another order $how"
done
merge all.gram | cmp - all.gram

# Forget group b; then everybody.
merge all.gram --subtract=b.gram >ac.gram
same ac.gram <(gram <(rec-merge -q a.rps c.rps)) forget
merge ac.gram --subtract=all.gram 2>&1
merge a.gram c.gram --subtract=ac.gram >none.gram
rec-cat none.gram
rec-merge none.gram --no-provenance -o none2.gram && cmp none.gram none2.gram
rec-cat --no-header all.rps | ingest --min-weight=99 >none.rps
merge none.gram a.gram | cmp - a.gram

# Users change: some go, some come, some get more, other and fewer items.
awk -F '\t' -v OFS='\t' '
    { n = $1 % 10 }
    n == 0 { next }
    n == 1 && FNR % 3 { next }
    n == 2 { $2 = "new" $2 }
    n == 3 { $3 = $3 + 1 }
    n == 4 { $4 = $4 + 1 }
    n == 5 { $1 = "other" $1 }
    { print }' all.tsv >then.tsv
ingest then.tsv >then.rps
for how in "" --binary; do
    gram $how then.rps >then.gram
    gram $how --base=all.rps then.rps >change.gram
    merge all$how.gram change.gram >sum.gram
    same sum.gram then.gram "change $how"
    merge sum.gram --subtract=then.gram |
        cmp - <(gram $how none.rps) # the same users
    merge then.gram --subtract=change.gram >back.gram
    same back.gram all$how.gram "and back $how"
done
# Changes of changes.
ingest a.tsv b.tsv >ab.rps
gram --base=ab.rps all.rps >1.gram
gram --base=all.rps then.rps >2.gram
merge 2.gram 2>&1 | cmp - 2.gram
gram ab.rps | merge - 1.gram 2.gram >sum.gram
same sum.gram <(gram then.rps) "two changes"
gram --base=then.rps a.rps >3.gram
rec-merge -v 2.gram 3.gram >23.gram
gram ab.rps | merge - 1.gram 23.gram >sum.gram
same sum.gram a.gram "a change of changes"
gram --base=all.rps all.rps >no.gram
merge all.gram no.gram | cmp - all.gram

# What would count somebody twice, or take away who is not there.
try() { rec-merge -q "$@" 2>err >out.gram; echo "$?: $(head -n 1 err)"; }
try all.gram b.gram
try a.gram c.gram --subtract=b.gram
try a.gram 2.gram
try 2.gram all.gram
try all.gram 2.gram 2.gram
try a.gram b--binary.gram
try a.gram a.rps
try a.rps a.gram
try --duplicates=sum a.gram
try --decay=0.5 a.rps
try --subtract=a.gram a.rps
try --allow-overlap a.rps
try --decay=0 a.gram b.gram
try --decay=0.25 a.gram b.gram --subtract=a.gram
try --max-mem=100K c.gram a.gram
head -c 100000 b.gram >cut.gram
try a.gram cut.gram
try a.gram --subtract=cut.gram

# Decay: 0.25 a + 0.5 a + c.
merge --decay=0.5 --allow-overlap a.gram a.gram c.gram >decayed.gram
{
    cells a.gram | sed 's/$/	0.75/'
    cells c.gram | sed 's/$/	1/'
} | awk -F '\t' '{ sum[$1 "\t" $2] += $3 * $4 }
    END { for (p in sum) printf "%s\t%.17g\n", p, sum[p] }' | sort |
    cmp - <(cells decayed.gram) && echo decay

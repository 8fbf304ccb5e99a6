# The Gram matrix against pairs counted by awk; what it does not depend on;
# and what is refused.
events() {
    awk 'BEGIN {
        for (i = 1; i <= 3000; i++) {
            x = (i * 7919 + 13) % 10007
            printf "u%d,i%d,%.1f\n", x % 97, int(x * x / 97) % 60, x % 10 / 2
        }
    }'
}
pairs() { # the rows of a stream to "item item sum", in any order
    rec-cat --no-header "$1" | awk -F '\t' -v binary="$2" '
        $1 != user { n = 0; user = $1 }
        {
            id[++n] = $2; w[n] = binary ? 1 : $3
            for (k = 1; k <= n; k++) {
                a = id[k] < $2 ? id[k] : $2; b = id[k] < $2 ? $2 : id[k]
                sum[a " " b] += w[k] * w[n]
            }
        }
        END { for (p in sum) if (sum[p] != 0) print p, sum[p] }' | sort
}
cells() { # the same of a gram
    rec-cat --no-header "$1" | awk -F '\t' '{
        if ($1 < $2) print $1, $2, $3; else print $2, $1, $3 }' | sort
}
events | rec-ingest -q -f csv >x.rps
rec-gram -o g.rps x.rps
rec-gram -q --binary -o b.rps x.rps
cmp <(pairs x.rps) <(cells g.rps)
cmp <(pairs x.rps 1) <(cells b.rps)
cells b.rps | head -n 3
rec-gram -q --no-provenance -@ 1 x.rps >1.rps
rec-gram -q --no-provenance -@ 4 <x.rps >4.rps
cmp 1.rps 4.rps
rec-gram -q -z x.rps | rec-cat | cmp - <(rec-cat g.rps)
events | cut -d , -f 1,2 | rec-ingest -q -f csv | rec-gram -q --no-provenance |
    cmp - <(rec-gram -q --no-provenance --binary x.rps)

# Nothing, and one user.
printf 'u,i\n' | rec-ingest -q -f csv --header=yes >none.rps
rec-gram none.rps | rec-cat
echo u,i,3 | rec-ingest -q -f csv | rec-gram | rec-cat --no-header

try() { rec-gram "$@" 2>err >out.rps; echo "$?: $(head -n 1 err)"; }
try g.rps
try x.rps x.rps
try --max-mem=10 x.rps
try --base=missing x.rps
try --base=g.rps x.rps
try -q --base=none.rps x.rps
events | cut -d , -f 1,2 | rec-ingest -q -f csv >plain.rps
try --base=plain.rps x.rps
try --base=x.rps plain.rps

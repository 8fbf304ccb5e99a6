# Codes: items that share more of them are nearer, which those of random codes
# are not; product quantisation; purity against known groups.
awk 'function noise() { x = (x * 16807 + 11) % 2147483647
                        return x / 2147483647 - 0.5 }
    BEGIN {
    x = 42
    for (k = 0; k < 48; k++) for (j = 0; j < 8; j++) at[k, j] = noise()
    for (i = 0; i < 240; i++) { # 4 clouds of 4 of 3 each
        a = i % 4; b = int(i / 4) % 4; c = int(i / 16) % 3
        printf "v%d", i
        for (j = 0; j < 8; j++)
            printf " %g", 8 * at[a, j] + 2 * at[4 + 4 * a + b, j] \
                + at[20 + c, j] / 2 + noise() / 8
        printf "\n"
        print "v" i "," a "," 1 >"labels.csv"
    }
}' >v.txt
rec-embed -q --from-text v.txt -o v.rps
rec-ingest -q -f csv --header=no --columns=user,item,weight labels.csv -o l.rps
# Mean squared distance of pairs by the number of first codes that they share,
# with the codes of the vectors on standard input.
nearness() {
    awk 'FNR == NR { for (j = 2; j <= NF; j++) v[$1, j] = $j; next }
        { if (!($1 in n)) id[++m] = $1; code[$1, n[$1]++] = $2 }
        END {
            for (a = 1; a <= m; a++) for (b = a + 1; b <= m; b++) {
                for (s = 0; s < 3 && code[id[a], s] == code[id[b], s]; s++);
                d = 0
                for (j = 2; j <= 9; j++)
                    d += (v[id[a], j] - v[id[b], j]) ^ 2
                sum[s] += d; count[s]++
            }
            for (s = 0; s <= 3; s++) if (count[s]) print s, sum[s] / count[s]
        }' v.txt -
}
# Ascending numbers of shared codes: how often is it nearer than before?
falls() { awk 'NR > 1 { n += $2 < 0.8 * before } { before = $2 }
    END { print NR, n }'; }
for how in "" --balanced --pq; do
    echo "-- codes $how"
    rec-cluster -q --raw --mode=codes -k 4 $how --report=r.tsv --labels=l.rps \
        v.rps | rec-cat --no-header >k.tsv
    nearness <k.tsv | falls
    awk -F '\t' '$1 ~ /^[123]$/ {
            print ($2 < before), ($5 > 0.9), ($6 < 0.6) }
        { before = $2 }' r.tsv
done
head -n 1 r.tsv
tail -n 2 r.tsv | cut -f 1
echo "-- random codes"
cut -f 1 k.tsv | uniq | awk '{ id[NR] = $1 }
    END { for (i = 1; i <= NR; i++) print id[i], id[(i * 7 + i * i * 13) % 241] }' |
    awk 'FNR == NR { to[$1] = $2; next } $1 in to && to[$1] { print to[$1], $2 }' \
    - k.tsv | sort -u -k 1,1 -k 2,2 | sort -s -k 1,1 | nearness | falls
echo "-- as many codes in a part as it has different vectors: no error"
awk 'BEGIN { for (i = 0; i < 64; i++) print i, i % 4, i % 4, int(i / 4) % 4,
    1, int(i / 16), 0 }' | rec-embed -q --from-text - -o grid.rps
rec-cluster --raw --mode=codes --pq -k 4 --report=r.tsv grid.rps |
    rec-cat --no-header | wc -l
awk -F '\t' '$1 == 3 { print ($2 < 1e-9), $3, $4 }' r.tsv
echo "-- purity by hand: three of a, one of b, two of b and c"
printf 'p 0 0\nq 0 1\nr 1 0\ns 1 1\nt 50 50\nu 50 51\nw 0 .5\n' |
    rec-embed -q --from-text - -o few.rps
printf 'p,a\nq,a\nr,a\ns,b\nt,b\nu,c\nu,b\nzz,a\n' |
    rec-ingest -q -f csv --header=no --columns=user,item -o few.l
rec-cluster --raw --mode=codes -k 2 --levels=1 --labels=few.l --report=r.tsv \
    few.rps -o few.k
cut -f 1,4,5 r.tsv
rec-cluster --mode=codes -k 2 --pq v.rps --levels=9
rec-cluster --mode=codes -k 2 --labels=few.l v.rps
rec-cluster --mode=codes -k 2 --labels=few.l --report=r.tsv v.rps

# A model that is cut or damaged anywhere is refused, mapped or piped, and no
# output appears.
printf '%s\n' 1,a 1,b 2,a 2,c 3,b | rec-ingest -q -f csv >x.rps
refused() { # the file bad.rps
    rec-recommend -m bad.rps -o out x.rps 2>err && echo "$1: accepted"
    grep -q '^rec-recommend: bad.rps: ' err || { echo "$1:"; cat err; }
    cat bad.rps | rec-recommend -m - -o out x.rps 2>err &&
        echo "$1: accepted from a pipe"
    grep -q '^rec-recommend: standard input: ' err || { echo "$1:"; cat err; }
    if [ -e out ]; then echo "$1: left an output"; fi
}
for train in 'rec-ease --side=items --lambda=1' \
    'rec-ease --side=users --lambda=1' 'rec-knn --side=users' rec-walk; do
    $train -q -o m.rps x.rps
    size=$(stat -c %s m.rps)
    for ((n = 0; n < size; n += 97)); do
        head -c $n m.rps >bad.rps
        refused "cut at $n"
    done
    for ((n = 0; n < size; n += 64)); do # block boundaries, and within
        head -c $n m.rps >bad.rps
        refused "cut at $n"
    done
    for ((n = 13; n < size; n += 97)); do
        byte=$(od -An -tu1 -j $n -N 1 m.rps)
        cp m.rps bad.rps
        printf "\\x$(printf %x $((byte ^ 32)))" |
            dd of=bad.rps bs=1 seek=$n conv=notrunc status=none
        refused "flipped at $n"
    done
    cat m.rps m.rps >bad.rps
    refused doubled
done
true

# rec-persona on the shipped data: the same bytes on one thread and on three,
# better than popularity, the figures of validation those of rec-recommend and
# rec-eval, the log as it should be; stopped by a signal and begun again, the
# same model.
export OPENBLAS_NUM_THREADS=1
rec-ingest -q --min-weight=7 --implicit --min-item=20 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q --protocol=strong -o s/ || exit
v="--validate-in=s/valid.in.rps --validate-out=s/valid.out.rps"
ndcg() { # of model $1 on the validation users
    rec-recommend -q -@ 1 -m "$1" -n 100 s/valid.in.rps |
        rec-eval -q -k 100 --format=tsv -t s/valid.out.rps |
        awk '$1 == "ndcg@100" { print $2 }'
}
rec-ials -q -@ 1 -d 16 --lambda=0.02 --epochs=4 -o i.rps s/train.rps
rec-pop -q -o pop.rps s/train.rps
cmd=(rec-persona -k 3 -d 16 --start=i.rps --epochs=6 --every=2 $v s/train.rps)
"${cmd[@]}" -@ 1 --log=log -o m.rps
awk -F '\t' '{ print NF, ($6 == "" ? "-" : "judged") }' log
"${cmd[@]}" -q -@ 3 | cmp m.rps -
best=$(cut -f 6 log | grep '^0' | sort -g | tail -n 1)
awk -v a="$best" -v b="$(ndcg m.rps)" -v p="$(ndcg pop.rps)" 'BEGIN {
    print (a - b < 2e-6 && b - a < 2e-6 ? "the same figure" : a " " b)
    print (b > p ? "above popularity" : b " " p) }'
rec-info m.rps | grep -e kind -e items

echo "-- other kinds"
for o in --negatives=uniform '--negatives=popularity --corrected' \
    --attention=cosine '--pos-entropy=0.1 --neg-entropy=0.1 --no-bias'; do
    rec-persona -q -@ 2 -k 2 -d 8 --epochs=2 --sampled=300 $o -o o.rps \
        s/train.rps 2>/dev/null ||
        rec-persona -q -@ 2 -k 2 -d 8 --epochs=2 $o -o o.rps s/train.rps
    rec-recommend -q -@ 1 -m o.rps -n 5 s/test.in.rps >one
    rec-recommend -q -@ 3 -m o.rps -n 5 s/test.in.rps | cmp one -
done

echo "-- lists"
rec-recommend -q -m m.rps -n 10 s/test.in.rps >run.rps
rec-cat run.rps | head -n 1
rec-recommend -q -m m.rps -n 10 --text --explain=2 s/test.in.rps >text
awk -F '\t' '$5 < 1 || $5 > 3 || $6 < 1 / 3 || $6 > 1 || !($7 ~ /^because of/) {
        bad++
    } { n++; seen[$5]++ }
    END { print (n > 100), bad + 0, (seen[1] && seen[2] && seen[3]) }' text

echo "-- histories by their personas"
rec-persona -q --assign=m.rps -o groups.rps s/test.in.rps
rec-persona -q -@ 3 --assign=m.rps s/test.in.rps | cmp groups.rps -
rec-info groups.rps | grep kind
a=$(rec-cat --no-header s/test.in.rps | cut -f 1,2 | sort | md5sum)
b=$(rec-cat --no-header groups.rps | cut -f 1,2 | sort | md5sum)
[ "$a" = "$b" ] || echo "other histories"
rec-pop -q s/train.rps | rec-persona --assign=- s/test.in.rps 2>&1

echo "-- interrupted"
mkfifo pipe
interrupt() { # OPTIONS; the log is a pipe that is full
    local pid drain n
    rm -f err
    exec 5<>pipe
    dd if=/dev/zero of=pipe oflag=nonblock bs=4096 2>/dev/null
    "${cmd[@]}" -@ 1 -v --log=pipe "$@" 2>err &
    pid=$!
    for ((n = 0; n < 600; n++)); do
        ! grep -qs ' users, ' err || break
        sleep 0.1
    done
    kill -TERM $pid
    cat <&5 >/dev/null &
    drain=$!
    { wait $pid; } 2>/dev/null
    echo "status $?"
    grep updates err
    { kill $drain; wait $drain; } 2>/dev/null
    exec 5>&-
}
interrupt --checkpoint=ck -o none.rps
interrupt --checkpoint=ck --resume=ck -o none.rps
ls none.rps 2>&1
rec-info --check ck
"${cmd[@]}" -q --resume=ck | cmp m.rps -
try() { "$@" 2>&1 >/dev/null | head -n 1; }
try "${cmd[@]}" --user-rate=0.002 --resume=ck
try "${cmd[@]}" --resume=m.rps
try rec-recommend -m ck s/test.in.rps

echo "-- tastes in lists and in histories"
rec-eval -q --personas=groups.rps -k 10 -f tsv run.rps |
    awk -F '\t' '/^persona/ { print $1, ($2 > 0 && $2 < 1), ($3 > 0) } /^users/'

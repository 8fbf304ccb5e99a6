# A training that is ended by a signal leaves a checkpoint, from which the same
# model comes, to the byte, as without the interruption; nothing else appears.
# A checkpoint that cannot be written leaves the old one as it is.
export OPENBLAS_NUM_THREADS=1
rec-ingest -q --min-weight=7 --implicit --min-item=20 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q --protocol=strong -o s/ || exit
cmd=(rec-train-vae -@ 1 --hidden=40 --latent=10 --epochs=60 --batch=50
    --validate-in=s/valid.in.rps --validate-out=s/valid.out.rps s/train.rps)
mkfifo log

# Run it with the options $2 ... and send it the signal $1 before its first
# batch: the log is a pipe that is full, where it waits until it has the signal.
interrupt() {
    local sig=$1 pid drain n
    shift
    rm -f err
    exec 5<>log
    dd if=/dev/zero of=log oflag=nonblock bs=4096 2>/dev/null
    # The shell lets what is in the background ignore SIGINT.
    env --default-signal=INT "${cmd[@]}" -v --log=log "$@" 2>err &
    pid=$!
    for ((n = 0; n < 600; n++)); do
        ! grep -qs ' users, ' err || break
        sleep 0.1
    done
    kill -"$sig" $pid
    cat <&5 >/dev/null &
    drain=$!
    { wait $pid; } 2>/dev/null
    echo "status $?, $(sed 1d err)"
    { kill $drain; wait $drain; } 2>/dev/null
    exec 5>&-
}

"${cmd[@]}" -q --log=whole.tsv -o whole.rps
interrupt TERM --checkpoint=ck -o part.rps
ls part.rps 2>&1
rec-info --check ck
rec-info ck | grep kind
interrupt INT --checkpoint=ck2 --resume=ck -o part.rps
"${cmd[@]}" --resume=ck2 --log=rest.tsv -o rest.rps 2>err
cmp whole.rps rest.rps
cut -f 1-7 whole.tsv >a
cut -f 1-7 rest.tsv | cmp a -
awk '{ print NF, $1, $2 }' err # the best epoch

echo "-- a checkpoint that does not fit"
cp ck old
trap '' XFSZ
(ulimit -f 8; interrupt TERM --checkpoint=ck -o part.rps)
cmp ck old
ls -A | grep -v '^[a-z]'
interrupt TERM --checkpoint=/dev/full -o part.rps
interrupt TERM -o part.rps

echo "-- checkpoints that are not of this training"
try() { "$@" 2>&1 >/dev/null | head -n 1; }
try "${cmd[@]}" --rate=0.002 --resume=ck
try "${cmd[@]}" --seed=2 --resume=ck
try "${cmd[@]}" --hidden=41 --resume=ck
try "${cmd[@]}" --resume=whole.rps
try "${cmd[@]}" --resume=none
head -c 5000 ck >cut
try "${cmd[@]}" --resume=cut | sed 's/block .*/.../'
size=$(stat -c %s ck)
{ head -c $((size / 2)) ck; printf 'x'; tail -c +$((size / 2 + 2)) ck; } >bad
try "${cmd[@]}" --resume=bad | sed 's/block .*/.../'
try rec-recommend -m ck s/test.in.rps

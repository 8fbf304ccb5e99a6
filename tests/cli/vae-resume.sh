# A training that is ended by a signal leaves a checkpoint, from which the same
# model comes, to the byte, as without the interruption; nothing else appears.
# Where there is no room for the checkpoint the old one stays and the training
# goes on; where there is none for the model, there is a checkpoint.
export OPENBLAS_NUM_THREADS=1
rec-ingest -q --min-weight=7 --implicit --min-item=20 --min-user=5 \
    "$SRC/data/movietweetings-100k/ratings.dat.gz" |
    rec-split -q --protocol=strong -o s/ || exit
cmd=(rec-train-vae -@ 1 --hidden=40 --latent=10 --epochs=20 --batch=50
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
    echo "status $?"
    sed 1d err | grep -v ' epoch [0-9]' | uniq
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
limit() { # KIB, of a file, COMMAND
    (ulimit -f "$1"; shift; "$@")
}
model=$(stat -c %s whole.rps)
[ "$(stat -c %s ck)" -gt $((2 * model)) ] || echo "there is room for both"
limit $((2 * model / 1024)) interrupt TERM --checkpoint=ck --resume=ck \
    -o part.rps
grep -c warning err
cmp ck old
cmp whole.rps part.rps
ls -A | grep -v '^[a-z]'
"${cmd[@]}" -q --resume=ck | cmp whole.rps -
interrupt TERM --checkpoint=/dev/full -o part.rps
cmp whole.rps part.rps
interrupt TERM -o none.rps
ls none.rps 2>&1

echo "-- room comes later"
mkdir d
"${cmd[@]}" -v --epochs=100000 --checkpoint=d/ck -o none.rps 2>err &
wait_for() { # TEXT in err
    for ((n = 0; n < 600; n++)); do
        ! grep -qs "$1" err || break
        sleep 0.1
    done
}
wait_for ' epoch 1:'
rmdir d
kill -TERM $!
wait_for warning
mkdir d
{ wait $!; } 2>/dev/null
echo "status $?"
grep warning err | uniq
rec-info --check d/ck
ls -A d

echo "-- a model that does not fit"
again() { # after the run that left the checkpoint new
    echo "status $?"
    cat err
    "${cmd[@]}" -q --resume=new | cmp whole.rps -
    rm -f new
}
"${cmd[@]}" -q --checkpoint=new -o /dev/full 2>err
again
"${cmd[@]}" -q --checkpoint=new 2>err >/dev/full
again
"${cmd[@]}" -q --checkpoint=new --log=/dev/full -o none.rps 2>err
again
limit 8 "${cmd[@]}" -q --checkpoint=ck -o none.rps 2>&1
cmp ck old
ls -A | grep -e '^none' -e '^[^a-z]'

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

# One update an epoch: stopped before and after the end of every one, while the
# encoder is trained (1 to 3 and 5) and the decoder (4), and begun again.
echo "-- a composite prior"
cmd=(rec-train-vae -@ 1 --prior=composite --hidden=20,20 --latent=10 --epochs=5
    --batch=10000 s/train.rps)
"${cmd[@]}" -q -o whole.rps
rm ck
resume=
for ((k = 0; k < 10; k++)); do
    interrupt TERM --checkpoint=ck $resume -o none.rps
    resume=--resume=ck
done
"${cmd[@]}" -q --resume=ck | cmp whole.rps -

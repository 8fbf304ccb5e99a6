# The nightly job: publishes what is complete and no worse; a bad day, a full
# disk, a kill at any stage and a worse model leave yesterday's published.
command -v flock >/dev/null || { echo "no flock here" >&2; exit 77; }
export OPENBLAS_NUM_THREADS=1 LOCK_WAIT=20
data=$SRC/data/movietweetings-100k
rec-ingest -q --min-weight=7 --min-item=60 --min-user=8 "$data/ratings.dat.gz" |
    rec-cat | tr '\t' , >today.csv
awk 'NR % 50 != 2' today.csv >yesterday.csv
export INGEST='rec-ingest -q --implicit' TRAIN='rec-ease -q -@ 1 --lambda=100'

job() { # ARGUMENTS: the figures differ between machines in their last digits
    sh "$SRC/data/nightly.sh" "$@" 2>&1 |
        sed 's/0\.\([0-9][0-9]\)[0-9][0-9]\>/0.\1xx/g; s/[0-9]* users/N users/'
    echo "status ${PIPESTATUS[0]}"
}
# What is published: whole, and of one run?
look() {
    local link
    link=$(readlink store/current) || { echo "nothing is published"; return; }
    rec-info --check store/current/*.rps >whole &&
        [ "$(rec-cat store/current/rankings.rps | cksum)" = \
            "$(cksum <store/current/rankings.tsv)" ] &&
        [ -s store/current/report.tsv ] && echo "$link"
}

echo "== two good days"
job store yesterday.csv
job -v store today.csv
look

echo "== bad days"
sed '500s/,.*//' today.csv >bad.csv
job store bad.csv
head -n 3000 today.csv >short.csv
job store short.csv
gzip -c today.csv | head -c 20000 >cut.gz
job store cut.gz
job store missing.csv
: >empty.csv
job store empty.csv
look

echo "== a worse model"
cat >worse.sh <<'END'
rec-cat "$3" | awk 'NR == 1 || $2 % 4 == 0' | rec-ingest -q -f tsv |
    rec-pop -q "$1" "$2"
END
TRAIN="sh -e worse.sh" job store today.csv
look

echo "== a full disk"
for blocks in 20 150 300; do # each goes a little further
    (
        ulimit -f $blocks
        sh "$SRC/data/nightly.sh" store today.csv
    ) >out 2>&1
    echo "status $?: $(sed -n 's/^[^:]*: \(FAILED: [a-z ]*\).*/\1/p' out)"
    look
done
# A disk of its own, where that is allowed.
cat >disk.sh <<'END'
mkdir -p disk && mount -t tmpfs -o size=$1 none disk || exit 0
mkdir disk/runs && cp -r store/runs/000002 disk/runs &&
    ln -s runs/000002 disk/current
sh "$SRC/data/nightly.sh" disk today.csv >out 2>&1 &&
    echo "no failure on a disk of $1"
grep -q 'disk/current still is runs/000002' out || cat out
rec-info --check disk/current/*.rps >whole || cat whole
END
size=$(du -sk store/runs/000002 | cut -f 1)
for more in 50 500; do
    unshare -rm sh disk.sh $((size + more))k 2>/dev/null
done

echo "== killed before each of its commands"
mkdir bin
for p in rec-ingest rec-info rec-split rec-ease rec-recommend rec-eval rec-cat \
    rm sync mv ln; do
    # Call number $at of the program kills the whole job.
    cat >"bin/$p" <<END
#!/bin/sh
n=\$((\$(cat "$PWD/bin/count") + 1))
echo \$n >"$PWD/bin/count"
[ \$n -ne \$at ] || kill -KILL 0
exec $(command -v $p) "\$@"
END
    chmod +x "bin/$p"
done
before=$(look) killed=0
for at in $(seq 1 40); do
    echo 0 >bin/count
    # The shell reports the kill; a job that was not killed ends this.
    { at=$at PATH=$PWD/bin:$PATH setsid -w \
        sh "$SRC/data/nightly.sh" store today.csv; } 2>/dev/null
    status=$?
    [ $status -ne 0 ] || break
    killed=$((killed + 1))
    now=$(look)
    case $now in
    "$before") ;;
    runs/00000[3-9]) before=$now ;; # killed after the rename
    *) echo "killed at command $at: '$now', before '$before'" ;;
    esac
done
echo "killed $killed times"

echo "== the day after, and back again"
job store today.csv
look
job --rollback store
look
ls -A store store/runs
[ ! -e store/runs/.new ] || echo "a dead run's folder is left"

echo "== one at a time"
flock store/lock sh -c 'sh "$SRC/data/nightly.sh" store today.csv' 2>&1 |
    sed 's/at work for .*/at work/' &
LOCK_WAIT=1
wait

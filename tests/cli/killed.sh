# Every writer, killed by SIGKILL at random moments (the seed is KILLS_SEED):
# under each name is then the old file or the new one, whole, and nothing else
# is left but temporary files with the names that rec(7) gives. KILLS per
# writer; make kills makes many, and KILLS_LOG is how many of them hit.
. "$SRC/tests/cli/all.inc"
kills=${KILLS-2}
RANDOM=${KILLS_SEED-7}
all=0 hit=0

awk 'BEGIN {
    srand(1)
    for (i = 0; i < 40000; i++) {
        item = int(300 * rand() * rand())
        printf "user%d,item%d,%d,%d\n", i % 2000, item, 1 + i % 5, 1e9 + i
    }
}' >text
rec-ingest -q --duplicates=last -o rows text
head -n 30000 text | rec-ingest -q --duplicates=last -o part
rec-split -q --protocol=strong --held-out=300 -o s- rows
rec-ease -q -@1 --lambda=50 -o model s-train.rps
rec-svd -q -@1 --dim=8 -o factors s-train.rps
rec-embed -q -m factors -o vectors
rec-recommend -q -@1 -m model -n 50 -o ranking s-test.in.rps
rec-recommend -q -@1 -m model -n 50 -o guesses s-valid.in.rps
rec-hash -q -t table part >/dev/null
rec-gram -q -o gram rows

# What a killed program may leave of the output $1.
leftovers() {
    find . -maxdepth 1 -name ".$1.??????" -o -maxdepth 1 -name ".$1.lock"
}

# kill_often TARGETS COMMAND...: COMMAND makes the files TARGETS.
kill_often() {
    local targets=$1 t n begun most status pid
    shift
    rm -f OUT*
    begun=$(date +%s%N)
    "$@" >/dev/null 2>err || { echo "$*: status $?"; cat err; }
    most=$((($(date +%s%N) - begun) / 1000))
    for t in $targets; do
        mv "$t" "new.$t"
    done
    for ((n = 0; n < kills; n++)); do
        for t in $targets; do
            [ $((n % 2)) -eq 0 ] || echo old >"$t"
        done
        "$@" >/dev/null 2>err &
        pid=$!
        sleep "$(printf '0.%06d' $((most * (RANDOM % 1000) / 1000 % 1000000)))"
        { kill -KILL $pid && wait $pid; } 2>/dev/null
        status=$?
        all=$((all + 1))
        [ $status -ne 137 ] || hit=$((hit + 1))
        for t in $targets; do
            if [ $((n % 2)) -eq 0 ]; then
                [ ! -e "$t" ] || cmp -s "$t" "new.$t"
            else
                cmp -s "$t" "new.$t" || [ "$(cat "$t")" = old ]
            fi || echo "$*: $t is neither old nor new"
            leftovers "$t" | xargs -r rm
            rm -f "$t"
        done
        rm -f .OUTcheckpoint.?????? .OUTlog.?????? .recpipe.??????
        t=$(find . -name '.?*' -o -name 'OUT*' ! -name OUTlog ! \
            -name OUTcheckpoint)
        [ -z "$t" ] || { echo "$*: left $t"; rm -rf .OUT* OUT*; }
        if [ -e OUTcheckpoint ]; then
            rec-info -q --check OUTcheckpoint >/dev/null ||
                echo "$*: half a checkpoint"
        fi
    done
}

kill_often OUT rec-ingest -q --duplicates=last -o OUT text
kill_often "OUTtrain.rps OUTvalid.in.rps OUTvalid.out.rps OUTtest.in.rps \
    OUTtest.out.rps" rec-split -q --protocol=strong --held-out=300 -o OUT rows
kill_often OUT rec-merge -q -o OUT part rows
kill_often OUT rec-cat -q -o OUT rows
kill_often OUT rec-gram -q -@1 -o OUT rows
kill_often OUT rec-hash -q -t table --query -o OUT rows
kill_often OUT rec-hash -q --merge -o OUT table
kill_often OUT rec-pop -q -o OUT rows
kill_often OUT rec-knn -q -@1 -o OUT rows
kill_often OUT rec-walk -q -@1 -o OUT rows
kill_often OUT rec-ease -q -@1 --lambda=50 -o OUT rows
kill_often OUT rec-ease -q -@1 --lambda=50 -z -o OUT gram
kill_often OUT rec-ials -q -@1 --dim=8 --epochs=3 -o OUT rows
kill_often OUT rec-svd -q -@1 --dim=8 -o OUT rows
kill_often OUT rec-train-vae -q -@1 --hidden=20 --latent=8 --epochs=3 \
    --checkpoint=OUTcheckpoint --log=OUTlog -o OUT s-train.rps
kill_often OUT rec-embed -q -m factors --users -o OUT rows
kill_often "OUT OUTcentres OUTreport" rec-cluster -q -@1 --mode=cohorts -k 10 \
    --save-centres=OUTcentres --report=OUTreport -o OUT vectors
kill_often OUT rec-recommend -q -@1 -m model -n 50 -o OUT s-test.in.rps
kill_often OUT rec-similar -q -@1 -m model --all -o OUT
kill_often OUT rec-eval -q -@1 -t s-test.out.rps -o OUT ranking
kill_often OUT rec-calibrate -q --fit --method=isotonic -t s-valid.out.rps \
    -o OUT guesses
kill_often OUTbest rec-tune -q --no-times --validate-in=s-valid.in.rps \
    --validate-out=s-valid.out.rps --best=OUTbest -o OUTlog \
    'rec-ease -q -@1 --lambda={x} s-train.rps' x=20,50

[ -z "${KILLS_LOG-}" ] || echo "kills: $all, of them in time: $hit" >"$KILLS_LOG"
true

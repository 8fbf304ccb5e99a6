# Every program: each call of the C library that can fail is made to fail in
# turn; in each line of programs.txt and of more.txt MOST calls of every third
# kind (make faults: all). What must then hold is said in tests/faults/sweep.c,
# which calls fail in tests/faults/shim.c.
. "$SRC/tests/cli/all.inc"
shim=$BUILD/tests/faults/shim.so
[ -f "$shim" ] || {
    echo "not Linux with glibc, or a sanitizer: no faults here" >&2
    exit 77
}
most=${FAULTS_MOST-2} jobs=${FAULTS_JOBS-1}
make_inputs
{
    cat text
    echo one
} | gzip >packed
gzip <text >zipped
cut -d ' ' -f 2 lines.rows | sort -u | head -n 8 >ids
awk '{ print $1 "\ttitle of " $1 }' ids >titles
rec-knn -q --side=users -o neighbours rows || echo "no neighbours"
rec-pop -q -o popular rows || echo "no popular"
rec-train-vae -q --hidden=3 --latent=2 --epochs=2 -o autoencoder rows ||
    echo "no autoencoder"
rec-cat ranking | tail -n +2 | cut -f 1-3 >lists
rec-cat rows | tail -n +2 | cut -f 1,2 >truths
sha256sum -- * >sums

test_one() {
    [ $((part % jobs)) -ne $worker ] || {
        rm -f old.OUT*
        case $arguments in *OUTtable*) cp table old.OUTtable ;; esac
        call "$input" OUT
        "$BUILD/tests/faults/sweep" "$shim" "$most" $part log "${cmd[@]}"
    }
    part=$((part + 1))
}
library() { # of the library alone: WHAT FILE
    input=$2 program=$BUILD/tests/faults/leaks arguments="$1 IN"
    test_one
}
all_lines() {
    each test_one
    each test_one "$SRC/tests/faults/more.txt"
    for m in ease ials svd vae walk; do
        library $m rows
    done
    library text zipped
    library table table
    library store model
    library store vectors
    sha256sum --quiet -c sums || echo "an input was changed"
}
# As many at a time as there are jobs, each in a folder of its own.
here=$PWD
for ((worker = 0; worker < jobs; worker++)); do
    cp -r "$here" "$here.$worker"
    (cd "$here.$worker" && part=0 && all_lines) >"$here/said.$worker" 2>&1 &
done
wait
cat said.*
[ -z "${FAULTS_LOG-}" ] || cat "$here".*/log >"$FAULTS_LOG"
true

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
most=${FAULTS_MOST-2} part=0
make_inputs
{
    cat text
    echo one
} | gzip >packed
gzip <text >zipped
cut -d ' ' -f 2 lines.rows | sort -u | head -n 8 >ids
awk '{ print $1 "\ttitle of " $1 }' ids >titles
rec-pop -q -o popular rows || echo "no popular"
rec-train-vae -q --hidden=3 --latent=2 --epochs=2 -o autoencoder rows ||
    echo "no autoencoder"
rec-cat ranking | tail -n +2 | cut -f 1-3 >lists
rec-cat rows | tail -n +2 | cut -f 1,2 >truths
sha256sum -- * >sums

test_one() {
    rm -f old.OUT*
    case $arguments in *OUTtable*) cp table old.OUTtable ;; esac
    call "$input" OUT
    "$BUILD/tests/faults/sweep" "$shim" "$most" $((part++)) log "${cmd[@]}"
}
each test_one
each test_one "$SRC/tests/faults/more.txt"
library() { # of the library alone: WHAT FILE
    cmd=("$BUILD/tests/faults/leaks" "$@")
    "$BUILD/tests/faults/sweep" "$shim" "$most" $((part++)) log "${cmd[@]}"
}
for m in ease ials svd vae walk; do
    library $m rows
done
library text zipped
library table table
library store model
library store vectors
sha256sum --quiet -c sums || echo "an input was changed"
[ -z "${FAULTS_LOG-}" ] || cp log "$FAULTS_LOG"
true

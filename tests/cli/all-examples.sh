# Every example of every manual page runs as it is written, in a folder with
# the files that the examples speak of. The expected output counts them, so
# that none is lost by accident.
data=$SRC/data/movietweetings-100k
cp "$data/movies.dat.gz" . || exit
rec-ingest -q --min-item=40 --min-user=5 "$data/ratings.dat.gz" |
    rec-cat | tr '\t' , >ratings.csv
rec-ingest -q --implicit -o x.rps ratings.csv
rec-ingest -q -o timed.rps ratings.csv
rec-split -q --protocol=strong -o s/ x.rps
cp s/train.rps train.rps
rec-ease -q --lambda=150 -o ease.rps train.rps
cp ease.rps m.rps
rec-pop -q -o pop.rps train.rps
mkdir archive && cp x.rps ease.rps archive
sed 1d ratings.csv >huge.csv
awk -F , 'BEGIN { print "user\titem" } NR > 1 { print $1 "\t" $2 }' \
    ratings.csv >plays.tsv
awk -F , '{ print "2013-05-01T12:00:00Z;" $1 ";web;" $2 }' huge.csv |
    gzip >log.gz
awk -F , -v OFS=, 'NR == 1 { print "sku,price,customer,day"; next }
    { print $2, 5, $1, "2012-12-24" }' ratings.csv >orders.csv
awk -F , -v OFS=';' 'NR == 1 { print "user;item;weight;time"; next }
    { print $1, $2, "3,5", "24.12.2012" }' ratings.csv >export.csv
rec-recommend -q -m ease.rps -n 100 --text s/test.in.rps |
    awk -F '\t' '{ print $1 "," $3 "," $4 }' >lists.csv
awk -F , '{ print $1, "Q0", $2, NR, $3, "ease" }' lists.csv >run.txt
rec-cat --no-header s/test.out.rps | awk '{ print $1, 0, $2, 1 }' >qrels.txt
cp s/train.rps yesterday.rps
rec-cat --no-header s/train.rps | cut -f 2 | sort -u | awk 'NR % 3' >stock.txt
cp x.rps all.rps
rec-merge -q -o today.rps s/train.rps s/test.in.rps
awk -F , 'NR == 1 || $1 % 9 == 0' ratings.csv >today.csv
rec-gram -q -o yesterday.gram yesterday.rps
sed 1d ratings.csv | awk -F , '{ print $2 "\t" $1 % 7, $2 % 5 }' |
    sort -u -k 1,1 >vectors.tsv
for part in 1 2 3; do
    awk -F '\t' -v p=$part 'NR == 1 || $1 % 3 == p - 1' plays.tsv |
        rec-ingest -q -f tsv | rec-gram -q -o part$part.gram
done

# The examples of page $1, and of a tutorial, each as a file example.N. A line of .Dl is one, and
# so is a literal block.
extract() {
    awk '
        /^\.Sh/ { on = /EXAMPLES|TUTORIAL/; next }
        !on { next }
        /^\.Dl \$ / {
            file = "example." ++n
            text = substr($0, 7)
        }
        /^\.Bd -literal/ { block = 1; file = "example." ++n; next }
        /^\.Ed/ { block = 0; close(file); next }
        block { text = $0 }
        block || /^\.Dl/ {
            sub(/^\\&/, "", text)
            gsub(/\\e/, "\\", text)
            print text >file
        }
        /^\.Dl/ { close(file) }
        END { print n + 0 }' "$1"
}
# Run example $1. A program that writes to `head` may be ended by SIGPIPE.
run() {
    if grep -q '^import' "$1"; then
        ! command -v python3 >/dev/null || python3 "$1"
        return
    fi
    for needed in sqlite3 parallel; do
        ! grep -q "^$needed" "$1" || command -v $needed >/dev/null || return 0
    done
    if grep -q rec-plot "$1" && ! command -v gnuplot >/dev/null; then
        return
    fi
    bash -e -o pipefail "$1"
    status=$?
    [ $status -eq 141 ] && grep -q '| head' "$1" && return 0
    return $status
}
for page in "$SRC"/man/*.[157]; do
    name=$(basename "$page")
    rm -f example.*
    n=$(extract "$page")
    echo "$name: $n"
    for i in $(seq "$n"); do
        if ! run "example.$i" >out 2>err; then
            echo "$name: this example failed:"
            cat "example.$i" err
        elif ! test -s out &&
            ! grep -q -e '-o\|>\|--check\|^import\|^sqlite3' "example.$i"; then
            echo "$name: this example printed nothing:"
            cat "example.$i"
        fi
    done
done

# The report on all models, of three of them: a table of each and of each pair
# that agree with each other, the reports behind it, and a page with them.
export OPENBLAS_NUM_THREADS=1
mkdir out
MODELS="pop knn ease" DRAWS=200 bash "$SRC/data/report.sh" "$BUILD/cmd" \
    out/r >table || echo "the report failed"
# from the build folder, as the README has it, without other programs
(cd "$BUILD" && MODELS="pop knn ease" DRAWS=200 \
    PATH=/usr/local/bin:/usr/bin:/bin bash "$SRC/data/report.sh" cmd) |
    cmp - table
# where the package installs it
mkdir examples
(cd "$SRC" && cp -r $(cat debian/recpipe-doc.examples) "$OLDPWD/examples")
MODELS="pop knn ease" DRAWS=200 bash examples/report.sh "$BUILD/cmd" |
    cmp - table
# of a model alone: its line of the table, no pairs, and a page all the same
MODELS=pop DRAWS=200 bash "$SRC/data/report.sh" "$BUILD/cmd" alone >one ||
    echo "the report on one failed"
sed 2q table | diff - one
if command -v gnuplot >/dev/null; then
    [ "$(grep -c '<table' alone.html)" -gt 0 ] || echo "no page of one"
fi
cut -f 1,2 table | sed 's/\.[0-9]*//'
awk -F '\t' '
    NF == 7 && NR > 1 {
        mean[$1] = $2
        print $1, ($3 < $2 && $2 < $4), ($6 > 0 && $6 < 1), ($7 > 0.5)
    }
    NF == 8 && $1 != "model" {
        far = mean[$1] - mean[$2] - $3
        print $1, $2, (far * far < 1e-7), ($4 < $3 && $3 < $5), ($7 >= $6)
        if ($2 == "pop") print $1 " better than popularity:", ($7 < 0.05)
    }' table
(cd out && ls | grep -v html)
grep -c . out/r-pop.items.tsv
# the page: three figures, by popularity and activity, with three tables each
# and those of means and of pairs
if command -v gnuplot >/dev/null; then
    [ "$(grep -c '<svg' out/r.html)" -eq 3 ] || echo "figures are missing"
    for by in popularity activity; do
        grep -q "<text>recall@20/all by $by</text>" out/r.html ||
            echo "no bars by $by"
    done
    [ "$(grep -c '<table' out/r.html)" -eq 9 ] || echo "tables are missing"
fi
MODELS="pop none" bash "$SRC/data/report.sh" "$BUILD/cmd" 2>&1

# The dimension study on a few dimensions: more of them find more and show more
# of the catalogue; popularity shows the least.
export OPENBLAS_NUM_THREADS=1
DIMS="2 16" MODELS="ials svd" bash "$SRC/data/dimension-study.sh" \
    "$BUILD/cmd" "$PWD/study" >table || echo "the study failed"
cmp table study.tsv
cut -f 1,2 table
awk -F '\t' '
    NR == 1 {
        for (k = 1; k <= NF; k++) at[$k] = k
        next
    }
    { ndcg[$1, $2] = $at["ndcg@100"]; cover[$1, $2] = $at["coverage@20"]
      shown[$1, $2] = $at["popularity@20"] }
    END {
        for (m = 1; m <= 2; m++) {
            name = m == 1 ? "ials" : "svd"
            print name, (ndcg[name, 16] > ndcg[name, 2] + 0.01),
                (cover[name, 16] > 2 * cover[name, 2]),
                (shown[name, 16] < shown[name, 2]),
                (shown[name, 2] < shown["popularity", 1])
        }
    }' table
[ ! -e study.svg ] || grep -q '<svg' study.svg || echo "no plot"

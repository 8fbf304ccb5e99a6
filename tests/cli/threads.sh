# Programs that work in parallel, by two threads on data that are enough for
# two: as by one, but for what BLAS rounds. Under the thread sanitizer (make
# check-threads) this is where races between threads would show.
awk 'BEGIN {
    srand(1)
    for (i = 0; i < 20000; i++) {
        item = int(200 * rand() * rand())
        printf "user%d,item%d,%d,%d\n", i % 1000, item, 1 + i % 5, 1e9 + i
    }
}' >text
rec-ingest -q --duplicates=last -o rows text
rec-split -q --protocol=strong --held-out=200 -o s- rows

run() { # OUTPUT COMMAND...
    local out=$1
    shift
    "$@" -q -o "$out" >/dev/null 2>err || { echo "$*: status $?"; cat err; }
    ! grep ThreadSanitizer err || { echo "$*"; cat err; }
}
same() { # COMMAND...: the same bytes
    run one "$@" -@1
    run two "$@" -@2
    cmp one two || echo "$*: another output by two threads"
}
two() { # COMMAND...: by two threads only, since BLAS may round otherwise
    run two "$@" -@2
}
same rec-ingest --duplicates=last text
same rec-gram rows
same rec-knn s-train.rps
same rec-knn --side=users s-train.rps
same rec-walk s-train.rps
same rec-pop rows
two rec-ease --lambda=50 s-train.rps
mv two model
two rec-ease --lambda=50 --side=users s-train.rps
mv two users
two rec-ease --lambda=50 --nonneg s-train.rps
two rec-ease --lambda=50 --top=20 s-train.rps
mv two sparse
two rec-ease --lambda=50 --method=sparse s-train.rps
two rec-ials --dim=8 --epochs=2 --kappa=auto s-train.rps
two rec-svd --dim=8 s-train.rps
mv two factors
two rec-train-vae --hidden=20 --latent=8 --epochs=2 --validate-in=s-valid.in.rps \
    --validate-out=s-valid.out.rps s-train.rps
mv two vae
two rec-train-vae --hidden=20 --latent=8 --epochs=1 --sampled=50 s-train.rps
two rec-train-vae --hidden=20,20 --latent=8 --epochs=2 --prior=composite \
    s-train.rps
two rec-embed -m factors
mv two vectors
for m in model users sparse; do
    same rec-recommend -m $m -n 20 s-test.in.rps
done
mv one ranking
two rec-recommend -m factors -n 20 s-test.in.rps
two rec-recommend -m vae -n 20 s-test.in.rps
two rec-recommend -m vae --samples=5 -n 20 s-test.in.rps
same rec-similar --vectors=vectors --all
same rec-eval --intervals=90 --draws=200 -t s-test.out.rps ranking
for mode in "cohorts -k 8" "codes -k 4" density; do
    # shellcheck disable=SC2086
    same rec-cluster --mode=$mode vectors
done
same rec-cluster --mode=personas --embeddings=vectors rows
true

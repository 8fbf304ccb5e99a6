# Data at the edge: one user with one item, users who are all alike, scores that
# are all equal, denormal and huge weights. Every model is made and serves
# finite lists, or is refused with a message; nothing else.
trainers='rec-pop|rec-knn|rec-knn --side=users|rec-walk|rec-ease --lambda=1
rec-ease --lambda=1 --side=users|rec-ease --lambda=1 --top=1|rec-svd --dim=1
rec-ials --dim=2 --epochs=2|rec-train-vae -@ 1 --hidden=2 --latent=1 --epochs=1'
try() { # DATA
    echo "-- $1"
    echo "$trainers" | tr '|' '\n' | while read -r train; do
        $train -q -o m "$1" 2>err
        status=$?
        if [ $status -eq 1 ] && [ -s err ]; then
            echo "$train: refused"
            continue
        fi
        rec-recommend -q -m m --keep-seen -n 3 --text "$1" >list 2>err ||
            echo "$train: recommend: $? $(cat err)"
        awk -v t="$train" '$4 !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ { print t, $0 }' \
            list
        echo "$train: $status, $(wc -l <list) lines"
        rm -f m
    done
}
ingest() {
    rec-ingest -q -f csv --columns=user,item,weight --header=no -o "$1"
}
echo u,a,1 | ingest one
printf '%s\n' u,a,1 v,a,1 w,a,1 | ingest one-item
printf '%s\n' u,a,1 u,b,1 u,c,1 u,d,1 | ingest one-user
printf '%s\n' u,a,1 u,b,1 v,a,1 v,b,1 w,a,1 w,b,1 | ingest alike
printf '%s\n' u,a,1e-42 u,b,1e-45 v,b,1e-40 v,c,1e-42 w,a,1e-39 w,c,1e-41 |
    ingest denormal
printf '%s\n' u,a,3e38 u,b,1e38 v,b,3e38 v,c,1 w,a,1e38 w,c,3e38 | ingest huge
for data in one one-item one-user alike denormal huge; do
    try $data
done
echo "-- equal scores are in the order of the tie rule"
printf '%s\n' u,a,1 u,b,1 u,c,1 u,d,1 | ingest equal
printf '%s\n' x,a,1 y,b,1 z,c,1 | ingest each
rec-pop -q -o m each
rec-recommend -q -m m --keep-seen -n 3 -o list each
rec-cat list

#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Seeds for the fuzzer, made by our own programs: seeds.sh OUT, with the
# programs in PATH, BUILD and SRC set as for the command tests. Writes
# OUT/TARGET/NAME for every target of tests/fuzz.
set -u
out=$1
case $out in /*) ;; *) out=$PWD/$out ;; esac
mkdir -p "$out" || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-seeds.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
. "$SRC/tests/cli/all.inc"
make_inputs

# put TARGET FILE...: seeds of TARGET. put_text TARGET PREFIX NAME <text
put() {
    local target=$1 f
    shift
    mkdir -p "$out/$target"
    for f in "$@"; do cp "$f" "$out/$target/${f##*/}" || exit 1; done
}
put_text() {
    mkdir -p "$out/$1"
    { printf "$2"; cat; } >"$out/$1/$3"
}

# ---- streams ------------------------------------------------------------
head -n 6 lines.rows | "$make_stream" -r train >small.rows
head -n 6 lines.rows | cut -d ' ' -f 1,2 | "$make_stream" -p >bare.rows
rec-merge -q -z9 -o deflated.rows rows rows --duplicates=first
rec-recommend -q -m factors -n 2 -o list.rows rows
rec-recommend -q -m model --personas=personas -n 3 -o served.rows rows
rec-embed -q -m factors -z9 -o vectors-z
rec-gram -q -z9 -o gram-z rows
rec-gram -q --base=rows -o gram-difference small.rows
rec-hash -q -t table-z -z9 held >table-rows
rec-hash -q -t table-small small.rows >/dev/null
rec-hash -q -t table-admit --admit=2 --sketch=16 rows >/dev/null 2>&1 ||
    rm -f table-admit
rec-pop -q -o pop rows
rec-pop -q --by=cohorts -o cohort-pop rows
rec-knn -q -o item-knn rows
rec-knn -q --side=users -o user-knn rows
rec-knn -q --side=users -z9 -o user-knn-z rows
rec-walk -q -o walk rows
rec-ease -q --lambda=1 --side=users -o ease-users rows
rec-ease -q --lambda=1 --item-power=0.5 --score-power=0.5 -o ease-powers rows
rec-ease -q --lambda=1 -z9 -o ease-z rows
rec-ease -q --lambda=1 --top=2 -o ease-top rows
rec-ials -q --dim=2 -o ials rows
rec-train-vae -q -@ 1 --hidden=3 --latent=2 --epochs=2 -o vae rows
rec-train-vae -q -@ 1 --prior=composite --hidden=3,3 --latent=2 --epochs=4 \
    -o recvae rows
rec-train-vae -q -@ 1 --model=dae --hidden=3 --latent=2 --epochs=2 -o dae \
    rows 2>/dev/null || rm -f dae
rec-persona -q -k 2 --dim=2 --attention=cosine --epochs=2 -o amp-cosine rows
rec-persona -q -k 2 --dim=2 --negatives=popularity --sampled=3 --corrected \
    --epochs=2 -o amp-sampled rows
rec-calibrate -q --fit -t truth --method=isotonic -o isotonic ranking
rec-calibrate -q --fit -t truth --method=shift --input=logit -o shift ranking \
    2>/dev/null || rm -f shift
rec-cluster -q --mode=codes -k 2 -o codes vectors 2>/dev/null || rm -f codes

put stream small.rows bare.rows deflated.rows model table gram vectors-z
put rows rows small.rows bare.rows deflated.rows ranking list.rows \
    served.rows personas assigned advised cohorts labels table-rows
[ ! -f codes ] || put rows codes
put gram gram gram-z gram-difference
put model model sparse factors pop cohort-pop item-knn user-knn user-knn-z \
    walk ease-users ease-powers ease-z ease-top ials vae recvae \
    amp amp-cosine amp-sampled pref
[ ! -f dae ] || put model dae
put table table table-z table-small
[ ! -f table-admit ] || put table table-admit
put vectors vectors vectors-z
put calibration calibration isotonic
[ ! -f shift ] || put calibration shift
put checkpoint checkpoint training
mkdir -p "$out/checkpoint"
for sort in 0 1 2 3; do
    for judged in 0 1; do
        "$BUILD/tests/fuzz/replay" --checkpoint $sort $judged \
            >"$out/checkpoint/c$sort$judged" || exit 1
    done
done

# ---- text: two bytes of options, see fuzz_text.c, and the file -------------
put_text text '\000\000' auto.csv <text
{ echo "userId,movieId,rating,timestamp"; head -n 3 text; } |
    put_text text '\001\000' header.csv
printf '"a ""b""",c,1\r\n"d\ne",f,2\r\n\r\ng,"h",nan\n' |
    put_text text '\001\300' quoted.csv
printf 'a;b;1;2013-04-03T22:38:27+02:00\nc;d;2;2013-04-03\n' |
    put_text text '\045\306' iso.csv
head -n 4 lines.rows | tr ' ' '\t' | put_text text '\002\000' rows.tsv
head -n 4 lines.rows | sed 's/ /::/g' | put_text text '\003\200' rows.dat
printf '%s\n' '{"user_id":"a","item_id":7,"rating":3.5,"timestamp":12}' \
    '{"user_id":"\u00e9\ud83d\ude00\n","item_id":"x\\","o":{"p":[1,2]}}' \
    '{"user_id":"b","item_id":"y","rating":null}' |
    put_text text '\004\200' lines.jsonl
printf '%s\n' '{"u":"a","i":"b","w":1,"t":1364000000000}' |
    put_text text '\026\005' keys.jsonl
printf 'u1 a b c\nu2\nu3\ta  d\n' | put_text text '\005\200' rows.adj
printf '\357\273\277a,b\r\nc,d' | put_text text '\000\100' bom.csv
put_text text '\000\000' empty </dev/null

# ---- other text -------------------------------------------------------------
mkdir -p "$out/gzip" "$out/lists" "$out/ids" "$out/number"
head -n 5 text | gzip -n >"$out/gzip/one.gz"
{ echo a | gzip -n1; echo b | gzip -n9; } >"$out/gzip/two.gz"
cp "$out/gzip/one.gz" "$out/gzip/rest" && echo rest >>"$out/gzip/rest"
: | gzip -n >"$out/gzip/empty.gz"
head -n 2 text >"$out/gzip/plain"
printf '1 Q0 d1 1 2.5 tag\n1 Q0 d2 2 1e-3 tag\n2\tQ0\td1\t1\t0\ttag\n' \
    >"$out/lists/run"
printf '1 0 d1 1\n1 0 d2 0\n2 0 d1 2\r\n' >"$out/lists/qrels"
printf 'u a 3\nu b 2\n\nv a 1' >"$out/lists/ranking"
printf 'u a\nv b\n' >"$out/lists/targets"
printf 'a\nb\r\n\nc' >"$out/ids/list"
printf '1::Toy Story (1995)::Animation\n2::Jumanji\n' >"$out/ids/dat"
printf 'a\tA title\tmore\nb\tB\n' >"$out/ids/tab"
printf '1,"One, ""two""",x\n2,Two\n' >"$out/ids/csv"
cp lines "$out/ids/vectors"
printf 'id\tvector\na\t1 2 3\nb\t-1e3 .5 0\n' >"$out/ids/header"
n=0
for word in 0 -1 1.5 .5 1e-3 123456789012345678901234567890 \
    0.30000000000000004 1e309 2013-04-03 2013-04-03T22:38:27+02:00 \
    1364000000000 9223372036854775807 -9223372036854775808 17/1000m \
    5/1000d nan 2.2250738585072011e-308 4.9e-324; do
    printf %s "$word" >"$out/number/$((n += 1))"
done

# rec-persona: options that do not fit, data that do not suit.
export OPENBLAS_NUM_THREADS=1
printf '%s\n' u,a,2 u,b,0.5 v,a,1 | rec-ingest -q -f csv -o w.rps
printf '%s\n' u,a,2 u,b,-1 | rec-ingest -q -f csv -o neg.rps
rec-ials -q -@ 1 -d 3 --epochs=1 -o i.rps w.rps
try() {
    rec-persona -@ 1 -d 2 --epochs=1 "$@" >out 2>err
    echo "$?: $(head -n 1 err)"
}
try -k 17 w.rps
try --fold-steps=10001 w.rps
try --fold-steps=10000 w.rps
rec-recommend -m out --text --keep-seen w.rps | wc -l
try --temperature=0 w.rps
try --attention=both w.rps
try --project=3 w.rps
try --sampled=3 w.rps
try --corrected w.rps
try --every=2 w.rps
try --patience=3 w.rps
try --validate-in=w.rps w.rps
try --start=- -
try --start=i.rps w.rps
try --start=w.rps w.rps
try -d 3 --start=i.rps w.rps
try --assign=w.rps w.rps
rec-persona --assign=w.rps w.rps 2>&1 >out
try neg.rps
try --binary neg.rps
try --max-mem=100 w.rps
try --rate=1000 --user-rate=1000 --epochs=9 w.rps
try --attention=cosine --project=3 -k 2 --per-persona=1 w.rps
rec-recommend -m out --text w.rps --keep-seen | wc -l

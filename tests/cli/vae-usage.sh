# Options that do not fit, data that do not suit.
export OPENBLAS_NUM_THREADS=1
printf '%s\n' u,a,2 u,b,0.5 v,a,1 | rec-ingest -q -f csv -o w.rps
printf '%s\n' u,a,2 u,b,-1 | rec-ingest -q -f csv -o neg.rps
try() {
    rec-train-vae -@ 1 --latent=2 --hidden=3 --epochs=1 "$@" >out 2>err
    echo "$?: $(head -n 1 err | sed 's/epoch [0-9]*, /epoch N, /')"
}
try --hidden=3,,4 w.rps
try --hidden=3,0 w.rps
try --hidden=1,2,3,4,5,6,7,8,9 w.rps
try --latent=0 w.rps
try --anneal=x w.rps
try --anneal=101% w.rps
try --anneal=% w.rps
try --anneal= w.rps
try --confidence=2 w.rps
try --dae --beta=1 w.rps
try --prior=composite --beta=1 w.rps
try --prior=composite --dae w.rps
try --prior=composite --hidden=3,4 w.rps
try --prior=composite --hidden=0 w.rps
try --prior=composite w.rps
try --gamma=1 w.rps
try --sampled=2 --prior=composite w.rps
try --sampled=2 --likelihood=gaussian w.rps
try --sampled=2 w.rps
try --patience=3 w.rps
try --validate-in=w.rps w.rps
try --validate-in=- --validate-out=- w.rps
try --resume=- -
try --dropout=1 w.rps
try --likelihood=poisson w.rps
try --likelihood=logistic w.rps
try --likelihood=logistic --binary w.rps
try --likelihood=gaussian --confidence=3 w.rps
try neg.rps
try --max-mem=100 w.rps
echo old >log
try --rate=1e30 --log=log neg.rps
cat log
try --rate=1e30 --epochs=50 --log=log w.rps
head -n 1 log
try --anneal=3 w.rps
try --log=no/such/log w.rps
try --checkpoint=no/such/ck w.rps
try --checkpoint=ck w.rps
! ls -A | grep ck

# What the command line must not say, and data that cannot be trained on.
printf 'u1,a,1\nu1,b,2\nu2,a,3\n' | rec-ingest -q -f csv --header=no -o x.rps
printf 'u1,a,1\nu1,b,-2\n' | rec-ingest -q -f csv --header=no -o minus.rps
try() { "$@" >out 2>err; echo "$?: $(head -n 1 err)"; }
try rec-ials --dim=0 x.rps
try rec-ials --lambda=0 x.rps
try rec-ials --unobserved=-1 x.rps
try rec-ials --kappa=some x.rps
try rec-ials --kappa=-1 x.rps
try rec-ials --patience=2 x.rps
try rec-ials --validate-in=x.rps x.rps
try rec-ials --validate-in=- --validate-out=x.rps
try rec-ials --max-mem=1K x.rps
try rec-ials --dim=2 minus.rps
try rec-ials --dim=2 --binary -o m.rps minus.rps
try rec-ials m.rps
rec-ials -q --dim=2 x.rps -o m.rps
try rec-recommend -m m.rps minus.rps
try rec-svd --dim=0 x.rps
try rec-svd --validate-out=x.rps x.rps
try rec-svd --validate-in=- --validate-out=x.rps
try rec-svd --max-mem=100 x.rps
try rec-svd m.rps

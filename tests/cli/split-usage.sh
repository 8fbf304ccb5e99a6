# A wrong command line is 2, data that do not suit the protocol are 1.
printf 'a,x,1\na,y,1\nb,x,1\n' | rec-ingest -q --header=no >d.rps
run()
{
    rec-split "$@" 2>&1 | grep -v '^Try '
    echo "${PIPESTATUS[0]}"
}
run --protocol=ratio d.rps
run -o s/ d.rps
run -o s/ --protocol=fair d.rps
run -o s/ --protocol=ratio --held-out=3 d.rps
run -o s/ --protocol=leave-last --fraction=0.5 d.rps
run -o s/ --protocol=strong -n 2 d.rps
run -o s/ --protocol=ratio --at=5 d.rps
run -o s/ --protocol=time --at=5 --fraction=0.5 d.rps
run -o s/ --protocol=time --valid-at=5 d.rps
run -o s/ --protocol=time --valid-at=5 --at=5 d.rps
run -o s/ --protocol=time --valid-at=4 --at=5 --no-valid d.rps
run -o s/ --protocol=ratio --fraction=x d.rps
run -o s/ --protocol=ratio --fraction=1 d.rps
run -o s/ --protocol=liang2018 --held-out=0 d.rps
run -o s/ --protocol=ratio --lambda=5 d.rps
run -o s/ --protocol=ratio d.rps d.rps
run -o s/ --protocol=ratio --fraction=0.5 d.rps
run -o s/ --protocol=liang2018 --held-out=1 d.rps
run -o s/ --protocol=liang2018 --held-out=2 - <d.rps
run -o s/ --protocol=time d.rps
run -o s/ --protocol=time --at=0 d.rps
run -o s/ --protocol=ratio missing.rps
run -o d.rps/s/ --protocol=ratio d.rps
run -q -o new/s/ --protocol=ratio d.rps
ls new/s
ls

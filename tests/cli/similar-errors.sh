# What rec-similar refuses.
printf '1,a\n1,b\n2,a\n' | rec-ingest -q -f csv -o x.rps
rec-pop -o pop.rps x.rps
rec-ease -q --lambda=1 -o ease.rps x.rps
printf 'a 1 2\n' | rec-embed --from-text -o v.rps
try() {
    rec-similar "$@" -o no </dev/null
    echo "status $?"
    if [ -e no ]; then echo "left an output"; rm no; fi
}
try a
try -m ease.rps --vectors=v.rps a
try -m ease.rps --all a
try -m ease.rps --list=l a
try --vectors=v.rps --by=weights a
try -m ease.rps --titles=t a
try -m ease.rps ''
try -m -
try -m pop.rps a
try -m pop.rps --by=weights a
try -m pop.rps --by=dot a
try -m ease.rps --by=cosine a
try -m x.rps a
try -m v.rps a
try --vectors=ease.rps a
try -m ease.rps --list=none
# Products beyond single precision.
printf 'a 3e38 1\nb 3e38 1\n' | rec-embed --from-text -o v.rps
try --vectors=v.rps --by=dot a
rec-similar --vectors=v.rps a --text

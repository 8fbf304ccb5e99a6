# The stream: order of the users, role, pipes for every input, threads.
for u in 9 3 7 1 8 2 5; do
    for i in 1 2 3 4 5 6 7 8; do
        [ $(((u * i + i) % 5)) -lt 2 ] && echo $u,item$i
    done
done | rec-ingest -q -f csv >x.rps
rec-ease -q --lambda=2 x.rps >m.rps
rec-recommend -m m.rps -n 3 x.rps >r.rps
rec-cat --no-header r.rps | cut -f 1 | uniq | tr '\n' ' '; echo
rec-recommend -m <(cat m.rps) -n 3 <(cat x.rps) | cmp - r.rps
rec-recommend -m - -n 3 x.rps <m.rps | cmp - r.rps
rec-recommend -@ 1 -m m.rps -n 3 <x.rps | cmp - r.rps
rec-recommend -@ 4 -m m.rps -n 3 -o out.rps x.rps && cmp out.rps r.rps
rec-recommend -z -m m.rps -n 3 x.rps | rec-cat | cmp - <(rec-cat r.rps)
rec-ease -q -z --lambda=2 x.rps | rec-recommend -m - -n 3 x.rps |
    rec-cat | cmp - <(rec-cat r.rps)
rec-recommend -m m.rps -n 3 --text x.rps | cut -f 1,3,4 |
    cmp - <(rec-cat --no-header r.rps)
# Without weights in training, those of the histories do not count either;
# with them they do.
rec-cat --no-header x.rps | awk -v OFS=, '{print $1, $2, NR % 3 + 1}' |
    rec-ingest -q -f csv >w.rps
rec-recommend -m m.rps -n 3 w.rps | rec-cat | cmp - <(rec-cat r.rps)
rec-ease -q --lambda=2 --binary w.rps | rec-recommend -m - -n 3 x.rps |
    rec-cat | cmp - <(rec-cat r.rps)
rec-ease -q --lambda=2 w.rps >mw.rps
rec-recommend -m mw.rps -n 3 w.rps | rec-cat >1
rec-recommend -m mw.rps -n 3 x.rps | rec-cat >2
cmp -s 1 2 && echo the weights are not used
strings -n 4 r.rps | grep -c 'rec-recommend .* --number=3 model=[0-9a-f]* input='
rec-recommend --no-provenance -m m.rps x.rps | strings -n 4 | grep model=
true

# Nobody's list depends on who else is in the stream: many users in blocks, or
# a few at a time.
rec-ingest -q --min-item=20 --implicit "$SRC/data/movietweetings-100k/ratings.dat.gz" >all.rps
rec-ease -q --lambda=300 -o m.rps all.rps
rec-recommend -q -m m.rps -n 5 --text all.rps | sort >whole
rec-cat --no-header all.rps >all.tsv
for part in 0 1 2 3 4 5 6 7 8 9; do
    awk -F '\t' -v p=$part '$1 ~ p "$"' all.tsv | rec-ingest -q -f tsv --header=no |
        rec-recommend -q -m m.rps -n 5 --text
done | sort | cmp - whole && wc -l <whole

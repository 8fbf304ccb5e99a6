# rec-eval --personas: shares of personas in lists beside those in histories, by
# hand; and of two programs that name personas.
printf '%s\n' u,a,1 u,b,1 u,c,1 u,d,1 v,a,1 v,c,1 w,b,1 |
    rec-ingest -q -f csv -o h.rps
# a and b are near, c and d too: u has two personas of two items each.
printf '%s\n' 'a 1 0' 'b 1 0.1' 'c 0 1' 'd 0.1 1' 'e 1 0.05' 'f 0.05 1' |
    rec-embed -q --from-text -o v.rps
rec-cluster -q --mode=personas --height=0.5 --embeddings=v.rps -o g.rps h.rps
rec-cat --no-header g.rps | cut -f 1,2,4
printf '%s\n' u,a,1 u,b,1 u,c,1 u,e,1 v,f,1 v,c,1 v,e,1 w,f,1 w,e,1 |
    rec-ingest -q -f csv | rec-pop -q -o pop.rps
rec-recommend -q -m pop.rps --personas=g.rps -n 2 --keep-seen -o run.rps h.rps
rec-cat --no-header run.rps | cut -f 1,2,4
for f in text tsv json; do
    rec-eval -q --personas=g.rps -k 1,2 -f $f run.rps
done
echo "-- by hand"
# u has half of each persona; a list of one item is of one: tv 1/2, and
# js = (1 log2(1 / .75) + .5 log2(.5 / .75) + .5 log2(.5 / .25)) / 2 = .311278.
rec-eval -q --personas=g.rps -k 1 -f tsv run.rps | grep -e tv -e js
echo "-- refused"
rec-eval --personas=g.rps -t h.rps run.rps
echo $?
rec-eval --personas=g.rps run.rps run.rps
echo $?
rec-recommend -q -m pop.rps h.rps | rec-eval --personas=g.rps
echo $?
rec-eval --personas=h.rps run.rps
echo $?

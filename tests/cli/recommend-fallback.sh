# Users without a known item: an empty row, or a list of the fallback, which
# may know items that the model does not.
printf '%s\n' 1,a 1,b 2,a 2,b 3,a 3,c 4,b 4,c | rec-ingest -q -f csv |
    rec-ease -q --lambda=1 -o m.rps
printf '%s\n' 1,z 2,z 3,z 1,b 2,b 3,y | rec-ingest -q -f csv | rec-pop -o p.rps
printf '%s\n' 5,a 6,q 7,y 8,r 8,b | rec-ingest -q -f csv -o in.rps
show() { rec-recommend -m m.rps -n 2 "$@" in.rps | rec-cat | cut -f 1,2; }

echo -- without; show
echo -- with; show --fallback=p.rps
echo -- seen; show -q --fallback=p.rps --keep-seen
echo -- explained
rec-recommend -q -m m.rps --fallback=p.rps -n 1 --text --explain=1 in.rps |
    cut -f 1-3,5-
# The empty rows are rows: the ranking has all four users.
rec-recommend -q -m m.rps in.rps >r.rps
rec-recommend -q -m p.rps -n 1 r.rps | rec-cat | wc -l

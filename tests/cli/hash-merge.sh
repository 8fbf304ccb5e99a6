# Tables of several machines joined: the first's slots stay.
rows() { tr ' ' , | rec-ingest -q -f csv; }
printf 'u1 a\nu2 b\n' | rows | rec-hash -t one --now=100 -o one.h
printf 'u3 b\nu1 c\n' | rows | rec-hash -t two --now=200 >/dev/null
rec-hash --merge -o both one two
rec-hash --list -t both
echo streams of the first are still good
rec-hash -t both --reverse one.h | rec-cat -
echo another seed, the same slots
rec-hash --merge --seed=77 -o other both
rec-hash --list -t other | cmp - <(rec-hash --list -t both)
rec-info other | grep parameter

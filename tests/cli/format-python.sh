# The reader in rec-format(5) reads what the programs write, in every form, and
# refuses what is cut or has a byte changed: the page says enough to write one.
command -v python3 >/dev/null || { echo "no python3 here" >&2; exit 77; }
awk '/^\.Bd/ { text = ""; next }
    /^\.Ed/ { if (text ~ /def rows/) printf "%s", text }
    { text = text $0 "\n" }' "$SRC/man/rec-format.5" | sed 's/\\e/\\/g' >reader.py
[ -s reader.py ] || echo "no reader in the page"

data=$SRC/data/movietweetings-100k
rec-ingest -q -o full.rps "$data/ratings.dat.gz"
rec-ingest -q -z -o deflated.rps "$data/ratings.dat.gz"
rec-ingest -q --implicit -f tsv -o plain.rps <(rec-cat full.rps | cut -f 1,2)
# A block of ids in chunks, which is longer than 256 KiB.
awk 'BEGIN { for (i = 0; i < 30000; i++) print "u" i % 9 ",a-rather-long-item-id-" i }' |
    rec-ingest -q -o long.rps
rec-pop -q -o pop.rps plain.rps
rec-recommend -q -n 3 -m pop.rps -o lists.rps plain.rps
: | rec-ingest -q -o empty.rps 2>warning
for f in full deflated plain long lists empty; do
    rec-cat --no-header $f.rps |
        awk -F '\t' '{ printf "%s\t%s", $1, $2
            for (i = 3; i <= NF; i++) printf "\t%.6g", $i
            print "" }' >want
    python3 reader.py $f.rps | awk -F '\t' '{ printf "%s\t%s", $1, $2
            for (i = 3; i <= NF; i++) printf "\t%.6g", $i
            print "" }' | cmp - want && echo "$f: $(wc -l <want) events"
done
printf 'u1,b,2.5,10\nu1,a,-1,20\nu2,b,1,30\n' | rec-ingest -q -o small.rps
cat >damage.py <<'END'
from reader import rows
def accepts(g):
    try:
        list(rows(g))
        return True
    except Exception:
        return False
def damage(name, step): # every step-th byte changed; cut there
    f = open(name, "rb").read()
    wrong = [("byte", i) for i in range(0, len(f), step)
             if accepts(f[:i] + bytes([f[i] ^ 64]) + f[i + 1:])]
    wrong += [("cut", i) for i in range(0, len(f), step) if accepts(f[:i])]
    wrong += [("more", 0)] * accepts(f + bytes(64))
    print(name, len(list(rows(f))), "users; of the damaged accepted", wrong)
damage("small.rps", 1)
damage("deflated.rps", 39989)
damage("long.rps", 9973)
END
python3 damage.py

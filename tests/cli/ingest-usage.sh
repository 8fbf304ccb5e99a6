# Command lines that make no sense: status 2. Outputs that fail: 1.
try() {
    "$@" </dev/null
    echo $? >&2
}
try rec-ingest --no-such-option
try rec-ingest --colums=user,item
try rec-ingest --mniuser=5
try rec-ingest --min-=5
try rec-ingest --format=xml
try rec-ingest --min-weight=x
try rec-ingest --min-weight=nan
try rec-ingest --min-item=0
try rec-ingest --min-user=1.5
try rec-ingest --kcore
try rec-ingest --reject=x
try rec-ingest --bad-lines=skip --reject=-
try rec-ingest --bad-lines=skip --reject=- -o -
try rec-ingest --bad-lines=skip --reject=x -o x
try rec-ingest -d ab
try rec-ingest -d '"'
try rec-ingest -f tsv -d ,
try rec-ingest --role='a b'
try rec-ingest --duplicates
printf 'a,b\n' >a.csv
try rec-ingest --columns=user,thing a.csv
try rec-ingest --columns=user,item,user a.csv
try rec-ingest --columns=item a.csv
try rec-ingest -f adj --columns=user,item a.csv
try rec-ingest -f jsonl --header=yes a.csv
try rec-ingest -f jsonl --columns=a,b,c,d,e a.csv
try rec-ingest -f jsonl --columns=a,b,a a.csv
try rec-ingest -o /dev/full a.csv
try rec-ingest -o /no/such/folder/x a.csv
try rec-ingest -o '' missing.csv
try rec-ingest --max-mem=1K a.csv -o out.rps
rec-ingest a.csv >/dev/full
echo $? >&2
ls
rec-ingest --version | sed 's/ [0-9].*//'
rec-ingest --help | sed -n 1p
for o in format delimiter columns header time-format duplicates min-weight \
    implicit min-item min-user kcore bad-lines reject sorted role compress \
    max-mem no-provenance force-terminal progress; do
    rec-ingest --help | grep -e "--$o" >help || echo "--help lacks --$o"
    grep -q "Fl -$o" "$SRC/man/rec-ingest.1" || echo "page lacks --$o"
done

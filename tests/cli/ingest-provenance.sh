# What made the output is recorded, and only what changes it.
printf 'u,i,8\nu,j,2\n' >a.csv
rec-ingest -q --min-weight=7 --role=train -@ 2 a.csv -o a.rps
tr -d '\0' <a.rps | grep -a -o 'role .*\|rec-ingest 0.*' | sed 's/rec-ingest [0-9.]*/rec-ingest V/'
# A role lets the text of a split file come back as the same bytes.
rec-ingest -q --no-provenance --role=test.in a.csv -o b.rps
rec-cat b.rps | rec-ingest -q --no-provenance --role=test.in | cmp - b.rps
# -z packs, and says the same.
rec-ingest -q -z --no-provenance a.csv | rec-cat

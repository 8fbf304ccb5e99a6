# Titles from each of the three formats; what has none is shown by its id.
printf '%s\n' 1,a 1,b 1,c 2,a | rec-ingest -q -f csv >x.rps
rec-pop -o pop.rps x.rps
show() { rec-recommend -m pop.rps --text --keep-seen --items=b --titles="$1"; }

printf 'a::Alpha: the film (1999)::Drama|War\nx::unknown\nb::\nc::Gam\001ma\n' |
    gzip >t.dat
show t.dat
printf 'a\tAlpha\t1999\r\nc\tGamma\na\tsecond\n' >t.tsv
show t.tsv
printf 'id,title,year\r\na,"Alpha, ""the"" film",1999\r\n"c","two\nlines"\nb,Beta\n' >t.csv
show t.csv
: >none
show none
printf 'a,"open\nb,Beta\n' >bad.csv
show bad.csv

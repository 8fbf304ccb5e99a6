# The examples of the page.
printf 'userId,movieId,rating,timestamp\n1,a,4.5,10\n1,b,3,11\n' >ratings.csv
rec-ingest --min-weight=4 --implicit -o likes.rps ratings.csv
rec-cat likes.rps
printf '2013-04-03;u;x;i\n' | gzip >log.gz
zcat log.gz | rec-ingest -d ';' --columns=time,user,-,item --time-format=iso >log.rps
rec-cat log.rps
printf 'u\ti\nu\tj\nu\ti\n' >plays.tsv
rec-ingest --duplicates=sum plays.tsv | rec-cat | head
printf 'v,i\nu,i\nv,j\n' >huge.csv
sort -t, -k1,1 -s huge.csv | rec-ingest --header=no --sorted -o huge.rps
rec-cat huge.rps

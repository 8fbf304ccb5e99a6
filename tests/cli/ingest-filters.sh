# --min-weight looks at the weight that is left of duplicates.
printf 'u,i,9\nu,i,1\nv,i,.7\nv,j,.70000001\nv,k,.69\n' |
    rec-ingest --min-weight=.7 | rec-cat
# One pass: items, then users; --kcore goes on.
printf 'a,x\na,y\nb,x\nb,y\nc,y\nc,z\nd,z\nd,w\ne,w\n' >a.csv
rec-ingest --min-item=2 --min-user=2 a.csv | rec-cat --no-header
echo core
printf 'a,x\na,y\nb,x\nb,y\nc,y\nc,z\nd,z\nd,w\n' |
    rec-ingest --min-item=2 --min-user=2 --kcore | rec-cat --no-header
echo none
rec-ingest --min-user=3 a.csv | rec-cat
rec-ingest --implicit --min-weight=2 --columns=user,item,weight -f csv - <<'X' | rec-cat
u,i,1
u,j,2
X
# Nothing to compare W with deserves a word.
printf 'user,item,stars\na,b,5\n' | rec-ingest --min-weight=4 | rec-cat

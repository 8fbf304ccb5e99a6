# Which field is what: --columns, --header, well-known names.
show() { rec-ingest -q "$@" | rec-cat; }
printf 'x,9,i,u\n' | show --columns=-,time,item,user
printf 'item,user\ni,u\n' | show --columns=user,item
printf 'movieId,title,userId\n1,x,2\n' | show
printf 'who,what\nu,i\n' | show --header=yes
printf 'user,item\nu,i\n' | show --header=no
printf '{"who":1,"what":"x","n":2,"user":5}\n' | show --columns=who,what,n
printf '{"who":1,"what":"x","n":2,"at":5}\n' | show --columns=who,what,-,at
printf 'u i\nv i j\n' | show --header=yes
# No weight column: no weights. An empty cell of one is an error.
printf 'u,i\n' | show
printf 'u,i,1\nu,j,\n' | show
# a header with unknown names is not one by itself
printf 'who,what,stars\na,b,5\n' >unknown.csv
rec-ingest -q unknown.csv
echo $?
rec-ingest -q --header=yes unknown.csv | rec-cat
# What was seen, and what may have been overlooked.
notes() { rec-ingest "$@" 2>&1 >/dev/null | sed '/: read [0-9]/d; /: wrote/d'; }
printf 'customer,sku,day,qty\na,x,5,2\nb,y,6,1\n' >shop.csv
notes --columns=user=customer,item=sku,time=day shop.csv
notes --columns=user=customer,item=sku,time=day --implicit shop.csv
notes --header=yes shop.csv
printf '{"who":"a","what":"x","n":1}\n' >shop.jsonl
notes --columns=user=who,item=wat shop.jsonl
notes shop.jsonl

# A table over several days: slots stay, are given up and used again under
# another name; unknown and stale ids are said, never mapped.
day() { # NAME: lines of user, item, time
    tr ' ' , | rec-ingest -q -f csv --columns=user,item,time -o "$1.rps"
}
day mon <<'EOF'
ann apple 1000
ann 7 1001
bob pear 1002
EOF
day tue <<'EOF'
bob apple 90000
cat a-long-item-id 90001
EOF
day wed <<'EOF'
dan kiwi 200000
EOF
show() { rec-cat -q "$@" | sed '/^#/d'; }
rec-hash -t t mon.rps -o mon.h
show mon.h
echo back
rec-hash -t t --reverse mon.h -o back.rps
show back.rps
show mon.rps | cmp - <(show back.rps)
echo the same again changes no slot
rec-hash --list -t t >before
rec-hash -t t mon.rps | cmp <(show mon.h) <(rec-cat -)
rec-hash --list -t t | cmp before -
echo next day, and expiry at exactly a day
rec-hash -t t --expire=24h tue.rps | show
rec-hash --list -t t
echo slots used again
rec-hash -t t --expire=0d wed.rps -o wed.h
show wed.h
echo old slots are stale
rec-hash -t t --reverse --unknown=gone mon.h | show
cat gone
echo a query
rec-hash -t t --query --unknown=gone mon.rps | show
cat gone
rec-hash -t t --query --items mon.rps | show
echo one side
rec-hash -t u --users mon.rps | rec-hash -t i --items | show
rec-hash --list -t u
rec-hash --list -t i
echo "-- columns beside weight and time are not kept in silence"
printf 'u,a\nu,b\nv,b\nv,c\n' | rec-ingest -q -f csv --header=no -o small.rps
rec-hash -q -t small.ids small.rps -o /dev/null
rec-train-vae -q --hidden=0 --latent=2 --epochs=1 small.rps |
    rec-recommend -q -m - --samples=2 -o sampled.rps small.rps
rec-hash -t small.ids --query sampled.rps 2>&1 >/dev/null |
    grep columns
rec-hash -t small.ids --query small.rps 2>&1 >/dev/null | grep columns
true

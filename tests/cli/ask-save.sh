# What is saved serves as the person did; questions come before they are
# answered; simulated people; what is refused.
data=$SRC/data/movietweetings-100k
rec-ingest -q --implicit --min-weight=7 --min-item=10 --min-user=8 \
    "$data/ratings.dat.gz" -o x.rps
rec-split -q --protocol=liang2018 --held-out=80 -o s/ x.rps
rec-ials -q --dim=8 --epochs=4 -o m.rps s/train.rps
echo "-- the vector gives rec-recommend the same list"
printf '%s\n' like dislike skip like |
    rec-ask -q -m m.rps --questions=4 --save=me.rps --user=me s/train.rps >out
awk -F '\t' '$1 == "ask" && NR != 3 { print "me," $4 }' out |
    rec-ingest -q -f csv -o asked.rps
awk -F '\t' '$1 == "list" { print $5 }' out >1
rec-recommend -q -m m.rps --exclude=asked.rps --text me.rps | cut -f 3 | cmp - 1
wc -l <1
rec-info me.rps | grep -E '^(kind|ids|dimension) '
rec-recommend -q -m m.rps me.rps | rec-cat --no-header | cut -f 1 | sort -u
echo "-- vectors of users serve as their histories did"
rec-embed -q -m m.rps --users -o u.rps s/test.in.rps
rec-recommend -q -m m.rps -n 20 -@1 --exclude=s/test.in.rps u.rps | rec-cat >1
rec-recommend -q -m m.rps -n 20 -@3 --exclude=s/test.in.rps - <u.rps |
    rec-cat | cmp - 1
rec-recommend -q -m m.rps -n 20 s/test.in.rps | rec-cat | cut -f 1,2 |
    cmp - <(cut -f 1,2 1)
echo "-- a coprocess: the question is there before the answer"
coproc rec-ask -q -m m.rps s/train.rps 2>/dev/null
# The shell closes its own when the coprocess ends.
exec 5<&"${COPROC[0]}" 6>&"${COPROC[1]}"
for answer in like dislike quit; do
    read -r -t 60 word number rest <&5 &&
        echo "$word $number $rest" | sed 's/[0-9]*$/ID/'
    echo $answer >&6
done
read -r -t 60 word why <&5 && echo "$word $why"
exec 5<&- 6>&-
wait "$COPROC_PID" 2>/dev/null
echo "-- the same bytes, whatever the threads"
talk() { printf 'a\nb\nskip\na\n' | rec-ask -q -m m.rps --pairs "$@" s/train.rps; }
talk -@1 >1
talk -@3 | cmp - 1
talk --criterion=random --seed=4 >2
talk --criterion=random --seed=4 | cmp - 2
! talk --criterion=random --seed=5 | cmp -s - 2 || echo "the seed does nothing"
echo "-- simulated people"
ask() {
    rec-ask -m m.rps --simulate=s/test.in.rps --truth=s/test.out.rps \
        "$@" s/train.rps
}
ask -@1 --questions=6 >1
ask -@3 --questions=6 | cmp - 1
awk 'NR == 1 || NR == 2 { print NF, $1, $2 } END { print NR }' 1
# popularity as the others measure it, among users with a history
rec-pop -q s/train.rps | rec-recommend -q -m - -n 100 s/test.in.rps |
    rec-eval -q -t s/test.out.rps --format=tsv |
    awk '$1 == "ndcg@20" { print $2 }' >pop
awk 'NR == FNR { p = $1 } FNR == 2 && NF > 5 {
    d = p - $8; print (d * d < 1e-9 ? "popularity agrees" : "not " p " " $8)
}' pop 1
for c in pref d-optimal v-optimal random popular; do
    ask --criterion=$c --absent=dislike --questions=3 |
        awk -v c=$c 'NR == 2 { none = $4 } END {
            print c ": " ($2 > 2 ? "answers" : "none"),
                ($4 > none + .005 ? "that help" : "")
        }'
done
ask --pairs --questions=3 | awk 'END { print NR, ($2 < 3 && $2 > 0) }'
rec-ask -m m.rps --questions=0 --simulate=s/train.rps --truth=s/train.rps \
    s/train.rps 2>&1 | head -n 1
echo "-- what is refused"
try() { rec-ask "$@" 2>&1 >/dev/null </dev/null | head -n 1; }
try x.rps
try -m m.rps
try -m m.rps -@1
try -m m.rps -
try -m m.rps --items --pairs x.rps
try -m m.rps --simulate=x.rps x.rps
try -m m.rps --truth=x.rps x.rps
try -m m.rps --absent=skip x.rps
try -m m.rps --simulate=x.rps --truth=x.rps --save=y x.rps
try -m m.rps --user= x.rps
try -m m.rps --pool=0 x.rps
try -m m.rps --max-mem=1K x.rps
rec-ease -q --lambda=100 -o e.rps x.rps
try -m e.rps x.rps
printf 'u,a\n' | rec-ingest -q -f csv -o one.rps
try -m m.rps one.rps
try -m m.rps --simulate=x.rps --truth=one.rps x.rps
rec-recommend -m e.rps me.rps 2>&1 >/dev/null
rec-recommend -m m.rps --samples=3 me.rps 2>&1 >/dev/null
rec-recommend -m m.rps --text --explain=3 me.rps 2>&1 >/dev/null
rec-ials -q --dim=3 --epochs=1 -o 3.rps x.rps
rec-recommend -m 3.rps me.rps 2>&1 >/dev/null
ls | grep '^y$'
true

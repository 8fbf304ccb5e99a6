# What rec-split writes passes rec-check; a cut moved by hand does not.
rec-ingest -q --min-weight=7 --min-item=20 --min-user=5 -o x.rps \
    "$SRC/data/movietweetings-100k/ratings.dat.gz"
judge() {
    echo "$ $*"
    "$@" 2>&1
    echo "status $?"
}
for protocol in liang2018 strong ratio leave-last leave-random time; do
    rec-split -q -o "$protocol/" --protocol="$protocol" x.rps
    allow=
    [ $protocol != time ] || allow='--unknown-users=allow --unknown-items=allow'
    for part in valid test; do
        rec-check $allow "$protocol/train.rps" "$protocol/$part.in.rps" \
            "$protocol/$part.out.rps" >table || cat table
    done
done
judge rec-check -q --time=user leave-last/train.rps leave-last/test.in.rps \
    leave-last/test.out.rps
judge rec-check -q --time=all --unknown-users=allow --unknown-items=allow \
    time/train.rps time/test.out.rps
# learnt from one day more than was held out after
rec-cat --no-header x.rps | sort -t '	' -n -k 4 >events
n=$(wc -l <events)
day=$(tail -n $((n / 5)) events | head -n 1 | cut -f 4)
awk -F '\t' -v day="$day" '$4 < day + 86400' events |
    rec-ingest -q -f tsv --columns=user,item,weight,time -o late.rps -
awk -F '\t' -v day="$day" '$4 >= day' events |
    rec-ingest -q -f tsv --columns=user,item,weight,time -o test.rps -
rec-check -q --time=all --unknown-users=allow --unknown-items=allow \
    late.rps test.rps | cut -f 1,4
# validation events among the training events
rec-merge -q ratio/train.rps ratio/valid.out.rps -o all.rps
judge rec-check all.rps ratio/valid.out.rps

# Who has tea has milk; who has nuts has beer. Shares are those of the
# positive contributions, so negative ones are not named.
{
    for u in 1 2 3 4 5 6; do printf '%s\n' $u,tea $u,milk $u,cup; done
    for u in 7 8 9; do printf '%s\n' $u,nuts $u,beer; done
    printf '%s\n' 10,tea 11,nuts 11,tea
} | rec-ingest -q -f csv >x.rps
rec-ease -q --lambda=2 -o m.rps x.rps
why() { rec-recommend -m m.rps --text "$@" | cut -f 1-3,5-; }

why --explain=2 --items=tea,cup
why --explain=1 --items=tea,cup,nuts -n 2
printf 'tea\tHot Tea\ncup\tA Cup\n' >t
why --explain=3 --items=tea,cup --titles=t -n 1
# The shares and the score are those of the weights stored.
rec-recommend -m m.rps --text --explain=1 --items=tea -n 1 |
    awk -F '\t' '{print ($4 > 0.2 && $4 < 0.8), $5}'

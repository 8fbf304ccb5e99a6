# SPDX-License-Identifier: MIT
# How much each code of rec-cluster --mode=codes is used, by level, the most
# used first: a level line is codes used alike. With rec-cat in the PATH:
#     gnuplot -e "file='codes.rps'" data/codes.gp >codes.svg
if (!exists("file")) file = 'codes.rps'
if (!exists("levels")) levels = 3
set terminal svg size 640,420 background rgb 'white'
set xlabel 'code, by use'
set ylabel 'vectors'
set yrange [0:*]
set grid
use(l) = sprintf("< rec-cat --no-header '%s' | cut -f 2 | grep '^%d-' | \
    sort | uniq -c | sort -n -r", file, l)
plot for [l = 1:levels] use(l) using ($0 + 1):1 with steps lw 2 \
    title sprintf('level %d', l)

# SPDX-License-Identifier: MIT
# Sizes and mean silhouettes of the cohorts of rec-cluster --mode=cohorts
# --report, the largest first:
#     gnuplot -e "file='cohorts.tsv'" data/cohorts.gp >cohorts.svg
if (!exists("file")) file = 'cohorts.tsv'
set terminal svg size 640,560 background rgb 'white'
set datafile separator '\t'
set style fill solid 0.6 noborder
set boxwidth 0.8
set grid y
unset key
# The lines after "all" are about all cohorts.
lines = sprintf("< sed -e 1d -e '/^all\t/,$d' '%s' | sort -k 2,2nr", file)
set multiplot layout 2,1
set ylabel 'size'
set yrange [0:*]
plot lines using ($0 + 1):2 with boxes
set ylabel 'silhouette'
set xlabel 'cohort, by size'
set yrange [*:*]
plot lines using ($0 + 1):4 with boxes
unset multiplot

# SPDX-License-Identifier: MIT
# The reliability diagram of rec-calibrate --report -f tsv (without --by): the
# share of hits in each bin, with its interval, against the mean probability;
# on the grey line probabilities come true:
#     gnuplot -e "file='reliability.tsv'" data/reliability.gp >reliability.svg
if (!exists("file")) file = 'reliability.tsv'
set terminal svg size 560,560 background rgb 'white'
set datafile separator '\t'
set grid
unset key
# The lines after the bins are about all of them.
bins = sprintf("< sed -e 1d -e '/^all\t/,$d' '%s'", file)
stats bins using 3 name 'P' nooutput
stats bins using 6 name 'Y' nooutput
top = P_max > Y_max ? P_max : Y_max
set xlabel 'mean probability'
set ylabel 'share of hits, with 95% intervals'
set xrange [0:1.05 * top]
set yrange [0:1.05 * top]
set size square
plot x with lines linecolor rgb 'gray40', \
    bins using 3:4:5:6 with yerrorbars pointtype 7 linecolor rgb 'royalblue', \
    bins using 3:4 with lines linecolor rgb 'royalblue'

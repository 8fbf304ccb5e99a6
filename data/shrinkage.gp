# SPDX-License-Identifier: MIT
# The table of shrinkage.sh as a plot; TABLE and PLOT_TO are set by it.
set terminal svg size 640,420 background "white"
set output plot_to
set xlabel "films of the history shown"
set ylabel "ndcg@100"
set logscale x
set xtics (1, 2, 5, 10)
set xrange [0.9:11]
set key bottom right
rows(m) = sprintf("< awk -F '\\t' '$2 == \"%s\"' %s", m, table)
plot for [m in "popularity kappa=0 kappa=auto"] rows(m) using 1:3:4 \
    with yerrorlines title m

# SPDX-License-Identifier: MIT
# What the number of dimensions does: the table of data/dimension-study.sh as a
# plot. TABLE and PLOT_TO are set by
#     gnuplot -e "table='study.tsv'; plot_to='study.svg'" data/dimension-study.gp
set terminal svg size 900,640 noenhanced background "white" font "sans,10"
set output plot_to
pick(m) = sprintf("< awk -F '\\t' '$1 == \"%s\"' %s", m, table)
level(m, c) = real(system(sprintf("awk -F '\\t' '$1 == \"%s\" { print $%d }' \
%s | head -n 1", m, c, table)))
models = system(sprintf("awk -F '\\t' '$1 ~ /^(ials|svd|vae)$/ && !seen[$1]++ \
{ printf \"%%s \", $1 }' %s", table))
set logscale x 2
set xlabel "dimensions"
set grid y
set key bottom right samplen 2 font ",9"
set datafile separator "\t"
titles = "ndcg@100 popularity@20 coverage@20 gini@20"
columns = "3 6 8 9"
set multiplot layout 2,2
do for [k = 1:4] {
    c = int(word(columns, k))
    set title word(titles, k)
    if (k == 2) { set key top right } else { set key bottom right }
    plot for [m in models] pick(m) using 2:c with linespoints pt 7 ps 0.5 \
            title m, \
        level("ease", c) with lines dt 2 lc "black" title "EASE", \
        level("popularity", c) with lines dt 3 lc "gray" title "popularity"
}
unset multiplot

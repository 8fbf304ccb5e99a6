# SPDX-License-Identifier: MIT
# What a smaller, hashed table of items costs: the table of
# tests/bench/hash-price.sh as a plot. TABLE and PLOT_TO are set by
#     gnuplot -e "table='price.tsv'; plot_to='price.svg'" data/hash-price.gp
set terminal svg size 900,560 noenhanced background "white" font "sans,10"
set output plot_to
pick(m, s, z, p, q) = sprintf("< awk -F '\\t' '$1 == \"%s\" && $2 == \"%s\" \
&& (\"%s\" == \"\" || $3 == \"%s\") && $4 == \"%s\" && $6 == \"%s\"' %s \
| sort -g -k 3,3 -k 5,5", m, s, z, z, p, q, table)
schemes = "modulo double qr bloom"
set key top right samplen 2 font ",9"
set grid y
set multiplot layout 2,3
do for [m in "ials vae"] {
    set title m.": ndcg@100 lost, by size"
    set logscale x 2
    set xrange [0.08:1.25]
    set xtics ("1/10" 0.1, "1/4" 0.25, "1/2" 0.5, "1" 1)
    set xlabel "rows / items"
    set yrange [0:*]
    plot for [s in schemes] pick(m, s, "", "all", "ndcg@100") \
        using 3:10:11 with yerrorlines pt 7 ps 0.4 title s
    unset logscale x
    set xrange [0.5:10.5]
    set xtics 1
    set yrange [*:*]
    set title m.": recall@100 lost at 1/4, by item"
    set xlabel "popularity decile (1: most popular)"
    plot for [s in schemes] pick(m, s, "0.25", "popularity", "recall@100") \
        using 5:10:11 with yerrorlines pt 7 ps 0.4 notitle, 0 lc "gray" notitle
    set yrange [0:*]
    set title m.": ndcg@100 lost at 1/4, by user"
    set xlabel "activity decile (1: most active)"
    plot for [s in schemes] pick(m, s, "0.25", "activity", "ndcg@100") \
        using 5:10:11 with yerrorlines pt 7 ps 0.4 notitle
}
unset multiplot

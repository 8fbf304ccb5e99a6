# SPDX-License-Identifier: MIT
# Draws the table of tests/bench/ask.sh:
#     gnuplot -e "table='ask.tsv'; plot_to='ask.svg'" data/ask.gp
# ndcg@20 by the number of questions, with standard errors; a panel for each
# way to answer. The lines across are popularity and the whole history, the
# black one is as many items that a stranger names unasked, at random.
if (!exists("table")) table = 'ask.tsv'
if (!exists("plot_to")) plot_to = 'ask.svg'
set terminal svg size 1200,520 background rgb 'white'
set output plot_to
set datafile separator '\t'
set xlabel 'questions'
set key below maxrows 3
set grid
rows(way, by) = sprintf("< awk -F '\\t' '$1 == \"%s\" && $2 == \"%s\"' %s", \
    way, by, table)
criteria = "pref d-optimal v-optimal random popular"
set multiplot layout 1,3
do for [way in "dislike skip pairs"] {
    set title way eq 'pairs' ? 'a or b?' : \
        'like or dislike? what one does not have: '.way
    set ylabel 'ndcg@20' noenhanced
    plot for [by in criteria] rows(way, by) using 3:5:6 \
        with yerrorlines title by, \
        rows(way, 'pref') using 3:7 with lines lw 2 lc rgb 'black' \
        title 'named at random', \
        '' using 3:9 with lines dt 2 lc rgb 'gray40' title 'popularity', \
        '' using 3:11 with lines dt 3 lc rgb 'gray40' title 'whole history'
}
unset multiplot

# SPDX-License-Identifier: MIT
# Draws what rec-cluster --report wrote, of personas and, if given, of cohorts:
#     gnuplot -e "file='personas.tsv'; cohorts='cohorts.tsv'" \
#         data/personas.gp >personas.svg
# How many personas users have, and how many members these; the height of the
# last union that was made and of the first that was not; the size of each
# cohort.
if (!exists("file")) file = 'personas.tsv'
panels = exists("cohorts") ? 4 : 3
set terminal svg size 640,240*panels background rgb 'white'
set datafile separator '\t'
set grid
is(what) = strcol(1) eq what ? column(3) : NaN
set multiplot layout panels,1
set ylabel 'users'
set xlabel 'personas of a user'
plot file using 2:(is('users')) with impulses lw 6 notitle
set ylabel 'personas'
set xlabel 'members of a persona'
set logscale x
plot file using 2:(is('personas')) with impulses lw 3 notitle
set ylabel 'users'
set xlabel 'height (twice what a union adds to the sum of squares)'
plot file using 2:(is('below')) with linespoints lw 2 \
    title 'last union made', \
    '' using 2:(is('above')) with linespoints lw 2 title 'first not made'
unset logscale x
if (exists("cohorts")) {
    set ylabel 'vectors'
    set xlabel 'cohort'
    plot cohorts using (valid(1) ? column(1) : NaN):2 with impulses lw 3 notitle
}
unset multiplot

# SPDX-License-Identifier: MIT
# Draws what rec-train-vae --log wrote:
#     gnuplot -e "file='log.tsv'" data/vae-log.gp >log.svg
# The loss and the likelihood in it; the KL divergence and its weight beta;
# ndcg@100 on the validation users (0 if there were none).
if (!exists("file")) file = 'log.tsv'
set terminal svg size 640,720 background rgb 'white'
set datafile separator '\t'
set grid
set multiplot layout 3,1
set ylabel 'per user'
plot file using 'epoch':'loss' with lines lw 2 title 'loss', \
    '' using 'epoch':'nll' with lines lw 2 title 'nll'
set y2label 'beta'
set y2tics
set ytics nomirror
set key bottom
plot file using 'epoch':'kl' with lines lw 2 title 'kl', \
    '' using 'epoch':'beta' axes x1y2 with lines lw 2 title 'beta'
unset y2label
unset y2tics
set ytics mirror
set ylabel 'validation'
set xlabel 'epoch'
set yrange [0:*]
plot file using 'epoch':(valid(7) ? column(7) : 0) with lines lw 2 \
    title 'ndcg\@100'
unset multiplot

# SPDX-License-Identifier: MIT
EXTRA_DIST += \
	data/ask.gp data/ask.svg \
	data/codes.gp \
	data/cohorts.gp \
	data/demo.sh \
	data/dimension-study.gp \
	data/dimension-study.sh \
	data/dimension-study.svg \
	data/dimension-study.tsv \
	data/hash-price.gp \
	data/hash-price.svg \
	data/hash-price.tsv \
	data/movietweetings-100k/LICENSE \
	data/movietweetings-100k/README \
	data/movietweetings-100k/movies.dat.gz \
	data/movietweetings-100k/ratings.dat.gz \
	data/nightly.sh \
	data/personas.gp \
	data/recipes.tsv \
	data/report.sh data/report.svg data/study.inc \
	data/shrinkage.gp \
	data/shrinkage.sh \
	data/vae-log.gp

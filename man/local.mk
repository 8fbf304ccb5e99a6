# SPDX-License-Identifier: MIT
dist_man_MANS += \
	man/rec-ask.1 \
	man/rec-calibrate.1 \
	man/rec-cat.1 \
	man/rec-check.1 \
	man/rec-cluster.1 \
	man/rec-cookbook.7 \
	man/rec-ease.1 \
	man/rec-embed.1 \
	man/rec-eval.1 \
	man/rec-format.5 \
	man/rec-gram.1 \
	man/rec-hash.1 \
	man/rec-ials.1 \
	man/rec-info.1 \
	man/rec-ingest.1 \
	man/rec-knn.1 \
	man/rec-merge.1 \
	man/rec-persona.1 \
	man/rec-plot.1 \
	man/rec-pop.1 \
	man/rec-recommend.1 \
	man/rec-similar.1 \
	man/rec-split.1 \
	man/rec-svd.1 \
	man/rec-train-vae.1 \
	man/rec-tune.1 \
	man/rec-walk.1 \
	man/rec.7

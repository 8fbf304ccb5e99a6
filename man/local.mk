# SPDX-License-Identifier: MIT
dist_man_MANS += \
	man/rec.7 \
	man/rec-cat.1 \
	man/rec-ease.1 \
	man/rec-eval.1 \
	man/rec-info.1 \
	man/rec-ingest.1 \
	man/rec-pop.1 \
	man/rec-recommend.1 \
	man/rec-split.1 \
	man/rec-format.5

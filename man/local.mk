# SPDX-License-Identifier: MIT
dist_man_MANS +=
dist_man_MANS += man/rec-pop.1 man/rec-ease.1 man/rec-recommend.1
dist_man_MANS += man/rec-split.1
dist_man_MANS += man/rec-eval.1
dist_man_MANS += man/rec-ingest.1

# SPDX-License-Identifier: MIT
dist_man_MANS +=
dist_man_MANS += man/rec-split.1
dist_man_MANS += man/rec-eval.1

# SPDX-License-Identifier: MIT
dist_man_MANS +=
dist_man_MANS += man/rec-ingest.1

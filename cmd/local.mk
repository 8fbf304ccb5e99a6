# SPDX-License-Identifier: MIT
# A new program: its line in bin_PROGRAMS, its sources, nothing else.
noinst_LIBRARIES += cmd/libcli.a
cmd_libcli_a_SOURCES = cmd/cli.c cmd/cli.h cmd/cli_options.c cmd/cli_private.h \
	cmd/validate.c cmd/validate.h

LDADD = cmd/libcli.a lib/librec.a $(BLAS_LIBS)

bin_PROGRAMS += cmd/rec-cat
cmd_rec_cat_SOURCES = cmd/rec-cat.c

bin_PROGRAMS += cmd/rec-ingest
cmd_rec_ingest_SOURCES = cmd/rec-ingest.c
bin_PROGRAMS += cmd/rec-pop cmd/rec-ease cmd/rec-recommend
cmd_rec_pop_SOURCES = cmd/rec-pop.c
cmd_rec_ease_SOURCES = cmd/rec-ease.c cmd/ease_gram.c cmd/ease_gram.h
cmd_rec_recommend_SOURCES = cmd/rec-recommend.c
bin_PROGRAMS += cmd/rec-gram
cmd_rec_gram_SOURCES = cmd/rec-gram.c
bin_PROGRAMS += cmd/rec-merge
cmd_rec_merge_SOURCES = cmd/rec-merge.c
bin_PROGRAMS += cmd/rec-split
cmd_rec_split_SOURCES = cmd/rec-split.c

bin_PROGRAMS += cmd/rec-eval
cmd_rec_eval_SOURCES = cmd/rec-eval.c

bin_PROGRAMS += cmd/rec-info
cmd_rec_info_SOURCES = cmd/rec-info.c

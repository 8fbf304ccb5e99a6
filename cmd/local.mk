# SPDX-License-Identifier: MIT
# A new program: its name in bin_PROGRAMS, and its sources.
noinst_LIBRARIES += cmd/libcli.a
cmd_libcli_a_SOURCES = \
	cmd/checkpoint.c cmd/checkpoint.h \
	cmd/cli.c cmd/cli.h \
	cmd/cli_options.c \
	cmd/cli_private.h \
	cmd/cli_suggest.c \
	cmd/grid.c cmd/grid.h \
	cmd/validate.c cmd/validate.h

LDADD = cmd/libcli.a lib/librec.a $(BLAS_LIBS)

bin_PROGRAMS += \
	cmd/rec-ask \
	cmd/rec-calibrate \
	cmd/rec-cat \
	cmd/rec-check \
	cmd/rec-cluster \
	cmd/rec-ease \
	cmd/rec-embed \
	cmd/rec-eval \
	cmd/rec-gram \
	cmd/rec-hash \
	cmd/rec-ials \
	cmd/rec-info \
	cmd/rec-ingest \
	cmd/rec-knn \
	cmd/rec-merge \
	cmd/rec-persona \
	cmd/rec-plot \
	cmd/rec-pop \
	cmd/rec-recommend \
	cmd/rec-similar \
	cmd/rec-split \
	cmd/rec-svd \
	cmd/rec-train-vae \
	cmd/rec-tune \
	cmd/rec-walk

cmd_rec_ask_SOURCES = cmd/rec-ask.c cmd/ask.h \
	cmd/ask_judge.c cmd/ask_judge.h cmd/ask_learn.c \
	cmd/ask_open.c cmd/ask_simulate.c cmd/ask_talk.c
cmd_rec_calibrate_SOURCES = cmd/rec-calibrate.c cmd/calibrate.h \
	cmd/calibrate_report.c cmd/calibrate_trials.c
cmd_rec_cat_SOURCES = cmd/rec-cat.c cmd/cat.h cmd/cat_lines.c \
	cmd/cat_matrix.c
cmd_rec_check_SOURCES = cmd/rec-check.c
cmd_rec_cluster_SOURCES = cmd/rec-cluster.c cmd/cluster.h \
	cmd/cluster_codes.c cmd/cluster_cohorts.c cmd/cluster_density.c \
	cmd/cluster_personas.c cmd/cluster_purity.c cmd/cluster_report.c \
	cmd/cluster_vectors.c
cmd_rec_ease_SOURCES = cmd/rec-ease.c cmd/ease_gram.c cmd/ease_gram.h \
	cmd/ease_lambdas.c cmd/ease_lambdas.h \
	cmd/ease_options.c cmd/ease_options.h \
	cmd/ease_result.c cmd/ease_result.h
cmd_rec_embed_SOURCES = cmd/rec-embed.c
cmd_rec_eval_SOURCES = cmd/rec-eval.c cmd/eval.h cmd/eval_parts.c \
	cmd/eval_personas.c cmd/eval_gap.c cmd/eval_lists.c cmd/eval_open.c cmd/eval_presets.c \
	cmd/eval_report.c cmd/eval_runs.c
cmd_rec_gram_SOURCES = cmd/rec-gram.c
cmd_rec_hash_SOURCES = cmd/rec-hash.c cmd/hash.h cmd/hash_report.c \
	cmd/hash_rows.c cmd/hash_scheme.c cmd/hash_tables.c
cmd_rec_ials_SOURCES = cmd/rec-ials.c
cmd_rec_info_SOURCES = cmd/rec-info.c
cmd_rec_ingest_SOURCES = cmd/rec-ingest.c
cmd_rec_knn_SOURCES = cmd/rec-knn.c
cmd_rec_merge_SOURCES = cmd/rec-merge.c
cmd_rec_persona_SOURCES = cmd/rec-persona.c cmd/persona.h \
	cmd/persona_assign.c
cmd_rec_plot_SOURCES = cmd/rec-plot.c cmd/child.c cmd/child.h cmd/plot.h \
	cmd/plot_figure.c cmd/plot_means.c cmd/plot_page.c cmd/plot_pairs.c \
	cmd/plot_read.c cmd/plot_script.c
cmd_rec_pop_SOURCES = cmd/rec-pop.c
cmd_rec_recommend_SOURCES = cmd/rec-recommend.c cmd/recommend.h \
	cmd/recommend_block.c cmd/recommend_open.c \
	cmd/recommend_personas.c cmd/recommend_text.c \
	cmd/recommend_vectors.c \
	cmd/recommend_winners.c
cmd_rec_similar_SOURCES = cmd/rec-similar.c
cmd_rec_split_SOURCES = cmd/rec-split.c
cmd_rec_svd_SOURCES = cmd/rec-svd.c
cmd_rec_train_vae_SOURCES = cmd/rec-train-vae.c
cmd_rec_tune_SOURCES = cmd/rec-tune.c cmd/child.c cmd/child.h \
	cmd/tune_space.c cmd/tune_space.h
cmd_rec_walk_SOURCES = cmd/rec-walk.c

# Completions from the programs' tables of options, in the folders where the
# shells look; Debian's zsh looks elsewhere (--with-zsh-completions).
EXTRA_DIST += cmd/completions.sh
if COMPLETIONS
all-local: completions/stamp
completions/stamp: $(bin_PROGRAMS) cmd/completions.sh
	$(AM_V_GEN)rm -rf completions && \
	$(SHELL) $(srcdir)/cmd/completions.sh completions $(bin_PROGRAMS) && \
	touch $@
install-data-local: completions/stamp
	@for part in 'bash $(bashcompletionsdir)' 'zsh $(zshcompletionsdir)' \
	    'fish $(fishcompletionsdir)'; do \
	    set -- $$part; \
	    $(MKDIR_P) "$(DESTDIR)$$2" && \
	    $(INSTALL_DATA) completions/$$1/* "$(DESTDIR)$$2" || exit; \
	done
uninstall-local:
	@for p in $(bin_PROGRAMS); do \
	    p=$${p##*/}; \
	    rm -f "$(DESTDIR)$(bashcompletionsdir)/$$p" \
	        "$(DESTDIR)$(zshcompletionsdir)/_$$p" \
	        "$(DESTDIR)$(fishcompletionsdir)/$$p.fish"; \
	done
endif

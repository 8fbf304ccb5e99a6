# SPDX-License-Identifier: MIT
# Unit tests are check_*.c (Check); command tests are tests/cli/*.sh, run by
# tests/run-case.sh. A unit test is four lines in the middle, a command test is
# one in cli_tests.
TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = $(SHELL) $(srcdir)/tests/run-case.sh
AM_TESTS_ENVIRONMENT = \
	PATH='$(abs_builddir)/cmd':"$$PATH"; export PATH; \
	SRC='$(abs_srcdir)'; export SRC; \
	BUILD='$(abs_builddir)'; export BUILD; \
	LC_ALL=C; export LC_ALL; \
	OMP_WAIT_POLICY=passive; export OMP_WAIT_POLICY; \
	CK_TIMEOUT_MULTIPLIER=5; export CK_TIMEOUT_MULTIPLIER; \
	$(tsan_environment)
if TSAN
# BLAS is not instrumented. Two threads, whatever the machine; no process of
# its own for each test of Check, since libarcher does not survive a fork.
tsan_environment = \
	OMP_TOOL_LIBRARIES='$(ARCHER)'; export OMP_TOOL_LIBRARIES; \
	TSAN_OPTIONS=ignore_noninstrumented_modules=1; export TSAN_OPTIONS; \
	OPENBLAS_NUM_THREADS=1; export OPENBLAS_NUM_THREADS; \
	CK_FORK=no; export CK_FORK;
endif

# The tests of what runs in several threads, for a build with --enable-tsan.
parallel_tests = \
	tests/check_adam \
	tests/check_amp \
	tests/check_bootstrap \
	tests/check_density \
	tests/check_ease \
	tests/check_ease_mrf \
	tests/check_gram \
	tests/check_half \
	tests/check_ials \
	tests/check_ingest \
	tests/check_kmeans \
	tests/check_knn \
	tests/check_nnls \
	tests/check_panels \
	tests/check_product \
	tests/check_silhouette \
	tests/check_similar \
	tests/check_sparse \
	tests/check_svd \
	tests/check_vae_recvae \
	tests/check_vae_sample \
	tests/check_vae_sampled \
	tests/check_vae_train \
	tests/check_walk
check-threads:
	$(MAKE) check check_PROGRAMS='$(parallel_tests)' \
		TESTS='$(parallel_tests) tests/cli/threads.sh'
.PHONY: check-threads

# Some that need neither BLAS nor long, under valgrind, which knows memory that
# was never written; leaks of what no pointer reaches are errors too.
valgrind_tests = \
	tests/check_base \
	tests/check_columns \
	tests/check_decay \
	tests/check_filter \
	tests/check_parts \
	tests/check_persona_set \
	tests/check_profile \
	tests/check_quota \
	tests/check_rng \
	tests/check_small \
	tests/check_split \
	tests/check_topk \
	tests/check_traits \
	tests/check_vectors
check-valgrind:
	CK_FORK=no OMP_NUM_THREADS=1 $(MAKE) check TESTS='$(valgrind_tests)' \
		LOG_COMPILER='valgrind -q --error-exitcode=9 --leak-check=full \
		--errors-for-leak-kinds=definite'
.PHONY: check-valgrind

cli_tests = tests/lint.sh \
	tests/cli/all-completions.sh \
	tests/cli/all-damage.sh \
	tests/cli/all-examples.sh \
	tests/cli/all-options.sh \
	tests/cli/all-outputs.sh \
	tests/cli/all-pages.sh \
	tests/cli/ask-learn.sh \
	tests/cli/ask-save.sh \
	tests/cli/ask-talk.sh \
	tests/cli/calibrate-movies.sh \
	tests/cli/calibrate-refuse.sh \
	tests/cli/calibrate-small.sh \
	tests/cli/cat-empty.sh \
	tests/cli/cat-formats.sh \
	tests/cli/cat-roundtrip.sh \
	tests/cli/cat-scipy.sh \
	tests/cli/check-leaks.sh \
	tests/cli/check-splits.sh \
	tests/cli/cluster-codes.sh \
	tests/cli/cluster-cohorts.sh \
	tests/cli/cluster-density.sh \
	tests/cli/cluster-personas.sh \
	tests/cli/dimension-study.sh \
	tests/cli/ease-decay.sh \
	tests/cli/ease-errors.sh \
	tests/cli/ease-family.sh \
	tests/cli/ease-golden.sh \
	tests/cli/ease-gram.sh \
	tests/cli/ease-lambda.sh \
	tests/cli/ease-method.sh \
	tests/cli/ease-powers.sh \
	tests/cli/ease-sides.sh \
	tests/cli/ease-small.sh \
	tests/cli/ease-sparse.sh \
	tests/cli/ease-threads.sh \
	tests/cli/ease-validate.sh \
	tests/cli/embed-models.sh \
	tests/cli/embed-text.sh \
	tests/cli/eval-chances.sh \
	tests/cli/eval-formats.sh \
	tests/cli/eval-intervals.sh \
	tests/cli/eval-lists.sh \
	tests/cli/eval-parts.sh \
	tests/cli/eval-personas.sh \
	tests/cli/eval-presets.sh \
	tests/cli/eval-refuse.sh \
	tests/cli/eval-runs.sh \
	tests/cli/eval-text.sh \
	tests/cli/eval-tuned.sh \
	tests/cli/format-python.sh \
	tests/cli/faults.sh \
	tests/cli/format-invalid.sh \
	tests/cli/format-valid.sh \
	tests/cli/fuzz-replay.sh \
	tests/cli/gram-counts.sh \
	tests/cli/hardened.sh \
	tests/cli/hash-admit.sh \
	tests/cli/hash-killed.sh \
	tests/cli/hash-merge.sh \
	tests/cli/hash-refuse.sh \
	tests/cli/hash-report.sh \
	tests/cli/hash-schemes.sh \
	tests/cli/hash-table.sh \
	tests/cli/hostile.sh \
	tests/cli/ials-errors.sh \
	tests/cli/ials-movies.sh \
	tests/cli/ials-small.sh \
	tests/cli/info-check.sh \
	tests/cli/info-collapse.sh \
	tests/cli/info-model.sh \
	tests/cli/info-rows.sh \
	tests/cli/ingest-bad-lines.sh \
	tests/cli/ingest-columns.sh \
	tests/cli/ingest-datasets.sh \
	tests/cli/ingest-duplicates.sh \
	tests/cli/ingest-examples.sh \
	tests/cli/ingest-files.sh \
	tests/cli/ingest-filters.sh \
	tests/cli/ingest-formats.sh \
	tests/cli/ingest-golden.sh \
	tests/cli/ingest-ids.sh \
	tests/cli/ingest-netflix.sh \
	tests/cli/ingest-provenance.sh \
	tests/cli/ingest-sorted.sh \
	tests/cli/ingest-threads.sh \
	tests/cli/ingest-times.sh \
	tests/cli/ingest-usage.sh \
	tests/cli/killed.sh \
	tests/cli/knn-errors.sh \
	tests/cli/knn-golden.sh \
	tests/cli/knn-same.sh \
	tests/cli/knn-small.sh \
	tests/cli/knn-validate.sh \
	tests/cli/merge-columns.sh \
	tests/cli/merge-grams.sh \
	tests/cli/merge-rows.sh \
	tests/cli/model-cut.sh \
	tests/cli/models-overflow.sh \
	tests/cli/numerics.sh \
	tests/cli/nightly.sh \
	tests/cli/models-report.sh \
	tests/cli/outputs-two.sh \
	tests/cli/persona-train.sh \
	tests/cli/persona-usage.sh \
	tests/cli/plot-page.sh \
	tests/cli/plot-pictures.sh \
	tests/cli/plot-reports.sh \
	tests/cli/pop-cohorts.sh \
	tests/cli/pop-counts.sh \
	tests/cli/recommend-errors.sh \
	tests/cli/recommend-explain.sh \
	tests/cli/recommend-fallback.sh \
	tests/cli/recommend-personas.sh \
	tests/cli/recommend-stream.sh \
	tests/cli/recommend-text.sh \
	tests/cli/recommend-titles.sh \
	tests/cli/similar-errors.sh \
	tests/cli/similar-lists.sh \
	tests/cli/split-liang2018.sh \
	tests/cli/split-protocols.sh \
	tests/cli/split-same.sh \
	tests/cli/split-usage.sh \
	tests/cli/split-whole.sh \
	tests/cli/threads.sh \
	tests/cli/tune-command.sh \
	tests/cli/tune-killed.sh \
	tests/cli/tune-search.sh \
	tests/cli/vae-resume.sh \
	tests/cli/vae-sample.sh \
	tests/cli/vae-small.sh \
	tests/cli/vae-train.sh \
	tests/cli/vae-usage.sh \
	tests/cli/validate-test.sh

unit_tests = \
	tests/check_abundance \
	tests/check_adam \
	tests/check_ask \
	tests/check_amp \
	tests/check_base \
	tests/check_blas \
	tests/check_calibrate \
	tests/check_bootstrap \
	tests/check_cli \
	tests/check_cohort_pop \
	tests/check_columns \
	tests/check_damage \
	tests/check_decay \
	tests/check_density \
	tests/check_dict \
	tests/check_ease \
	tests/check_ease_family \
	tests/check_ease_mrf \
	tests/check_ease_scale \
	tests/check_ease_sparse \
	tests/check_ease_sweep \
	tests/check_ease_users \
	tests/check_eval \
	tests/check_fastexp \
	tests/check_filter \
	tests/check_gram \
	tests/check_gramfile \
	tests/check_half \
	tests/check_ials \
	tests/check_idbook \
	tests/check_idtable \
	tests/check_ingest \
	tests/check_kmeans \
	tests/check_knn \
	tests/check_laplace \
	tests/check_model \
	tests/check_nnls \
	tests/check_offsets \
	tests/check_panels \
	tests/check_parts \
	tests/check_persona_set \
	tests/check_personas \
	tests/check_pref \
	tests/check_product \
	tests/check_profile \
	tests/check_quota \
	tests/check_rng \
	tests/check_rows \
	tests/check_silhouette \
	tests/check_similar \
	tests/check_small \
	tests/check_sparse \
	tests/check_split \
	tests/check_stream \
	tests/check_svd \
	tests/check_textin \
	tests/check_topk \
	tests/check_traits \
	tests/check_vae \
	tests/check_vae_recvae \
	tests/check_vae_sample \
	tests/check_vae_sampled \
	tests/check_vae_train \
	tests/check_vectors \
	tests/check_walk \
	tests/check_ward
check_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
check_ldadd = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

tests_check_abundance_SOURCES = tests/check_abundance.c tests/suite.h
tests_check_abundance_CFLAGS = $(check_cflags)
tests_check_abundance_LDADD = $(check_ldadd)

tests_check_adam_SOURCES = tests/check_adam.c tests/suite.h
tests_check_adam_CFLAGS = $(check_cflags)
tests_check_adam_LDADD = $(check_ldadd)

tests_check_ask_SOURCES = tests/check_ask.c tests/suite.h
tests_check_ask_CFLAGS = $(check_cflags)
tests_check_ask_LDADD = $(check_ldadd)

tests_check_amp_SOURCES = tests/check_amp.c tests/suite.h
tests_check_amp_CFLAGS = $(check_cflags)
tests_check_amp_LDADD = $(check_ldadd)
tests_check_base_SOURCES = tests/check_base.c tests/suite.h
tests_check_base_CFLAGS = $(check_cflags)
tests_check_base_LDADD = $(check_ldadd)

tests_check_blas_SOURCES = tests/check_blas.c tests/suite.h
tests_check_blas_CFLAGS = $(check_cflags)
tests_check_blas_LDADD = $(check_ldadd)
tests_check_calibrate_SOURCES = tests/check_calibrate.c tests/suite.h
tests_check_calibrate_CFLAGS = $(check_cflags)
tests_check_calibrate_LDADD = $(check_ldadd)
tests_check_bootstrap_SOURCES = tests/check_bootstrap.c tests/make_data.h \
	tests/suite.h
tests_check_bootstrap_CFLAGS = $(check_cflags)
tests_check_bootstrap_LDADD = $(check_ldadd)

tests_check_cli_SOURCES = tests/check_cli.c tests/suite.h
tests_check_cli_CFLAGS = $(check_cflags)
tests_check_cli_LDADD = cmd/libcli.a $(check_ldadd)

tests_check_cohort_pop_SOURCES = tests/check_cohort_pop.c tests/forge.c tests/forge.h \
	tests/suite.h
tests_check_cohort_pop_CFLAGS = $(check_cflags)
tests_check_cohort_pop_LDADD = $(check_ldadd)

tests_check_columns_SOURCES = tests/check_columns.c tests/forge.c tests/forge.h \
	tests/make_data.h tests/suite.h
tests_check_columns_CFLAGS = $(check_cflags)
tests_check_columns_LDADD = $(check_ldadd)
tests_check_damage_SOURCES = tests/check_damage.c tests/forge.c tests/forge.h \
	tests/fuzz/files_wrapped.c tests/fuzz/fuzz.h tests/fuzz/need.c \
	tests/suite.h
tests_check_damage_CFLAGS = $(check_cflags)
tests_check_damage_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=open \
	-Wl,--wrap=close -Wl,--wrap=read -Wl,--wrap=lseek -Wl,--wrap=fstat \
	-Wl,--wrap=stat -Wl,--wrap=mmap -Wl,--wrap=munmap
tests_check_damage_LDADD = $(check_ldadd)

tests_check_decay_SOURCES = tests/check_decay.c tests/dense.h \
	tests/make_data.h tests/suite.h
tests_check_decay_CFLAGS = $(check_cflags)
tests_check_decay_LDADD = $(check_ldadd)

tests_check_density_SOURCES = tests/check_density.c tests/suite.h
tests_check_density_CFLAGS = $(check_cflags)
tests_check_density_LDADD = $(check_ldadd)

tests_check_dict_SOURCES = tests/check_dict.c tests/suite.h
tests_check_dict_CFLAGS = $(check_cflags)
tests_check_dict_LDADD = $(check_ldadd)

tests_check_ease_SOURCES = tests/check_ease.c tests/dense.h \
	tests/suite.h
tests_check_ease_CFLAGS = $(check_cflags)
tests_check_ease_LDADD = $(check_ldadd)

tests_check_ease_family_SOURCES = tests/check_ease_family.c tests/dense.h \
	tests/suite.h
tests_check_ease_family_CFLAGS = $(check_cflags)
tests_check_ease_family_LDADD = $(check_ldadd)

tests_check_ease_mrf_SOURCES = tests/check_ease_mrf.c tests/dense.h \
	tests/suite.h
tests_check_ease_mrf_CFLAGS = $(check_cflags)
tests_check_ease_mrf_LDADD = $(check_ldadd)

tests_check_ease_scale_SOURCES = tests/check_ease_scale.c tests/dense.h \
	tests/suite.h
tests_check_ease_scale_CFLAGS = $(check_cflags)
tests_check_ease_scale_LDADD = $(check_ldadd)

tests_check_ease_sparse_SOURCES = tests/check_ease_sparse.c tests/dense.h tests/suite.h
tests_check_ease_sparse_CFLAGS = $(check_cflags)
tests_check_ease_sparse_LDADD = $(check_ldadd)

tests_check_ease_sweep_SOURCES = tests/check_ease_sweep.c tests/suite.h
tests_check_ease_sweep_CFLAGS = $(check_cflags)
tests_check_ease_sweep_LDADD = $(check_ldadd)

tests_check_ease_users_SOURCES = tests/check_ease_users.c tests/dense.h \
	tests/suite.h
tests_check_ease_users_CFLAGS = $(check_cflags)
tests_check_ease_users_LDADD = $(check_ldadd)

tests_check_eval_SOURCES = tests/check_eval.c tests/make_data.h \
	tests/suite.h
tests_check_eval_CFLAGS = $(check_cflags)
tests_check_eval_LDADD = $(check_ldadd)

tests_check_fastexp_SOURCES = tests/check_fastexp.c tests/suite.h
tests_check_fastexp_CFLAGS = $(check_cflags)
tests_check_fastexp_LDADD = $(check_ldadd)

tests_check_filter_SOURCES = tests/check_filter.c tests/suite.h
tests_check_filter_CFLAGS = $(check_cflags)
tests_check_filter_LDADD = $(check_ldadd)

tests_check_gram_SOURCES = tests/check_gram.c tests/suite.h
tests_check_gram_CFLAGS = $(check_cflags)
tests_check_gram_LDADD = $(check_ldadd)

tests_check_gramfile_SOURCES = tests/check_gramfile.c tests/forge.c \
	tests/forge.h tests/make_data.h tests/suite.h
tests_check_gramfile_CFLAGS = $(check_cflags)
tests_check_gramfile_LDADD = $(check_ldadd)

tests_check_idbook_SOURCES = tests/check_idbook.c tests/forge.c tests/forge.h \
	tests/suite.h
tests_check_idbook_CFLAGS = $(check_cflags)
tests_check_idbook_LDADD = $(check_ldadd)

tests_check_idtable_SOURCES = tests/check_idtable.c tests/suite.h
tests_check_idtable_CFLAGS = $(check_cflags)
tests_check_idtable_LDADD = $(check_ldadd)
tests_check_half_SOURCES = tests/check_half.c tests/suite.h
tests_check_half_CFLAGS = $(check_cflags)
tests_check_half_LDADD = $(check_ldadd)
tests_check_ials_SOURCES = tests/check_ials.c tests/dense.h \
	tests/make_data.h tests/suite.h
tests_check_ials_CFLAGS = $(check_cflags)
tests_check_ials_LDADD = $(check_ldadd)

tests_check_ingest_SOURCES = tests/check_ingest.c tests/suite.h
tests_check_ingest_CFLAGS = $(check_cflags)
tests_check_ingest_LDADD = $(check_ldadd)

tests_check_kmeans_SOURCES = tests/check_kmeans.c tests/suite.h
tests_check_kmeans_CFLAGS = $(check_cflags)
tests_check_kmeans_LDADD = $(check_ldadd)
tests_check_knn_SOURCES = tests/check_knn.c tests/dense.h tests/suite.h
tests_check_knn_CFLAGS = $(check_cflags)
tests_check_knn_LDADD = $(check_ldadd)

tests_check_laplace_SOURCES = tests/check_laplace.c tests/suite.h
tests_check_laplace_CFLAGS = $(check_cflags)
tests_check_laplace_LDADD = $(check_ldadd)

tests_check_model_SOURCES = tests/check_model.c tests/suite.h
tests_check_model_CFLAGS = $(check_cflags)
tests_check_model_LDADD = $(check_ldadd)

tests_check_persona_set_SOURCES = tests/check_persona_set.c tests/forge.c tests/forge.h \
	tests/make_data.h tests/suite.h
tests_check_persona_set_CFLAGS = $(check_cflags)
tests_check_persona_set_LDADD = $(check_ldadd)

tests_check_personas_SOURCES = tests/check_personas.c tests/suite.h
tests_check_personas_CFLAGS = $(check_cflags)
tests_check_personas_LDADD = $(check_ldadd)
tests_check_nnls_SOURCES = tests/check_nnls.c tests/dense.h tests/suite.h
tests_check_nnls_CFLAGS = $(check_cflags)
tests_check_nnls_LDADD = $(check_ldadd)
tests_check_pref_SOURCES = tests/check_pref.c tests/make_data.h tests/suite.h
tests_check_pref_CFLAGS = $(check_cflags)
tests_check_pref_LDADD = $(check_ldadd)

tests_check_product_SOURCES = tests/check_product.c tests/dense.h \
	tests/suite.h
tests_check_product_CFLAGS = $(check_cflags)
tests_check_product_LDADD = $(check_ldadd)
tests_check_offsets_SOURCES = tests/check_offsets.c tests/suite.h
tests_check_offsets_CFLAGS = $(check_cflags)
tests_check_offsets_LDADD = $(check_ldadd)

tests_check_panels_SOURCES = tests/check_panels.c tests/suite.h
tests_check_panels_CFLAGS = $(check_cflags)
tests_check_panels_LDADD = $(check_ldadd)

tests_check_parts_SOURCES = tests/check_parts.c tests/make_data.h \
	tests/suite.h
tests_check_parts_CFLAGS = $(check_cflags)
tests_check_parts_LDADD = $(check_ldadd)

tests_check_profile_SOURCES = tests/check_profile.c tests/forge.c \
	tests/forge.h tests/suite.h
tests_check_profile_CFLAGS = $(check_cflags)
tests_check_profile_LDADD = $(check_ldadd)

tests_check_quota_SOURCES = tests/check_quota.c tests/suite.h
tests_check_quota_CFLAGS = $(check_cflags)
tests_check_quota_LDADD = $(check_ldadd)

tests_check_rng_SOURCES = tests/check_rng.c tests/make_data.h tests/sha256.h \
	tests/suite.h
tests_check_rng_CFLAGS = $(check_cflags)
tests_check_rng_LDADD = $(check_ldadd)

tests_check_rows_SOURCES = tests/check_rows.c tests/forge.c tests/forge.h \
	tests/suite.h
tests_check_rows_CFLAGS = $(check_cflags)
tests_check_rows_LDADD = $(check_ldadd)

tests_check_sparse_SOURCES = tests/check_sparse.c tests/suite.h
tests_check_sparse_CFLAGS = $(check_cflags)
tests_check_sparse_LDADD = $(check_ldadd)
tests_check_silhouette_SOURCES = tests/check_silhouette.c tests/suite.h
tests_check_silhouette_CFLAGS = $(check_cflags)
tests_check_silhouette_LDADD = $(check_ldadd)

tests_check_similar_SOURCES = tests/check_similar.c tests/suite.h
tests_check_similar_CFLAGS = $(check_cflags)
tests_check_similar_LDADD = $(check_ldadd)
tests_check_small_SOURCES = tests/check_small.c tests/dense.h \
	tests/suite.h
tests_check_small_CFLAGS = $(check_cflags)
tests_check_small_LDADD = $(check_ldadd)

tests_check_split_SOURCES = tests/check_split.c tests/make_data.h \
	tests/suite.h
tests_check_split_CFLAGS = $(check_cflags)
tests_check_split_LDADD = $(check_ldadd)

tests_check_stream_SOURCES = tests/check_stream.c tests/forge.c \
	tests/forge.h tests/suite.h
tests_check_stream_CFLAGS = $(check_cflags)
tests_check_stream_LDADD = $(check_ldadd)

tests_check_svd_SOURCES = tests/check_svd.c tests/dense.h \
	tests/make_data.h tests/suite.h
tests_check_svd_CFLAGS = $(check_cflags)
tests_check_svd_LDADD = $(check_ldadd)

tests_check_textin_SOURCES = tests/check_textin.c tests/suite.h
tests_check_textin_CFLAGS = $(check_cflags)
tests_check_textin_LDADD = $(check_ldadd)

tests_check_topk_SOURCES = tests/check_topk.c tests/suite.h
tests_check_topk_CFLAGS = $(check_cflags)
tests_check_topk_LDADD = $(check_ldadd)
tests_check_ward_SOURCES = tests/check_ward.c tests/suite.h
tests_check_ward_CFLAGS = $(check_cflags)
tests_check_ward_LDADD = $(check_ldadd)

tests_check_vae_SOURCES = tests/check_vae.c tests/suite.h \
	tests/vae_problem.h
tests_check_vae_CFLAGS = $(check_cflags)
tests_check_vae_LDADD = $(check_ldadd)

tests_check_vae_recvae_SOURCES = tests/check_vae_recvae.c tests/suite.h \
	tests/vae_problem.h
tests_check_vae_recvae_CFLAGS = $(check_cflags)
tests_check_vae_recvae_LDADD = $(check_ldadd)

tests_check_vae_sample_SOURCES = tests/check_vae_sample.c tests/suite.h
tests_check_vae_sample_CFLAGS = $(check_cflags)
tests_check_vae_sample_LDADD = $(check_ldadd)

tests_check_vae_sampled_SOURCES = tests/check_vae_sampled.c tests/suite.h \
	tests/vae_problem.h
tests_check_vae_sampled_CFLAGS = $(check_cflags)
tests_check_vae_sampled_LDADD = $(check_ldadd)

tests_check_vae_train_SOURCES = tests/check_vae_train.c \
	tests/data/vae_steps.h tests/make_data.h tests/suite.h
tests_check_vae_train_CFLAGS = $(check_cflags)
tests_check_vae_train_LDADD = $(check_ldadd)
EXTRA_DIST += tests/data/vae_steps.py

tests_check_traits_SOURCES = tests/check_traits.c tests/make_data.h \
	tests/suite.h
tests_check_traits_CFLAGS = $(check_cflags)
tests_check_traits_LDADD = $(check_ldadd)

tests_check_walk_SOURCES = tests/check_walk.c tests/dense.h tests/suite.h
tests_check_walk_CFLAGS = $(check_cflags)
tests_check_walk_LDADD = $(check_ldadd)
tests_check_vectors_SOURCES = tests/check_vectors.c tests/forge.c \
	tests/forge.h tests/suite.h
tests_check_vectors_CFLAGS = $(check_cflags)
tests_check_vectors_LDADD = $(check_ldadd)

# Makes the small streams of the command tests.
check_PROGRAMS += tests/make-stream
tests_make_stream_SOURCES = tests/make-stream.c
tests_make_stream_LDADD = lib/librec.a $(BLAS_LIBS)
EXTRA_DIST += tests/programs.txt tests/cli/all.inc

# Faults: an object that makes calls fail, preloaded by what tries them all.
# `make check` tries some, `make faults` all; the table is what was injected.
EXTRA_DIST += tests/faults/shim.c tests/faults/report.h \
	tests/faults/more.txt tests/faults/table.awk
CLEANFILES += tests/faults/shim.so tests/faults/faults.tsv tests/faults/kills
if FAULTS
check_PROGRAMS += tests/faults/leaks tests/faults/sweep
tests_faults_leaks_SOURCES = tests/faults/leaks.c
tests_faults_leaks_LDADD = lib/librec.a $(BLAS_LIBS)
tests_faults_sweep_SOURCES = tests/faults/sweep.c tests/faults/report.h
tests_faults_sweep_LDADD =
check_DATA = tests/faults/shim.so
endif
tests/faults/shim.so: tests/faults/shim.c tests/faults/report.h
	$(AM_V_CCLD)$(MKDIR_P) tests/faults && $(CC) $(DEFS) -I. $(CPPFLAGS) \
		$(CFLAGS) $(REC_CFLAGS) -U_FORTIFY_SOURCE -fno-builtin -fPIC \
		-shared -o $@ $(srcdir)/tests/faults/shim.c -ldl
faults:
	FAULTS_MOST=0 FAULTS_JOBS=$$(nproc) FAULTS_LOG='$(abs_builddir)'/tests/faults/faults.tsv \
		$(MAKE) check TESTS=tests/cli/faults.sh
	@awk -f $(srcdir)/tests/faults/table.awk tests/faults/faults.tsv
# Static analysers; prints what is not explained.
EXTRA_DIST += .clang-tidy tests/analyse.sh tests/analyse.txt
CLEANFILES += analyse.log
analyse:
	SRC='$(abs_srcdir)' BUILD='$(abs_builddir)' bash $(srcdir)/tests/analyse.sh

# Every writer killed at random moments; KILLS for each.
KILLS = 40
kills:
	KILLS=$(KILLS) KILLS_LOG='$(abs_builddir)'/tests/faults/kills \
		$(MAKE) check TESTS=tests/cli/killed.sh
	@cat tests/faults/kills
.PHONY: analyse faults kills
.PHONY: faults
EXTRA_DIST += tests/programs.txt tests/cli/all.inc tests/cli/plot.inc
# What made the expectations of the tests of rec-eval.
EXTRA_DIST += tests/reference/eval-data.sh tests/reference/eval.py \
	tests/reference/presets.py

# What reads bytes from outside, under libFuzzer (make fuzz, which needs clang)
# and replayed without it (tests/cli/fuzz-replay.sh).
check_PROGRAMS += tests/fuzz/replay
tests_fuzz_replay_SOURCES = \
	tests/fuzz/common.c \
	tests/fuzz/files.c \
	tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_calibration.c \
	tests/fuzz/fuzz_checkpoint.c \
	tests/fuzz/fuzz_gram.c \
	tests/fuzz/fuzz_gzip.c \
	tests/fuzz/fuzz_ids.c \
	tests/fuzz/fuzz_lists.c \
	tests/fuzz/fuzz_model.c \
	tests/fuzz/fuzz_number.c \
	tests/fuzz/fuzz_rows.c \
	tests/fuzz/fuzz_stream.c \
	tests/fuzz/fuzz_table.c \
	tests/fuzz/fuzz_text.c \
	tests/fuzz/fuzz_vectors.c \
	tests/fuzz/need.c \
	tests/fuzz/replay.c
tests_fuzz_replay_LDADD = lib/librec.a $(BLAS_LIBS)
EXTRA_DIST += \
	tests/fuzz/driver.c \
	tests/fuzz/fuzz.mk \
	tests/fuzz/mutate.c \
	tests/fuzz/mutate.h \
	tests/fuzz/regress \
	tests/fuzz/run.sh \
	tests/fuzz/seeds.sh
FUZZ_SECONDS = 60
fuzz: all tests/make-stream tests/fuzz/replay
	@test -n '$(FUZZ_CLANG)' || { echo "make fuzz needs clang with libFuzzer;" \
	    "on Debian: apt-get install clang libclang-rt-dev" >&2; exit 1; }
	@$(MKDIR_P) fuzz-build
	cd fuzz-build && $(MAKE) -f '$(abs_srcdir)/tests/fuzz/fuzz.mk' \
	    SRC='$(abs_srcdir)' CONFIG='$(abs_builddir)' CLANG='$(FUZZ_CLANG)' fuzz
	cd fuzz-build && $(TESTS_ENVIRONMENT) $(AM_TESTS_ENVIRONMENT) \
	    bash '$(abs_srcdir)/tests/fuzz/run.sh' ./fuzz $(FUZZ_SECONDS)
.PHONY: fuzz

# Benchmarks: built by `make bench-programs`, run by hand, never by check.
EXTRA_PROGRAMS = \
	tests/bench/ceilings \
	tests/bench/cluster \
	tests/bench/gen-interactions \
	tests/bench/gen-lists \
	tests/bench/gen-model \
	tests/bench/gen-rows \
	tests/bench/hash-ids \
	tests/bench/hash-table \
	tests/bench/lapack
tests_bench_cluster_SOURCES = tests/bench/cluster.c
tests_bench_cluster_LDADD = lib/librec.a $(BLAS_LIBS)
tests_bench_ceilings_SOURCES = tests/bench/ceilings.c
tests_bench_ceilings_LDADD = lib/librec.a $(BLAS_LIBS)
tests_bench_gen_lists_SOURCES = tests/bench/gen-lists.c
tests_bench_gen_lists_LDADD = lib/librec.a
tests_bench_gen_interactions_SOURCES = tests/bench/gen-interactions.c
tests_bench_gen_interactions_LDADD = lib/librec.a
tests_bench_gen_model_SOURCES = tests/bench/gen-model.c
tests_bench_gen_model_LDADD = lib/librec.a $(BLAS_LIBS)
tests_bench_gen_rows_SOURCES = tests/bench/gen-rows.c
tests_bench_gen_rows_LDADD = lib/librec.a
tests_bench_hash_ids_SOURCES = tests/bench/hash-ids.c
tests_bench_hash_ids_LDADD = lib/librec.a
tests_bench_hash_table_SOURCES = tests/bench/hash-table.c tests/bench/hash-ids.h
tests_bench_hash_table_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench
tests_bench_hash_table_LDADD = lib/librec.a
tests_bench_lapack_SOURCES = tests/bench/lapack.c
tests_bench_lapack_LDADD = lib/librec.a $(BLAS_LIBS)
bench-programs: $(EXTRA_PROGRAMS)
# All comparisons: `make bench`, or to try it `make bench BENCH=--quick`. What
# one machine gave is kept in tests/bench/RESULTS.md.
bench: all bench-programs
	sh $(srcdir)/tests/bench/all.sh $(BENCH)
.PHONY: bench-programs bench
EXTRA_PROGRAMS += tests/data/make-invalid
tests_data_make_invalid_SOURCES = tests/data/make-invalid.c tests/forge.c \
	tests/forge.h
tests_data_make_invalid_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests
tests_data_make_invalid_LDADD = lib/librec.a $(BLAS_LIBS)
EXTRA_DIST += tests/data/README tests/data/invalid tests/data/valid
.PHONY: bench-programs
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += \
	tests/bench/RESULTS.md \
	tests/bench/all.sh \
	tests/bench/table.inc \
	tests/bench/ask.sh \
	tests/bench/amp.sh \
	tests/bench/codes.sh \
	tests/bench/counts.sh \
	tests/bench/dhe_torch.py \
	tests/bench/ease-sparse.sh \
	tests/bench/ease-table.sh \
	tests/bench/ease.sh \
	tests/bench/ease_numpy.py \
	tests/bench/eval.sh \
	tests/bench/eval_numpy.py \
	tests/bench/gowalla.sh \
	tests/bench/hardening.sh \
	tests/bench/hash-map.cc \
	tests/bench/hash-price.sh \
	tests/bench/hash.sh \
	tests/bench/ials.sh \
	tests/bench/ials_peer.py \
	tests/bench/ingest.sh \
	tests/bench/kmeans.sh \
	tests/bench/load.sh \
	tests/bench/models-tune.sh \
	tests/bench/models.sh \
	tests/bench/native.sh \
	tests/bench/personas.sh \
	tests/bench/pipeline.sh \
	tests/bench/score.sh \
	tests/bench/vae-likelihoods.sh \
	tests/bench/vae.sh \
	tests/bench/vae_torch.py \
	tests/bench/walk.sh \
	tests/bench/walk_scipy.py

if HAVE_CHECK
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
TESTS += $(cli_tests)
# A case's expectations stand beside it; only those that exist are shipped.
EXTRA_DIST += $(cli_tests) tests/run-case.sh
dist-hook:
	cp -p $(srcdir)/tests/cli/*.out $(srcdir)/tests/cli/*.err \
	    $(srcdir)/tests/cli/*.exit $(distdir)/tests/cli/ 2>/dev/null || :

# What make install has put somewhere, with DESTDIR too.
EXTRA_DIST += tests/installed.sh tests/package.sh
installcheck-local:
	sh $(srcdir)/tests/installed.sh "$(DESTDIR)$(bindir)" \
	    "$(DESTDIR)$(datadir)" $(srcdir)/data

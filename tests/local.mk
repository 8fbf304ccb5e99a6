# SPDX-License-Identifier: MIT
# Unit tests are check_*.c (Check); command tests are tests/cli/*.sh, run by
# tests/run-case.sh. Add a unit test to unit_tests and give its _SOURCES; add
# a command test to cli_tests.
TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = $(SHELL) $(srcdir)/tests/run-case.sh
AM_TESTS_ENVIRONMENT = \
	PATH='$(abs_builddir)/cmd':"$$PATH"; export PATH; \
	SRC='$(abs_srcdir)'; export SRC; \
	BUILD='$(abs_builddir)'; export BUILD; \
	LC_ALL=C; export LC_ALL;

unit_tests =
cli_tests =

unit_tests += tests/check_textin
tests_check_textin_SOURCES = tests/check_textin.c
tests_check_textin_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_textin_LDADD = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

unit_tests += tests/check_filter
tests_check_filter_SOURCES = tests/check_filter.c
tests_check_filter_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_filter_LDADD = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

unit_tests += tests/check_ingest
tests_check_ingest_SOURCES = tests/check_ingest.c
tests_check_ingest_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_ingest_LDADD = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

cli_tests += tests/cli/cat-empty.sh
cli_tests += \
	tests/cli/ingest-bad-lines.sh \
	tests/cli/ingest-columns.sh \
	tests/cli/ingest-duplicates.sh \
	tests/cli/ingest-examples.sh \
	tests/cli/ingest-files.sh \
	tests/cli/ingest-filters.sh \
	tests/cli/ingest-formats.sh \
	tests/cli/ingest-golden.sh \
	tests/cli/ingest-ids.sh \
	tests/cli/ingest-provenance.sh \
	tests/cli/ingest-sorted.sh \
	tests/cli/ingest-threads.sh \
	tests/cli/ingest-times.sh \
	tests/cli/ingest-usage.sh

# Benchmarks: built by `make bench-programs`, run by hand, never by check.
EXTRA_PROGRAMS = tests/bench/gen-interactions tests/bench/hash-ids
tests_bench_gen_interactions_SOURCES = tests/bench/gen-interactions.c
tests_bench_gen_interactions_LDADD = lib/librec.a
tests_bench_hash_ids_SOURCES = tests/bench/hash-ids.c
tests_bench_hash_ids_LDADD = lib/librec.a
bench-programs: $(EXTRA_PROGRAMS)
.PHONY: bench-programs
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += tests/bench/ingest.sh

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

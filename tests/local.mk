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

cli_tests += tests/cli/cat-empty.sh

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

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

unit_tests += tests/check_base
tests_check_base_SOURCES = tests/check_base.c tests/suite.h
tests_check_base_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_base_LDADD = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

unit_tests += tests/check_dict
tests_check_dict_SOURCES = tests/check_dict.c tests/suite.h
tests_check_dict_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_dict_LDADD = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

unit_tests += tests/check_stream
tests_check_stream_SOURCES = tests/check_stream.c tests/forge.c \
	tests/forge.h tests/suite.h
tests_check_stream_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_stream_LDADD = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

unit_tests += tests/check_rows
tests_check_rows_SOURCES = tests/check_rows.c tests/forge.c tests/forge.h \
	tests/suite.h
tests_check_rows_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_check_rows_LDADD = lib/librec.a $(CHECK_LIBS) $(BLAS_LIBS)

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

# SPDX-License-Identifier: MIT
# The library and the targets once more, with libFuzzer and the sanitizers:
#   make -f SRC/tests/fuzz/fuzz.mk SRC=... CONFIG=DIR-OF-config.h CLANG=clang
# The object files are those of this folder alone. Needs GNU make.
CLANG = clang
SAN = address,undefined
FUZZ_CFLAGS = -O2 -g -std=gnu11 -ffp-contract=off -fno-math-errno -fopenmp \
	-fno-omit-frame-pointer -fno-sanitize-recover=all -Wno-pass-failed \
	$(FUZZ_EXTRA)
sources := $(wildcard $(SRC)/lib/*/*.c) \
	$(filter-out %/replay.c %/files.c,$(wildcard $(SRC)/tests/fuzz/*.c))
objects := $(patsubst $(SRC)/%.c,obj/%.o,$(sources))

comma = ,
wrapped = $(foreach f,open close read lseek fstat stat mmap munmap,\
	-Wl$(comma)--wrap=$f)

fuzz: $(objects)
	$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer,$(SAN) $(wrapped) -o $@ \
	    $(objects) -lopenblas -lxxhash -lz -lm -lpthread
obj/%.o: $(SRC)/%.c
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,$(SAN) -DREC_SANITIZE=1 \
	    -DHAVE_CONFIG_H -I$(CONFIG) -I$(SRC)/lib -I$(SRC)/tests/fuzz \
	    -MMD -c -o $@ $<
-include $(objects:.o=.d)

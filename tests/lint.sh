# SPDX-License-Identifier: MIT
# House rules that a compiler does not know. Prints what breaks them.
cd "$SRC" || exit 1
sources=$(find lib cmd tests -name '*.[ch]' -o -name '*.inc' | sort)

rule() { # WORDS: what standard input lists is wrong
    sed "s|\$|: $1|"
}

# Calls without bounds, without errors, or with hidden state.
grep -nE '\<(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atoll|atof|rand|srand|gets|tmpnam|mktemp)[ ]*\(' \
    $sources | rule 'banned call'

# The library does not print, end, or look around.
grep -nE '\<(printf|fprintf|vprintf|vfprintf|puts|putchar|fputs|perror|exit|_exit|abort|assert|getenv|setenv|setlocale|signal|sigaction)[ ]*\(' \
    $(echo "$sources" | grep '^lib/') | rule 'not in the library'
grep -nE '\<(stdout|stderr)\>' $(echo "$sources" | grep '^lib/') |
    rule 'not in the library'

# A layer includes only from itself and those before it.
allowed=
for layer in base io data math models eval; do
    allowed="$allowed${allowed:+|}$layer"
    grep -nE '^#include "[a-z]+/' -r "lib/$layer" |
        grep -vE "#include \"($allowed)/" | rule 'a layer above'
done
for f in $(echo "$sources" | grep '^lib/'); do
    grep -HnE '^#include "[^/]*"' "$f" | rule 'say which layer'
done

# The licence, on top of each file.
for f in $sources $(find man tests cmd lib data -name '*.[157]' -o \
    -name '*.mk' -o -name '*.inc') configure.ac Makefile.am bootstrap; do
    head -n 2 "$f" | grep -q 'SPDX-License-Identifier: MIT' ||
        echo "$f" | rule 'no SPDX line'
done

# A line of a page that begins with a number such as .05 is taken for a macro.
grep -nE '^\.[^A-Z%"\\]' man/*.[157] | rule 'a line lost to roff'

# Lines of at most 80 columns, no tabs, no blanks at the end; functions of at
# most 60 lines (main 80).
awk '
    length > 80 { print FILENAME ":" FNR ": longer than 80 columns" }
    /\t/ { print FILENAME ":" FNR ": tab" }
    / $/ { print FILENAME ":" FNR ": blank at the end" }
    FNR == 1 { begin = body = 0; before = "" }
    /^[A-Za-z_]/ && (before == "" || before ~ /(\*\/|[;}])$/) { begin = FNR }
    /^{$/ { body = begin }
    /^}$/ && body {
        n = FNR - body + 1
        if (n > (main ? 80 : 60)) {
            print FILENAME ":" body ": function of " n " lines"
        }
        body = 0
    }
    /^int main\(/ { main = 1 }
    /^}$/ { main = 0 }
    { before = $0 }' $sources

# Every header compiles alone.
cc=$(sed -n 's/^CC = //p' "$BUILD/Makefile")
for f in $(echo "$sources" | grep '^\(lib\|cmd\)/.*\.h$'); do
    # shellcheck disable=SC2086
    echo "#include \"$f\"" | $cc -std=gnu11 -Wall -Wextra -Werror \
        -fsyntax-only -I. -Ilib -Icmd -I"$BUILD" -x c - 2>&1 |
        head -n 3
done
true

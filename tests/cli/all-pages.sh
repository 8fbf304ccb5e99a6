# Every program has a page that mandoc finds nothing wrong with and that
# describes the options of --help, and no others.
. "$SRC/tests/cli/all.inc"
page_options() { # those that head an item of a list, and those of SYNOPSIS
    sed -n '/^\.It Fl/p; /^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p' "$1" |
        sed 's/Fl Fl /Fl -/g' | grep -o 'Fl -[a-z][a-z0-9-]*' |
        sed 's/Fl -/--/' | sort -u
}
# Options and their defaults, where these are one word: what --help ends with.
help_defaults() {
    awk '
        function tell() {
            if (match(text, /\[[^] ]*\]$/))
                print name "\t" substr(text, RSTART + 1, RLENGTH - 2)
            name = text = ""
        }
        /^  (-.,|   ) --/ {
            tell()
            name = substr($0, 7)
            sub(/[ =[].*/, "", name)
        }
        /^[^ ]/ { tell() }
        name { text = text $0 }'
}
# The item of option $2 in page $1, on one line.
page_item() {
    sed 's/Fl Fl /Fl -/g; s/Fl -\([a-z]\)/Fl --\1/g' "$1" |
        awk -v option="Fl $2 " '
            /^\.It/ { on = index($0 " ", option) }
            /^\.El|^\.Sh/ { on = 0 }
            on { printf "%s ", $0 }'
}
for p in $programs; do
    page=$SRC/man/$p.1
    [ -f "$page" ] || { echo "no page man/$p.1"; continue; }
    "$p" --help | sed -n 's/^  \(-.,\|   \) \(--[a-z0-9-]*\).*/\2/p' |
        sort >in.help
    page_options "$page" >in.page
    comm -23 in.help in.page | sed "s/\$/ is not in man\\/$p.1/"
    comm -13 in.help in.page | sed "s/\$/ is in man\\/$p.1 alone/"
    while IFS=$'\t' read -r option default; do
        page_item "$page" "$option" | grep -q -e "[ (]$default[ .,;:)]" ||
            echo "man/$p.1: $option: nothing of the default, $default"
    done < <("$p" --help | help_defaults)
    grep -q "^    $p " "$SRC/README" || echo "README does not list $p"
    grep -q "^- $p[: ]" "$SRC/NEWS" || echo "NEWS does not speak of $p"
    grep -q "^\.It Xr $p 1" "$SRC/man/rec.7" || echo "rec(7) does not list $p"
    for section in NAME SYNOPSIS DESCRIPTION ENVIRONMENT 'EXIT STATUS' \
        EXAMPLES 'SEE ALSO'; do
        grep -qx ".Sh $section" "$page" || echo "man/$p.1 has no $section"
    done
done
for page in "$SRC"/man/*.[1-9]; do
    grep -q "man/${page##*/}" "$SRC/man/local.mk" ||
        echo "${page##*/} is not in man/local.mk"
done
if ! command -v mandoc >/dev/null; then
    echo "no mandoc: the pages are not checked" >&2
    exit 77
fi
mandoc -Tlint -Wwarning "$SRC"/man/*.[1-9]

# Completions: made for every program from its options, which they all name;
# bash and fish, where they are, complete options, choices and files.
. "$SRC/tests/cli/all.inc"
# shellcheck disable=SC2086
sh "$SRC/cmd/completions.sh" made $(printf "$BUILD/cmd/%s " $programs)
for p in $programs; do
    "$p" --help | sed -n 's/^  \(-.,\|   \) --\([a-z0-9-]*\).*/\2/p' |
        sort >in.help
    for file in "made/bash/$p" "made/zsh/_$p" "made/fish/$p.fish"; do
        sed -n 's/.*options=//p; s/.* -l //p; /^ .*\[/p' "$file" |
            grep -o -e '--[a-z0-9-]*' -e '^[a-z0-9-]*' |
            sed 's/^--//; /^$/d' | sort -u >in.file
        comm -23 in.help in.file | sed "s|\$| is not in ${file#made/}|"
    done
    bash -n "made/bash/$p"
    ! command -v zsh >/dev/null || zsh -n "made/zsh/_$p"
    ! command -v fish >/dev/null || fish -n "made/fish/$p.fish"
done
# The installed ones are these.
[ ! -d "$BUILD/completions" ] || for shell in bash zsh fish; do
    diff -r "made/$shell" "$BUILD/completions/$shell"
done

# complete WORD...: what bash offers for the last word.
complete_bash() {
    bash --norc -c '
        . "made/bash/$1"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        "_${1//-/_}" "$1" "${@: -1}"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | sort | tr '\n' ' '
}
mkdir files && touch files/one.rps files/other.rps
echo "bash, an option:  $(complete_bash rec-ingest --co)"
echo "bash, a choice:   $(complete_bash rec-ingest --format = c)"
echo "bash, the first:  $(complete_bash rec-ingest --bad-lines =)"
echo "bash, in a word:  $(complete_bash rec-ingest --format=j)"
echo "bash, by letter:  $(complete_bash rec-ingest -f t)"
echo "bash, a file:     $(complete_bash rec-recommend -m files/on)"
echo "bash, an operand: $(complete_bash rec-recommend -q files/o)"
echo "bash, a number:   $(complete_bash rec-ials --dim = '')"
echo "bash, a command:  $(complete_bash rec-tune rec-eas)"
if command -v fish >/dev/null; then
    mkdir home
    for line in 'rec-ingest --column' 'rec-ingest --format=c' \
        'rec-ingest -f t' 'rec-recommend -m files/on'; do
        got=$(HOME=$PWD/home fish --no-config -c "
            source made/fish/rec-ingest.fish
            source made/fish/rec-recommend.fish
            complete -C '$line'" | cut -f 1)
        case "$line: $got" in
        *column:\ --columns* | *=c:\ --format=csv | *-f\ t:\ tsv | \
            *on:\ files/one.rps) ;;
        *) echo "fish, $line: $got" ;;
        esac
    done
fi
# zsh completes only at a terminal: one of its own, where a key completes the
# line and writes it to a file.
if command -v zsh >/dev/null; then
    cat >ask.zsh <<'END'
zmodload zsh/zpty
zpty -b z zsh -f -i
zpty -w z "fpath=($PWD/made/zsh \$fpath); autoload -U compinit; compinit -u -D
show() { zle complete-word; print -r -- \$BUFFER >>zsh.out; BUFFER= }
zle -N show; bindkey '^X' show; : >zsh.out"
lines() { cat zsh.out 2>/dev/null | wc -l }
wait_for() { # TEST...
    repeat 600; do
        while zpty -r -t z part; do :; done
        eval $1 && return
        sleep 0.1
    done
}
wait_for '[[ -e zsh.out ]]'
for line in "$@"; do
    n=$(lines)
    zpty -n -w z $line$'\x18'
    wait_for '(( $(lines) > n ))'
done
zpty -d z
END
    TERM=dumb zsh -f ask.zsh 'rec-ingest --column' 'rec-ingest --format=c' \
        'rec-ingest -f t' 'rec-recommend -m files/on'
    cat >zsh.expected <<'END'
rec-ingest --columns=
rec-ingest --format=csv
rec-ingest -f tsv
rec-recommend -m files/one.rps
END
    sed 's/ *$//' zsh.out | diff zsh.expected - | sed 's/^/zsh: /'
fi
true

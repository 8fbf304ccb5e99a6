#!/bin/sh
# SPDX-License-Identifier: MIT
# Completions for bash, zsh and fish from the programs' own tables of options:
#
#   sh cmd/completions.sh FOLDER PROGRAM...
#
# writes FOLDER/bash/NAME, FOLDER/zsh/_NAME and FOLDER/fish/NAME.fish for each.
set -eu
folder=$1
shift
mkdir -p "$folder/bash" "$folder/zsh" "$folder/fish"

# What every program's file for bash does; its tables come before.
bash_body() {
    cat <<'END'
    local cur=${COMP_WORDS[COMP_CWORD]} prev='' glue='' what
    [ "$COMP_CWORD" -gt 0 ] && prev=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    if [[ $cur == = ]]; then # --option=
        cur=
    elif [[ $prev == = && $COMP_CWORD -gt 1 ]]; then # --option=value
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ $cur == --*=* ]]; then # the same where = does not divide words
        prev=${cur%%=*} glue=$prev= cur=${cur#*=}
    elif [[ $prev != -* && $cur != -* ]]; then
        prev=
    fi
    case $prev in
END
}
bash_end() {
    cat <<'END'
    *) what=$operands ;;
    esac
    if [[ $cur == -* && -z $glue && $what == "$operands" ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
        return 0
    fi
    case $what in
    files)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -P "$glue" -f -- "$cur")
        ;;
    commands) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
    none) ;;
    *) mapfile -t COMPREPLY < <(compgen -P "$glue" -W "$what" -- "$cur") ;;
    esac
    return 0
}
END
}

# The options table on standard input as FORM: bash's cases, bash's options,
# zsh's or fish's lines.
form() {
    awk -F '\t' -v form="$1" '
    # What the argument may be: files, its choices, or nothing known.
    function values() {
        if ($4 == "choice") return $5
        if ($4 == "text" && $3 ~ /^[A-Z][A-Z][A-Z]+$/ &&
            $3 !~ /^(AGE|CHAR|LIST|NAME|ROLE)$/) return "files"
        return "none"
    }
    function quoted(text) {
        if (form == "fish") {
            gsub(/\\/, "\\\\", text)
            gsub(/\047/, "\\\047", text)
        } else {
            gsub(/\\/, "\\\\", text)
            gsub(/\[/, "\\[", text)
            gsub(/\]/, "\\]", text)
            gsub(/:/, "\\:", text)
            gsub(/\047/, "\047\\\047\047", text)
        }
        return text
    }
    function zsh_line(    what, one, both) {
        what = values()
        what = what == "files" ? "_files" : what == "none" ? " " : \
            "(" what ")"
        both = $1 != "-" ? "(-" $1 " --" $2 ")" : ""
        one = "[" quoted($6) "]"
        if ($3 == "-") {
            print "    \047" both "\047" names("", "") "\047" one "\047 \\"
        } else if ($3 ~ /^\[/) {
            print "    \047" both "\047" names("-", "=-") "\047" one "::" \
                quoted(substr($3, 2, length($3) - 2)) ":" what "\047 \\"
        } else {
            print "    \047" both "\047" names("+", "=") "\047" one ":" \
                quoted($3) ":" what "\047 \\"
        }
    }
    function names(a, b) {
        return $1 != "-" ? "{-" $1 a ",--" $2 b "}" : "--" $2 b
    }
    function fish_line(    what) {
        what = values()
        printf "complete -c %s%s -l %s", program,
            $1 != "-" ? " -s " $1 : "", $2
        if ($3 != "-" && $3 !~ /^\[/) {
            printf what == "files" ? " -r -F" : " -x"
            if ($4 == "choice") printf " -a \047%s\047", what
        }
        printf " -d \047%s\047\n", quoted($6)
    }
    NR == 1 {
        program = $1
        operands = $2 ~ /^COMMAND/ ? "commands" : $2 ~ /ITEM/ ? "none" : "files"
        if (form == "operands") print operands
        next
    }
    form == "cases" && $3 != "-" && $3 !~ /^\[/ {
        printf "    %s--%s) what=\047%s\047 ;;\n",
            $1 != "-" ? "-" $1 " | " : "", $2, values()
    }
    form == "options" {
        printf "%s--%s%s", n++ ? " " : "", $2,
            $3 != "-" && $3 !~ /^\[/ ? "=" : ""
    }
    form == "zsh" { zsh_line() }
    form == "fish" { fish_line() }
    ' "$folder/table"
}

for program in "$@"; do
    "$program" --help=options >"$folder/table"
    name=${program##*/}
    operands=$(form operands)
    {
        echo "# bash completion of $name; made from its table of options"
        echo "_$(echo "$name" | tr - _)()"
        echo "{"
        echo "    local operands=$operands options='$(form options)'"
        bash_body
        form cases
        bash_end
        echo "complete -F _$(echo "$name" | tr - _) $name"
    } >"$folder/bash/$name"
    {
        echo "#compdef $name"
        echo "_arguments -s -S \\"
        form zsh
        case $operands in
        files) echo "    '*:FILE:_files'" ;;
        commands) echo "    '*::COMMAND:_normal'" ;;
        *) echo "    '*: :'" ;;
        esac
    } >"$folder/zsh/_$name"
    {
        echo "# fish completion of $name; made from its table of options"
        case $operands in
        none) echo "complete -c $name -f" ;;
        commands)
            echo "complete -c $name -x -a '(__fish_complete_subcommand)'"
            ;;
        esac
        form fish
    } >"$folder/fish/$name.fish"
done
rm -f "$folder/table"

# Every program: --help, --version, every option it lists, an unknown one.
. "$SRC/tests/cli/all.inc"
version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"/\1/p' "$BUILD/config.h")
for p in $programs; do
    cmd=("$p" --help) how=
    "${cmd[@]}" >help 2>err </dev/null
    status=$?
    expect 0 ''
    head -n 1 help | grep -q "^Usage: $p " || echo "$p --help: first line"
    [ ! -s err ] || echo "$p --help writes to standard error"
    awk -v p="$p" 'length > 79 { print p " --help: too wide: " $0 }' help

    cmd=("$p" --version)
    "${cmd[@]}" >out 2>err </dev/null
    status=$?
    expect 0 ''
    [ "$(awk 'NR == 1 { print $NF }' out)" = "$version" ] ||
        echo "$p --version does not end with $version"

    for arg in --no-such-option -! --help=x; do
        cmd=("$p" "$arg")
        "${cmd[@]}" >out 2>err </dev/null
        status=$?
        expect 2 "Try '$p --help'"
        [ ! -s out ] || echo "$p $arg writes to standard output"
    done

    # A flag is accepted; an option with an argument may dislike '@@', but
    # knows what it is, and misses its argument.
    while read -r option; do
        name=${option%%[=[]*}
        cmd=("$p" "$name" --help)
        "${cmd[@]}" >out 2>err </dev/null
        status=$?
        # With a letter lost it is still understood, or offered.
        typo=${name%??}${name: -1}
        cmd=("$p" "$typo" --help)
        "${cmd[@]}" >out 2>err </dev/null || [ ${#name} -lt 6 ] ||
            grep -q "did you mean\|ambiguous\|needs an argument" err ||
            echo "$p $typo: $(cat err)"
        case $option in
        *[=]*)
            cmd=("$p" "$name=@@" --help)
            "${cmd[@]}" >out 2>err </dev/null
            ! grep -q "unknown option\|takes no" err ||
                echo "$p does not know $option"
            case $option in *'[='*) continue ;; esac
            cmd=("$p" "$name")
            "${cmd[@]}" >out 2>err </dev/null
            status=$?
            expect 2 "'$name' needs an argument"
            ;;
        *) expect 0 '' ;;
        esac
    done < <(sed -n 's/^  \(-.,\|   \) \(--[^ ]*\).*/\2/p' help)
    while read -r letter; do
        cmd=("$p" "-$letter")
        "${cmd[@]}" --help >out 2>err </dev/null
        ! grep -q "unknown option" err || echo "$p does not know -$letter"
    done < <(sed -n 's/^  -\(.\),.*/\1/p' help)
done
true

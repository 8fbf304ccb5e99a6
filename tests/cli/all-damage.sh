# Every program that reads a stream: cut at every DAMAGE_STEPth byte and at every
# block boundary, or with a bit flipped, from a file and from a pipe, it is refused
# with the names of file and block, and no output appears. (What the library
# makes of every byte is in check_damage.)
step=${DAMAGE_STEP-293}
. "$SRC/tests/cli/all.inc"
make_inputs

# The offsets of the blocks of a stream, and of its end.
boundaries() {
    local at=64 size stored
    size=$(stat -c %s "$1")
    while [ $at -lt "$size" ]; do
        echo $at
        stored=$(od -An -tu8 -j $((at + 16)) -N 8 "$1")
        at=$((at + 64 + (stored + 63) / 64 * 64))
    done
    [ $at -eq "$size" ] || echo "the blocks of $1 do not add up" >&2
}

flip() { # FILE OFFSET: one bit of one byte
    local byte
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    head -c "$2" "$1"
    printf "\\x$(printf %x $((byte ^ (1 << $2 % 8))))"
    tail -c +$(($2 + 2)) "$1"
}

damage() { # FILE: makes FILE.bad/OFFSET-cut and FILE.bad/OFFSET-flip
    local size n
    size=$(stat -c %s "$1")
    mkdir "$1.bad"
    for ((n = 0; n < size; n += step)); do
        head -c $n "$1" >"$1.bad/$n-cut"
        flip "$1" $n >"$1.bad/$n-flip"
    done
    boundaries "$1" >blocks
    while read -r n; do
        head -c "$n" "$1" >"$1.bad/$n-cut"
    done <blocks
    [ "$(wc -l <blocks)" -gt 4 ] || echo "few blocks in $1"
}

# A message names the block once there is one.
pattern() { # NAME OFFSET
    if [ "$2" -lt 64 ]; then
        echo "^$program: $1: "
    else
        echo "^$program: $1: block [0-9]* "
    fi
}

test_one() {
    local bad at
    case $input in text | lines | choices | report) return ;; esac
    for bad in "$input.bad"/*; do
        at=${bad##*/}
        at=${at%-*}
        how=
        call "$bad" OUT
        "${cmd[@]}" >/dev/null 2>err </dev/null
        status=$?
        expect 1 "$(pattern "$bad" "$at")"
        expect_nothing_left
        how=pipe
        call - OUT
        cat "$bad" | "${cmd[@]}" >/dev/null 2>err
        status=$?
        expect 1 "$(pattern 'standard input' "$at")"
        expect_nothing_left
    done
}
for f in rows ranking gram model factors pref sparse table vectors users personas \
    cohorts labels checkpoint truth chances calibration amp assigned advised \
    training; do
    damage $f
done
each test_one
true

# Every program: outputs that cannot be written, terminals, closed pipes,
# signals, missing files.
. "$SRC/tests/cli/all.inc"
make_inputs

run() { # with standard output to $1
    "${cmd[@]}" >"$1" 2>err </dev/null
    status=$?
}

missing() {
    call no-such-file OUT
    run /dev/null
    expect 1 "^$program: .*'no-such-file': No such file"
    expect_nothing_left
    call "$input" no/such/dir/OUT
    run /dev/null
    expect 1 "^$program: .*no/such/dir.*: No such file"
}

full() {
    call "$input"
    run /dev/full
    expect 1 "^$program: cannot write 'standard output': No space"
    call "$input" /dev/full
    run /dev/null
    expect 1 "^$program: cannot write '/dev/full': No space"
    cmd=("$program" --help)
    run /dev/full
    expect 1 "^$program: cannot write 'standard output': No space"
}

# The reader has gone before the first byte is written: descriptor 4 writes to
# a pipe that had a reader only until it was open.
closed() {
    [ -p pipe ] || mkfifo pipe
    call "$input"
    exec 3<>pipe 4>pipe 3<&-
    "${cmd[@]}" 2>err </dev/null >&4 4>&-
    status=$?
    expect 141 ''
    ! grep 'write\|pipe' err || echo "${cmd[*]}: a message about the pipe"
    (
        trap '' PIPE
        exec "${cmd[@]}" 2>err </dev/null >&4 4>&-
    )
    status=$?
    exec 4>&-
    how='SIGPIPE ignored'
    expect 1 "^$program: cannot write 'standard output': Broken pipe"
    how=
}

# Files of a parent that closed its own.
closed_files() {
    call "$input" OUT
    "${cmd[@]}" 2>&- </dev/null >/dev/null || echo "${cmd[*]} 2>&-: status $?"
    cmp -s OUT good || echo "${cmd[*]} 2>&-: another output"
    rm -f OUT
    call "$input"
    "${cmd[@]}" >&- 2>err </dev/null
    status=$?
    how='standard output closed'
    expect 1 "^$program: cannot write 'standard output'"
    how=
}

terminal() {
    call "$input"
    script -qec "${cmd[*]}" /dev/null >err 2>&1 </dev/null
    status=$?
    how='on a terminal'
    expect 1 "^$program: .*terminal"
    script -qec "${cmd[*]} --force-terminal" /dev/null </dev/null >out 2>&1
    status=$?
    how='on a terminal, forced'
    grep -q RPS out || echo "${cmd[*]}: --force-terminal wrote nothing"
    expect 0 ''
    how=
}

# Killed while the input is still coming.
killed() {
    local pid
    rm -f slow
    mkfifo slow
    call slow OUT
    "${cmd[@]}" 2>err </dev/null &
    pid=$!
    exec 4<>slow # does not wait for the reader
    head -c 100 "$input" >&4
    sleep 0.1
    kill -TERM $pid
    { wait $pid; } 2>/dev/null
    status=$?
    exec 4>&-
    expect 143 ''
    ! grep . err || echo "${cmd[*]}: a message about a signal"
    expect_nothing_left
}

# Killed while it waits for somebody to read a FIFO.
killed_waiting() {
    local pid n
    rm -f unread
    mkfifo unread
    call "$input" unread
    "${cmd[@]}" 2>err </dev/null &
    pid=$!
    sleep 0.1
    kill -TERM $pid
    for ((n = 0; n < 50; n++)); do
        kill -0 $pid 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL $pid 2>/dev/null
    { wait $pid; } 2>/dev/null
    status=$?
    expect 143 ''
}

test_one() {
    how=
    missing
    killed
    [ $output != files ] || return
    call "$input" good
    run /dev/null
    expect 0 ''
    call "$input" # the same on standard output
    run out
    expect 0 ''
    cmp -s out good || echo "${cmd[*]}: differs from -o"
    full
    closed
    closed_files
    killed_waiting
    if [ $output = binary ] && [ -n "$terminals" ]; then
        terminal
    fi
    rm -f good
}
# A container may have script(1) and no pseudo-terminals.
terminals=
! script -qec true /dev/null </dev/null >/dev/null 2>&1 || terminals=yes
each test_one
[ -n "$terminals" ] ||
    { echo "no pseudo-terminals: these are not tested" >&2; exit 77; }

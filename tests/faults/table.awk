# SPDX-License-Identifier: MIT
# What the sweep has logged, as a table: faults injected in each program, by
# what was called, and how they ended.
BEGIN { FS = "\t" }
{
    n[$1] += $4; refused[$1] += $5; survived[$1] += $6
    memory[$1] += $2 == "alloc" ? $4 : 0
    reading[$1] += $2 ~ /^read/ ? $4 : 0
    writing[$1] += $2 ~ /^(write|fsync|rename)/ ? $4 : 0
}
function line(p) {
    return sprintf("%-14s %7d %7d %7d %7d %7d %8d %8d", p, n[p], memory[p],
        reading[p], writing[p], n[p] - memory[p] - reading[p] - writing[p],
        refused[p], survived[p])
}
END {
    printf "%-14s %7s %7s %7s %7s %7s %8s %8s\n", "", "faults", "memory",
        "read", "write", "other", "refused", "survived"
    for (p in n) {
        print line(p) | "sort"
        sum += n[p]; m += memory[p]; r += reading[p]; w += writing[p]
        no += refused[p]; yes += survived[p]
    }
    close("sort")
    n["all"] = sum; memory["all"] = m; reading["all"] = r
    writing["all"] = w; refused["all"] = no; survived["all"] = yes
    print line("all")
}

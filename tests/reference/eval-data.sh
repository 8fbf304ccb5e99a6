# SPDX-License-Identifier: MIT
# Sourced: writes truth, train, history, run, groups, vectors and attributes as
# text, always the same, into the folder at hand. Scores differ, so no rule of
# ties is needed; some users have no list, some lists are short, some items are
# in the run or in the truth alone.
awk 'function draw(n) { # Park and Miller
        seed = seed * 16807 % 2147483647
        return int(seed / 2147483647 * n)
    }
    function popular(n) { return int(draw(n) * (draw(1000) + 1) / 1000) }
    BEGIN {
        seed = 42
        OFS = "\t"
        for (u = 0; u < 200; u++) {
            split("", had)
            for (n = 3 + draw(12); n > 0; n--) {
                i = popular(60)
                if (!(i in had)) print "t" u, "i" i >"train.tsv"
                had[i] = 1
            }
        }
        for (u = 0; u < 90; u++) {
            split("", had)
            split("", wanted)
            split("", listed)
            for (n = draw(9); n > 0 && u % 11; n--) {
                i = popular(62)
                if (!(i in had)) print "u" u, "i" i >"history.tsv"
                had[i] = 1
            }
            for (n = 1 + draw(6); n > 0; n--) {
                i = draw(4) ? popular(66) : draw(66)
                if (!(i in wanted)) print "u" u, "i" i >"truth.tsv"
                wanted[i] = 1
            }
            print "u" u, u % 3 ? "a" : "b" >"groups.tsv"
            for (n = u % 13 == 5 ? 0 : 1 + draw(14); n > 0; n--) {
                i = draw(3) ? popular(70) : draw(70)
                if (!(i in listed)) print "u" u, "i" i, n + i / 100 >"run.tsv"
                listed[i] = 1
            }
        }
        print "x", "i1", 1 >"run.tsv"
        for (i = 0; i < 66; i++) { # one in 12 has none
            if (i % 4) print "i" i, "a" i % 7 >"attributes.tsv"
            if (i % 3) print "i" i, "b" i % 3 >"attributes.tsv"
            if (i % 3 == 1) print "i" i, "c" >"attributes.tsv"
        }
        for (i = 0; i < 68; i++)
            print "i" i, draw(9) - 4 " " draw(9) - 4 " " i % 5 >"vectors.tsv"
    }'

# --check: several files, one verdict each; 1 if one is not whole.
for i in 1 2 3; do echo "u$i a"; echo "u$i b"; done |
    "$BUILD/tests/make-stream" >good.rps
head -c 500 good.rps >cut.rps
cat good.rps good.rps >two.rps
rec-info --check good.rps - <good.rps
echo "status $?"
rec-info --check good.rps cut.rps two.rps no-such-file good.rps
echo "status $?"
rec-info --check -q good.rps
echo "status $?"
rec-info --check -o out cut.rps
echo "status $? $(ls out* 2>/dev/null)"
rec-info good.rps cut.rps >out
echo "status $? $(wc -c <out)"

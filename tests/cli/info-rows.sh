# Figures that can be counted by hand, as text and as tsv, plain and deflated.
cat >lines <<EOF
ann apple 5 100
ann bread 1 200
bob apple 4.5 300
cid
dee apple 2 -400
dee bread 3 50
dee carrot 1.25 60
EOF
"$BUILD/tests/make-stream" -r train <lines >x.rps
rec-info x.rps
echo ---
"$BUILD/tests/make-stream" -z 9 -p <lines | rec-info --format=tsv |
    grep -v 'bytes	\|digest'
echo ---
"$BUILD/tests/make-stream" </dev/null | rec-info

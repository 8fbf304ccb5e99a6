# A model, mapped and from a pipe.
printf '%s 1\n' 'u1 a' 'u1 c' 'u2 b' 'u2 c' 'u3 a' 'u4 b' 'u5 c' |
    "$BUILD/tests/make-stream" >x.rps
rec-ease -q --lambda=1 --double -o m.rps x.rps
rec-info m.rps | tee one | grep -v '^digest\|^provenance'
rec-info <m.rps | sed 's/standard input/m.rps/' | cmp - one
rec-ease -q --lambda=1 --double -z x.rps | rec-info |
    grep '^blocks\|^B\|^bytes inflated'
rec-pop x.rps | rec-info | grep '^kind\|^array\|^items'

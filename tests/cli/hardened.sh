# The programs are built with the hardening flags that configure asks for, as
# their headers and symbols show; on Linux none of them may be missing.
make=$BUILD/Makefile
command -v readelf >/dev/null && readelf -h "$BUILD/cmd/rec-pop" >/dev/null 2>&1 ||
    { echo "no readelf, or no ELF" >&2; exit 77; }
flags=$(sed -n 's/^\(REC_CFLAGS\|REC_LDFLAGS\|CFLAGS\) = //p' "$make")
if [ "$(uname -s)" != Linux ] ||
    grep -q '^  \$ .*--disable-hardening' "$BUILD/config.log"; then
    echo "built without hardening" >&2
    exit 77
fi
has() { case " $flags " in *" $1"*) true ;; *) false ;; esac; }
want() { # FLAG: one that every gcc and clang of these years has
    has "$1" || echo "not built with $1"
}
want -fstack-protector-strong
want -fPIE
want -pie
want -Wl,-z,relro
want -Wl,-z,now
case $(uname -m) in x86_64) want -fstack-clash-protection ;; esac
fortified=yes
if has -fsanitize= || ! has -O || has -O0; then
    fortified=
elif getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
    want -D_FORTIFY_SOURCE=
fi

for p in "$BUILD"/cmd/rec-*; do
    case $p in *.o) continue ;; esac
    name=${p##*/}
    readelf -hW "$p" | grep -q 'Type: *DYN' || echo "$name: no PIE"
    readelf -lW "$p" | grep -q GNU_RELRO || echo "$name: no RELRO"
    readelf -dW "$p" | grep -q 'FLAGS_1.*NOW.*PIE\|FLAGS_1.*PIE.*NOW' ||
        echo "$name: symbols are bound late"
    readelf -sW --dyn-syms "$p" >symbols
    grep -q __stack_chk_fail symbols || echo "$name: no stack protector"
    [ -z "$fortified" ] || grep -q '__[a-z]*_chk@' symbols ||
        echo "$name: not fortified"
done
true

#!/bin/sh
# SPDX-License-Identifier: MIT
# The tarball and the Debian packages, tried as a stranger would:
#
#   tests/package.sh tarball      make dist; build it where no autotools are
#   tests/package.sh debian       dpkg-buildpackage and lintian
#   tests/package.sh root [ROOT]  install these on a clean Debian (made by
#                                 debootstrap in ROOT unless it is there), read
#                                 a page, complete, run the demo, remove them
#   tests/package.sh              all three
#
# In a clone of what is committed, in $WORK (a new folder of /tmp, kept). The
# packages are built without their tests unless CHECK is set, which takes ten
# minutes more; "root" needs root and the network. Of Debian: build-essential
# debhelper lintian debootstrap, and what debian/control says.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
WORK=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/recpipe-package.XXXXXX")}
LC_ALL=C.UTF-8
export LC_ALL
jobs=$(nproc)
mkdir -p "$WORK"
echo "package.sh: working in $WORK"

clone() {
    [ -d "$WORK/recpipe" ] || git clone -q "$top" "$WORK/recpipe"
}

tarball() {
    clone
    cd "$WORK/recpipe"
    autoreconf -fi
    mkdir -p "$WORK/dist" "$WORK/bin" && cd "$WORK/dist"
    ../recpipe/configure -q && make -s dist
    for tool in autoconf automake aclocal autoheader autom4te autoreconf \
        libtoolize m4 git; do
        printf '#!/bin/sh\necho "%s was called" >&2\nexit 1\n' $tool \
            >"$WORK/bin/$tool"
        chmod +x "$WORK/bin/$tool"
    done
    cd "$WORK" && rm -rf plain && mkdir plain && cd plain
    tar -xf ../dist/recpipe-*.tar.xz --strip-components=1
    (
        PATH=$WORK/bin:$PATH
        ./configure -q --prefix="$WORK/prefix"
        make -s -j"$jobs" && make -s install && make -s installcheck
        make -s uninstall
    )
    left=$(find "$WORK/prefix" -type f)
    [ -z "$left" ] || { echo "uninstall leaves $left"; exit 1; }
    echo "package.sh: the tarball builds, installs and works"
}

debian() {
    clone
    cd "$WORK/recpipe" && git clean -qfdx
    [ "${CHECK-}" ] || DEB_BUILD_OPTIONS="nocheck ${DEB_BUILD_OPTIONS-}"
    export DEB_BUILD_OPTIONS
    dpkg-buildpackage -us -uc >"$WORK/buildpackage.log" 2>&1 ||
        { tail -n 40 "$WORK/buildpackage.log"; exit 1; }
    lintian --info --display-info --fail-on error,warning \
        --suppress-tags initial-upload-closes-no-bugs "$WORK"/recpipe_*.changes
    echo "package.sh: lintian has nothing against the packages"
}

root() {
    root=${1:-$WORK/root}
    [ -x "$root/usr/bin/dpkg" ] || debootstrap --variant=minbase \
        "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" >/dev/null
    cp "$WORK"/recpipe_*.deb "$WORK"/recpipe-doc_*.deb "$root/tmp"
    cp "$top/tests/installed.sh" "$root/tmp"
    cat >"$root/tmp/try.sh" <<'END'
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
# A minimal root leaves pages and examples out; we came for them.
rm -f /etc/dpkg/dpkg.cfg.d/docker
apt-get update -qq
apt-get install -qq -y --no-install-recommends man-db groff-base >/dev/null
find / -xdev -type f | sort >/tmp/before
apt-get install -qq -y --no-install-recommends $(apt-get install -s \
    /tmp/recpipe_*.deb | sed -n 's/^Inst \([^ ]*\).*/\1/p' |
    grep -v '^recpipe') >/dev/null
find / -xdev -type f | sort >/tmp/before
dpkg -i /tmp/recpipe_*.deb /tmp/recpipe-doc_*.deb
man rec | head -n 6
man -w rec-ease rec-format rec-cookbook
sh /tmp/installed.sh /usr/bin /usr/share /usr/share/doc/recpipe/examples
sh /usr/share/doc/recpipe/examples/demo.sh | tail -n 8
dpkg -P recpipe recpipe-doc
find / -xdev -type f | sort | diff /tmp/before - |
    grep -v '/var/\(lib/dpkg\|cache\|log\)\|^[0-9]' || true
! command -v rec-ease
END
    trap 'umount "$root/proc" "$root/dev/pts" 2>/dev/null || :' EXIT
    mount --bind /proc "$root/proc"
    mount -t devpts none "$root/dev/pts"
    chroot "$root" sh -c 'sh /tmp/try.sh; s=$?; rm -f /tmp/try.sh; exit $s'
    echo "package.sh: installed, used and removed on a clean root"
}

case ${1-} in
tarball) tarball ;;
debian) debian ;;
root) root "${2-}" ;;
'') tarball && debian && root ;;
*)
    echo "usage: tests/package.sh [tarball|debian|root [ROOT]]" >&2
    exit 2
    ;;
esac

# Files of every released version of the format are read, and say the same as
# they did when they were written. Figures that come from products are cut to
# four digits: processors round differently.
valid=$SRC/tests/data/valid
here=$PWD

tell() { # FILE COMMAND...: what it says, or that it fails
    echo "== $1"
    shift
    "$@" 2>err || {
        echo "status $?"
        cat err
    }
}
lists() { # a ranking as text, cut
    rec-recommend -n 3 --text -m "$@" |
        awk '{ printf "%s %s %s %.4g\n", $1, $2, $3, $4 }'
}
for version in "$valid"/*; do
    cd "$version" || exit 1
    for f in */*; do
        rec-info --check "$f" >"$here/said" 2>&1 || cat "$here/said"
    done
    for f in codes/* rows/* gram/* vectors/vectors*; do
        tell "$f" rec-cat "$f"
    done
    tell vectors/chunked rec-info vectors/chunked
    tell vectors/pieces rec-info vectors/pieces
    rec-cat vectors/chunked | cksum
    for f in model/*; do
        tell "$f" lists "$f" rows/small.rows
    done
    for f in table/*; do
        cat "$f" >"$here/table"
        tell "$f" rec-hash -q -t "$here/table" --query -o "$here/slots" rows/rows
        rec-cat "$here/slots" | head -n 3
    done
    for f in calibration/*; do
        by=
        [ "${f##*/}" = calibration ] && by=--by=rows/cohorts
        tell "$f" rec-calibrate -q -m "$f" $by -o "$here/chances" rows/ranking
        rec-cat "$here/chances" | awk '{ printf "%s %s %.4g\n", $1, $2, $3 }' |
            head -n 4
    done
    for f in checkpoint/*; do
        tell "$f" rec-train-vae -q -@ 1 --hidden=3 --latent=2 --epochs=2 \
            --resume="$f" -o "$here/vae" rows/rows
        rec-info "$here/vae" | grep '^parameter epoch'
    done
done

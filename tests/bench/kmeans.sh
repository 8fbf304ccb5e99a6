#!/bin/sh
# SPDX-License-Identifier: MIT
# k-means of 100,000 vectors of 128 dimensions into 256 clusters beside
# scikit-learn's KMeans (lloyd, float32): seconds and objective of both, from
# seeds of their own and after the same number of sweeps, on the same threads
# in one run; peak memory; and the sgemm that the distances of these sweeps
# need at the measured rate, which is the ceiling. Then Ward's tree over the
# 1,000 items of one user, on one thread. Run in the build folder after
# `make bench-programs tests/bench/cluster`; needs python3 with numpy and
# scikit-learn for the peer:
#     tests/bench/kmeans.sh [SWEEPS [THREADS [N D K]]]
set -eu
sweeps=${1-20} threads=${2-2} n=${3-100000} d=${4-128} k=${5-256}
. "$(dirname "$0")/table.inc"
python=${PYTHON-/usr/bin/python3}
dir=$(mktemp -d "${TMPDIR:-/tmp}/recpipe-bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
export OMP_NUM_THREADS="$threads" OPENBLAS_NUM_THREADS="$threads"
tests/bench/cluster vectors "$n" "$d" >"$dir/x"
tests/bench/ceilings "$threads" >"$dir/ceiling"
tests/bench/cluster kmeans "$n" "$d" "$k" "$sweeps" "$threads" <"$dir/x" \
    >"$dir/ours"
"$python" - "$dir/x" "$n" "$d" "$k" "$sweeps" >"$dir/peer" <<'EOF' ||
import resource, sys, time
import numpy as np
from sklearn.cluster import KMeans
n, d, k, sweeps = map(int, sys.argv[2:])
x = np.fromfile(sys.argv[1], np.float32).reshape(n, d)
t = time.time()
m = KMeans(k, n_init=1, max_iter=sweeps, tol=0, algorithm='lloyd',
           random_state=1).fit(x)
t = time.time() - t
print('scikit-learn', t, m.n_iter_, m.inertia_,
      resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
EOF
    echo "no scikit-learn" >&2
cat "$dir/ours" "$dir/peer" | awk -v n="$n" -v d="$d" -v k="$k" '
    FNR == NR { rate = $2; next }
    FNR == 1 { printf "%-14s %8s %7s %9s %14s %8s %10s\n", "who", "seconds",
        "sweeps", "a sweep", "objective", "MiB", "x sgemm" }
    { printf "%-14s %8.2f %7d %9.3f %14.7g %8.0f %10.2f\n", $1, $2, $3,
        $2 / $3, $4, $5, $2 / $3 / (2 * n * d * k / rate / 1e9)
        seconds[FNR] = $2 / $3 }
    END { if (seconds[2]) printf "scikit-learn / recpipe, a sweep, seeds " \
        "included: %.2f\n", seconds[2] / seconds[1] }' "$dir/ceiling" -
cat "$dir/ours" "$dir/peer" >"$dir/both"
while read -r who seconds did loss mib; do
    [ "$who" != recpipe ] || who="k-means of recpipe"
    row "k-means, $n x $d, k = $k" "$who" "$seconds" "$mib" \
        "$did sweeps, objective $(printf %.5g "$loss")" "$(awk -v n="$n" -v d="$d" -v k="$k" -v s="$did" \
            '{ print s * 2 * n * d * k / $2 / 1e9 }' "$dir/ceiling")"
done <"$dir/both"
tests/bench/cluster ward 1000 128

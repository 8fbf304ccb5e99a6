# Every input that a fuzzer once failed on, and the seeds that it begins with,
# go through their target (tests/fuzz) in this build.
replay=$BUILD/tests/fuzz/replay
bash "$SRC/tests/fuzz/seeds.sh" seeds
for folder in seeds/* "$SRC"/tests/fuzz/regress/*; do
    [ "$(ls "$folder")" ] || echo "$folder is empty"
    "$replay" "${folder##*/}" "$folder"/* >n 2>said || {
        echo "${folder##*/} failed:"
        tail -n 20 said
    }
    [ "$(cat n)" = "$(ls "$folder" | wc -l)" ] || echo "$folder: not all"
done
# No target may be without seeds.
for target in $("$replay" 2>&1 | sed 's/.*targets://'); do
    [ -d "seeds/$target" ] || echo "no seeds of $target"
done

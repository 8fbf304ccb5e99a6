# Streams with one thing wrong in each are refused, with status 1 and a message
# that says what it is.
cd "$SRC/tests/data/invalid" || exit 1
for f in *; do
    case $f in
    model-*) rec-recommend -m "$f" --items=a,b --text ;;
    *) rec-info --check "$f" ;;
    esac 2>&1 && echo "$f was taken"
    cat "$f" | case $f in
    model-*) rec-recommend -m - --items=a,b --text ;;
    *) rec-info --check - ;;
    esac >/dev/null 2>&1 && echo "$f was taken from a pipe"
done
true

# No bytes are not a stream, nor is text, nor what was compressed whole.
for f in '' 'user,item\n' '\x1f\x8b\x08' '\x01\x02\x03'; do
    printf "$f" | rec-cat
done

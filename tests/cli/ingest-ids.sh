# What rec-cat writes comes back as the same bytes, for any id.
back() {
    rec-ingest -q --no-provenance "$@" -o a.rps || return
    rec-cat a.rps | rec-ingest -q --no-provenance | cmp - a.rps &&
        rec-cat a.rps | od -c | head -3
}
printf '"a,b","c""d",0.1,5\n' | back
printf '"""","::",1e-30,5\n' | back
printf 'x y,{,1,5\n{, ,1,5\n' | back
printf 'h\303\251,\342\202\254\n' | back
printf '\377\376,\001\200\n' | back
printf 'user,item\n' | back --header=no
printf 'user,item\nuser,item\n' | back
long=$(printf '%04096d' 1)
printf '%s,%s\n' "$long" "$long" | back
# What cannot be an id is refused, with the reason.
printf '%sx,i\n' "$long" | back
printf 'u,%sx\n' "$long" | back
printf 'a,i\n"a\tb",i\n' | back
printf 'a,i\n"a\nb",i\n' | back
printf 'a,i\na\rb,i\n' | back
printf 'a,i\na\0b,i\n' | back
printf 'a,i\n,i\n' | back
printf 'a,i\na,""\n' | back
printf '{"user":"a\\u0000b","item":1}\n' | back
printf '{"user":"a\\tb","item":1}\n' | back
printf 'a i \001 b\0\n' | back

show() { rec-ingest -q "$@" | rec-cat --no-header; }
printf 'u,i,1,1365028707\n' | show
printf 'u,i,1,1365028707999\nu,j,1,-1\n' | show --time-format=ms
printf 'u,i,1,2013-04-03T22:38:27Z\nu,j,1,2013-04-04 00:38:27+02:00\nu,k,1,2013-04-03\n' |
    show --time-format=iso
printf 'u,i,1,9223372036854775807\n' | show
printf 'u,i,1,9223372036854775808\n' | show
printf 'u,i,1,2013-02-30\n' | show --time-format=iso
printf 'u,i,1,12.5\n' | show --time-format=ms
printf 'u,i,1,\n' | show
printf 'u,i,1,1365028707999\nu,j,1,253402300799\n' | show
printf 'u,i,1,1365028707999\n' | show --time-format=iso
printf 'u,i,1,1365028707\n' | show --time-format=iso
printf 'u,i,1,20130403\n' | show --time-format=iso
printf 'u,i,1,1365028707000000\n' | show

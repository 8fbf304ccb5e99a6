# The default lambda is 30 sqrt(events per item), times the mean square of
# the weights; it is printed, and stands in the model.
printf '%s\n' 1,a 1,b 2,a 3,a | rec-ingest -q -f csv >x.rps
rec-ease -o m.rps x.rps
rec-ease -q -o m.rps x.rps
grep -aoE 'lambda [0-9.e+-]+' m.rps
printf '%s\n' 1,a,3 1,b,3 2,a,3 3,a,3 | rec-ingest -q -f csv >w.rps
rec-ease -o m.rps w.rps
rec-ease --binary -o m.rps w.rps
rec-ease --lambda=7 -v w.rps 2>&1 >m.rps | sed 's/[0-9.]* s\(, .*\)\{0,1\}$/TIME/'
grep -aoE '(lambda|weights) [0-9.e+-]+' m.rps

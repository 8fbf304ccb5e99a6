# The files of well-known data sets, as they come.
printf '196\t242\t3\t881250949\n186\t302\t3\t891717742\n' >u.data
printf 'userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n' >ratings.csv
printf '1::122::5::838985046\n1::185::5::838983525\n' >ratings.dat
printf '0 0 1 2 3\n1 4 5 \n' >train.txt
printf '1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n' >combined_data_1.txt
for f in u.data ratings.csv ratings.dat train.txt combined_data_1.txt; do
    rec-ingest -v "$f" 2>err | rec-cat
    grep read.as err
done

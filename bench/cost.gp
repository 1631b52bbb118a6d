# gnuplot -e "data='cost.dat'; image='cost.png'" cost.gp
# The columns are report.py's: ranges, then one curve each; "-" was not measured.
set terminal pngcairo size 1000,640 font "sans,11"
set output image
set datafile missing "-"
set logscale xy
set xrange [0.8:80000]
set format x "%'.0f"
set format y "%.0s %cs"
set xlabel "ranges in /etc/subuid (one owner each)"
set ylabel "one getpwuid\\_r(3), minimum"
set key outside right top Left reverse spacing 1.2
set grid ytics mytics lc rgb "#dddddd", lc rgb "#eeeeee"
set border 3
set tics nomirror
ns = 1e-9

set style line 1 lw 3 pt 7 lc rgb "#0b6e4f"
set style line 2 lw 2 pt 6 lc rgb "#0b6e4f" dt 3
set style line 3 lw 2 pt 5 lc rgb "#b3261e"
set style line 4 lw 1.5 lc rgb "#555555" dt 2
set style line 5 lw 1.5 lc rgb "#8a6d00" dt 2
set style line 6 lw 1.5 lc rgb "#4a4e9e" dt 2
set style line 7 lw 1.5 lc rgb "#9e4a8f" dt 2
set style line 8 lw 1.5 lc rgb "#222222" dt 4

plot data using 1:($4*ns) with linespoints ls 3 title "libsubid in a module", \
     data using 1:($9*ns) with lines ls 8 title "files, 65,566 lines", \
     data using 1:($8*ns) with lines ls 7 title "extrausers, 65,536 lines", \
     data using 1:($6*ns) with lines ls 5 title "systemd, a miss", \
     data using 1:($7*ns) with lines ls 6 title "cache, 65,536 lines", \
     data using 1:($5*ns) with lines ls 4 title "files, 30 lines", \
     data using 1:($2*ns) with linespoints ls 1 title "subid", \
     data using 1:($3*ns) with linespoints ls 2 title "floor: two stat(2)"

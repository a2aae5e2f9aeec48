# The mean moisture of all sensors, as a whole number.
BEGIN { FS = "," }
NR > 1 { sum += $2; count++ }
END { printf "%d\n", count ? sum / count : 0 }

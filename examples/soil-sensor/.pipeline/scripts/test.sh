#!/bin/sh
set -eu
test "$(awk -f average.awk readings.csv)" = 44
echo "$APPLICATION: the average is right"

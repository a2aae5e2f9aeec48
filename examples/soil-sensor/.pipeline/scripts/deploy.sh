#!/bin/sh
set -eu
# The real script deploys here; this one shows what it would publish.
echo "$APPLICATION -> $ENVIRONMENT: average moisture $(awk -f average.awk readings.csv)"

#!/bin/sh
set -eu
# The real script calls the scanner here; this one counts what it would look at.
echo "$PROJECT_KEY ($ENVIRONMENT): $(find . -name '*.awk' | wc -l | tr -d ' ') files to scan"

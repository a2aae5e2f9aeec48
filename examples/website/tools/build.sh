#!/bin/sh
# Builds the site: build.sh SOURCE TARGET COMMIT
set -eu
mkdir -p "$2"
for page in "$1"/content/*.md; do
    name=$(basename "$page" .md)
    awk -v commit="$3" -f "$1/tools/page.awk" "$page" > "$2/$name.html"
    echo "$name.html"
done
cp "$1/style.css" "$2"

#!/bin/sh
# Fails if a page links to a file that the site does not have: links.sh SITE
set -eu
cd "$1"
links='{
    while (match($0, /href="[^"#:]*"/)) {
        print substr($0, RSTART + 6, RLENGTH - 7)
        $0 = substr($0, RSTART + RLENGTH)
    }
}'
broken=0
for page in *.html; do
    for target in $(awk "$links" "$page" | sort -u); do
        if [ ! -e "$target" ]; then
            echo "$page: no such file: $target" >&2
            broken=$((broken + 1))
        fi
    done
done
echo "$broken broken links"
[ "$broken" = 0 ]

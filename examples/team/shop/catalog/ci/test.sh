# Each item is a word and a price in cents, and none is there twice.
! grep -vE '^[a-z]+ [0-9]+$' items.txt
test -z "$(cut -d' ' -f1 items.txt | sort | uniq -d)"
echo "catalog: $(grep -c . items.txt) items"

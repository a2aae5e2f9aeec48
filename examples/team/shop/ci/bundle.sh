# `REGISTRY_TOKEN` would open the team's registry; here it is enough that there is one.
test -n "$REGISTRY_TOKEN"
mkdir -p dist
export VERSION="1.$(cat basket/total.awk catalog/items.txt | cksum | cut -d' ' -f1)"
{
  echo "<!doctype html><title>shop $VERSION</title>"
  awk '{ printf "<p>%s: %d.%02d\n", $1, $2 / 100, $2 % 100 }' catalog/items.txt
} > dist/index.html

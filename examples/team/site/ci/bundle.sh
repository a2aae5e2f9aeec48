# Makes the pages from the texts. It is read by the shell of the action, so `export` gives the action's variable.
mkdir -p dist
export VERSION="$(cksum pages/*.txt | awk '{ print $1 }' | paste -sd. -)"
for page in pages/*.txt; do
  name="$(basename "$page" .txt)"
  {
    echo "<!doctype html><title>$name</title><meta name=version content=\"$VERSION\">"
    sed 's/&/\&amp;/g; s/</\&lt;/g; s/^/<p>/' "$page"
  } > "dist/$name.html"
done

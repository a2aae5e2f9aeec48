# The total of a basket: `quantity price` on each line, prices in cents.
{ total += $1 * $2 }
END { print total + 0 }

total="$(printf '2 150\n1 99\n' | awk -f total.awk)"
test "$total" = 399
test "$(awk -f total.awk < /dev/null)" = 0
echo "basket: right"

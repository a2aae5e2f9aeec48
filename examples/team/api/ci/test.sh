test "$(sh src/handler.sh /health)" = ok
if sh src/handler.sh /nothing 2> /dev/null; then exit 1; fi
echo "api: right"

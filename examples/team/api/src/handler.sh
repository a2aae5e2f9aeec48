# Answers one request: the path is the first argument.
case "$1" in
/health) echo ok ;;
*)
  echo "no such path: $1" >&2
  exit 1
  ;;
esac

# shellcheck shell=sh disable=SC2034
# A stand-in for xenstore: a directory is a node, its value is the file ".value" in it. Sourced by the xenstore-* commands.
tree=/run/xenstore/tree

fail() {
  echo "$1" >&2
  exit 1
}

# Relative paths are below the caller's own domain, which on a host is domain 0.
node() {
  case $1 in
    /*) printf '%s%s' "$tree" "${1%/}" ;;
    *) printf '%s/local/domain/0/%s' "$tree" "${1%/}" ;;
  esac
}

value() {
  if [ -f "$1/.value" ]; then
    # A value may end without a newline: read says so by its status, not by losing the text.
    IFS= read -r REPLY <"$1/.value" || :
  else
    REPLY=
  fi
}

# shellcheck shell=sh disable=SC2034
# A stand-in for xenstore: a directory is a node, its value is the file ".value" in it. Sourced by the xenstore-* commands.
tree=/run/xenstore/tree

fail() {
  echo "$1" >&2
  exit 1
}

# Where a key's node is, into $place. Relative paths are below the caller's own domain, which on a host is domain 0. Nothing here starts a
# process: the real command does not either, and is asked for thousands of keys at once.
node() {
  case $1 in
    /*) place=$tree${1%/} ;;
    *) place=$tree/local/domain/0/${1%/} ;;
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

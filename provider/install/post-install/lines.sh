# shellcheck shell=sh
# `ensure_line FILE LINE` appends a line that a file lacks. A last line without its end would take the next one in.
end_line() {
  [ -z "$(tail -c 1 "$1")" ] || echo >>"$1"
}
ensure_line() {
  mkdir -p "${1%/*}"
  [ -e "$1" ] || : >"$1"
  grep -qxF -e "$2" "$1" || {
    end_line "$1"
    printf '%s\n' "$2" >>"$1"
  }
}

# shellcheck shell=sh
# shellcheck disable=SC2154 # the dialect is the caller's
# The tables of the tools, each by its name "TOOL.TABLE", the same for all who read and write them. Wants the dialect: $wait, $arptables, $ebtables, $zones, $layer2, $lacks.
#
# - `save TABLE` prints a table as iptables-save does: "*TABLE", ":CHAIN POLICY", "-A CHAIN RULE".
# - `restore TABLE FILE` commits a partial text (`:chain` empties or makes a chain; -A, -I, -D, -X) at once. FILE lies in a folder of the caller's own,
#   where the work is done. Of arptables, which has no restore, FILE is commands.
# - `save_sets [NAME]` prints sets, `restore_sets FILE` takes them as `ipset -exist restore` does.
# - `save_all TOOL` prints every table of a tool that csp can have rules in, and that is there. "@@csp failed TOOL" among it: it could not.
lacks() { case " $lacks " in *" $1 "*) ;; *) return 1 ;; esac; }
save() {
  case $1 in
    iptables.*|ip6tables.*) "${1%%.*}-save" -t "${1#*.}" ;;
    ebtables.*) eb_save "${1#*.}" ;;
    arptables.*) arp_save ;;
    nft.*) nft_save "$1" ;;
  esac
}
save_all() {
  case $1 in
    # Asking the legacy tools for a table that is not loaded loads it; without a name they have only those that are.
    iptables|ip6tables) tried "$1-save" | sed -n -e '/^@@csp/p' -e '/^\*raw/,/^COMMIT/p' -e '/^\*mangle/,/^COMMIT/p' -e '/^\*nat/,/^COMMIT/p' -e '/^\*filter/,/^COMMIT/p' ;;
    ebtables) eb_save "broute nat filter" ;;
    arptables) arp_save ;;
    nft) case $layer2/$zones in nft/*|*/nft) nft_save ;; esac ;;
  esac
}
# shellcheck disable=SC2086 # $wait and $limit are several words
restore() {
  case $1 in
    iptables.*|ip6tables.*)
      if lacks "${1%%.*}.delete-both"; then restore_twice "${1%%.*}" "$2"; else $limit "${1%%.*}-restore" $wait --noflush <"$2"; fi ;;
    ebtables.*) eb_restore "${1#*.}" "$2" ;;
    arptables.*) arp_run "$2" ;;
    nft.*) $limit nft -f "$2" ;;
  esac
}
# What leads to a chain goes first, then the chain.
# shellcheck disable=SC2086
restore_twice() {
  sed '/^-X /d' "$2" >"$2.rules" && $limit "$1-restore" $wait --noflush <"$2.rules" || return 1
  ! grep -q '^-X ' "$2" || sed -n -e '1p' -e '/^-X /p' -e '$p' "$2" | $limit "$1-restore" $wait --noflush
}
# shellcheck disable=SC2086
save_sets() { if lacks ipset.words; then ipset -S $1; else ipset save $1; fi; }
# ipset 4 has other words, and a restore that only makes sets: single commands, of which each is judged by what the set holds then.
# shellcheck disable=SC2086
restore_sets() {
  if ! lacks ipset.words; then $limit ipset -exist restore <"$1"; return; fi
  awk '
    function range(   i, part) { for (i = 4; i < NF; i++) if ($i == "range") { split($(i + 1), part, "-"); return " --from " part[1] " --to " part[2] } }
    $1 == "create" { print "-N", $2, ($3 == "hash:net" ? "iptreemap" : $3 == "hash:ip" ? "iphash" : $3 == "bitmap:ip" ? "ipmap" : $3 == "bitmap:port" ? "portmap" : $3) range() }
    $1 == "add" { print "-A", $2, $3 }
    $1 == "del" { print "-D", $2, $3 }
    $1 == "swap" { print "-W", $2, $3 }
    $1 == "destroy" { print "-X", $2 }' "$1" >"$1.words" || return 1
  while read -r verb name more; do
    ipset $verb $name $more >"$1.said" 2>&1 && continue
    case $verb in
      -N) ! save_sets "$name" >/dev/null 2>&1 || continue ;;
      -A) ! ipset -T "$name" "${more%%/*}" >/dev/null 2>&1 || continue ;;
      -D) ipset -T "$name" "${more%%/*}" >/dev/null 2>&1 || continue ;;
    esac
    cat "$1.said"
    return 1
  done <"$1.words"
}
# A pipe does not tell how what is in front of it ended. On a line of its own: what was ended may have stopped in the middle of one.
tried() { $limit "$@" || printf '\n@@csp failed %s\n' "$1"; }
# A tool that hangs ends its caller's work, and not the host's. Where there is no timeout (coreutils before 7), it is waited for.
limit=''
if command -v timeout >/dev/null 2>&1; then limit='timeout 60'; fi

# Rules lack their counters and what says nothing; `arptables -nL` of 0.0.3 leaves out interfaces too.
arp_lines() {
  sed -n 's/[[:space:]]*$//
    /^@@csp/{p;d;}
    /^Chain /{s/^Chain \([^ ]*\) (policy \([A-Z]*\).*/:\1 \2/;s/^Chain \([^ ]*\) .*/:\1 -/;p;s/^:\([^ ]*\).*/\1/;h;d;}
    /^$/d
    s/ *, pcnt=[0-9]* -- bcnt=[0-9]*$//;s/ -i \*//;s/ -o \*//;s/ -i any//;s/ -o any//;s/  */ /g
    G;s/\(.*\)\n\(.*\)/-A \2 \1/p'
}
# shellcheck disable=SC2086
arp_save() { echo "*filter"; tried $arptables -nvL | arp_lines; }
# Single commands. Nothing holds them together: who calls them knows a way back from anywhere.
a() { $arptables "$@" || broken=1; }
made() { $arptables -N "$1" 2>/dev/null || :; }
behind() { while $arptables -D "$1" "$2" 2>/dev/null; do :; done; }
# shellcheck disable=SC1090
arp_run() ( broken=''; . "$1"; [ -z "$broken" ] )

# Without counters, and with numbers where names depend on a host's files. A table that is not there is empty. $1: one of them alone.
nft_save() {
  there=$($limit nft list tables) || { echo "@@csp failed nft"; return; }
  case $1 in nft.csp) families=inet ;; nft.bridge) families=bridge ;; *) families="inet bridge" ;; esac
  for family in $families; do
    case "$there
" in *"table $family csp
"*) tried nft -s -y -p list table "$family" csp ;; esac
  done | nft_lines
}
# One chain or map of the bridge's table, as "-N NAME" and its rules; nothing if there is none.
nft_chain() {
  { nft -s -y -p list chain bridge csp "$1" || nft -s -y -p list map bridge csp "$1"; } 2>/dev/null | nft_lines | sed -n 's/^:\([^ ]*\) .*/-N \1/;/^-/p'
}
nft_lines() {
  LC_ALL=C awk '
# include: nft.awk
  '
}

# ebtables: `$ebtables` is "nft" or "legacy".
#
# Legacy ebtables has no partial restore: 2.0.9 and 2.0.10 know no `--noflush`, and with 2.0.11's a `:chain` line does not empty the chain
# (tried). So a table is listed, our text is merged into it, and it is restored as a whole, which commits at once. Other tables are not
# touched. A change of others' in the same table between the listing and the restore is lost; the tool offers no lock that all its versions
# share.
#
# A user chain's policy is what happens at its end: RETURN, which is what a jump does, for all of ours. Any other policy of a chain of ours is
# shown as what it is, a last rule.
eb_save() {
  if [ "$ebtables" != legacy ]; then
    tried ebtables-save | awk -v tables="$1" -v ours='%OUR_CHAINS%' '
      /^@@csp/ { print; next }
      function close_chains(  i) { for (i = 1; i <= closed; i++) print "-A " close_name[i] " -j " close_policy[i]; closed = 0 }
      /^\*/ { close_chains(); on = index(" " tables " ", " " substr($0, 2) " ") }
      !on { next }
      /^:/ { name = substr($1, 2); if (name ~ ours && $2 != "RETURN") { close_name[++closed] = name; close_policy[closed] = $2 } }
      /^[*:-]/
      END { close_chains() }'
    return
  fi
  for table in $1; do eb_save_legacy "$table" || return 1; done
}
eb_save_legacy() {
  eb_loaded "$1" || return 0
  list=$(eb_list "$1") || return 1
  printf '%s\n' "$list" | awk -v table="$1" -v ours='%OUR_CHAINS%' '
    function close_chain() { if (name ~ ours && policy != "RETURN") rule[++rules] = "-A " name " -j " policy }
    /^Bridge chain: / {
      close_chain()
      name = substr($0, 15); match(name, /, entries: [0-9]+, policy: [A-Z]+$/); name = substr(name, 1, RSTART - 1)
      policy = $NF; head[++heads] = ":" name " " policy; next
    }
    name == "" || $0 == "" { next }
    { sub(/ *, pcnt = [0-9]+ -- bcnt = [0-9]+$/, ""); rule[++rules] = "-A " name " " $0 }
    END {
      close_chain(); print "*" table
      for (i = 1; i <= heads; i++) print head[i]
      for (i = 1; i <= rules; i++) print rule[i]
    }'
}
# The table as the legacy tool lists it, with counters. Asking for a table that is not loaded loads it: who only looks asks eb_loaded first.
eb_list() { $limit ebtables -t "$1" -L --Lc; }
eb_loaded() { [ -d "/sys/module/ebtable_$1" ] || grep -q "/ebtable_$1\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; }

# Merges the partial text in FILE into the listing on stdin: the whole table as restore text, every foreign chain, rule and counter as it
# was. What it does not understand it refuses.
eb_merge() {
  awk -v table="$1" -v partial="$2" '
    function fail(what) { print "ebtables: " what | "cat >&2"; failed = 1; exit 1 }
    function after_words(text, n,   i) { for (i = 0; i < n; i++) sub(/^[^ ]+ +/, "", text); return text }
    function make(chain) { if (!(chain in policy)) { order[++chains] = chain; policy[chain] = "RETURN"; count[chain] = 0 } }
    function insert(chain, at, text,   i) {
      if (!(chain in policy) || at < 1 || at > count[chain] + 1) fail("no position " at " in chain " chain)
      for (i = ++count[chain]; i > at; i--) rule[chain, i] = rule[chain, i - 1]
      rule[chain, at] = text
    }
    function remove(chain, text,   i, bare) {
      for (i = 1; i <= count[chain]; i++) {
        bare = rule[chain, i]; sub(/ -c [0-9]+ [0-9]+$/, "", bare)
        if (bare == text) break
      }
      if (i > count[chain]) fail("chain " chain " has no rule " text)
      for (; i < count[chain]; i++) rule[chain, i] = rule[chain, i + 1]
      count[chain]--
    }
    /^Bridge chain: / {
      name = substr($0, 15)
      if (!match(name, /, entries: [0-9]+, policy: [A-Z]+$/)) fail("cannot read " $0)
      name = substr(name, 1, RSTART - 1); make(name); policy[name] = $NF; next
    }
    $0 == "" || /^Bridge table: / { next }
    {
      if (name == "" || !match($0, / *, pcnt = [0-9]+ -- bcnt = [0-9]+$/)) fail("cannot read " $0)
      counters = substr($0, RSTART); sub(/^ *, pcnt = /, " -c ", counters); sub(/ -- bcnt = /, " ", counters)
      rule[name, ++count[name]] = substr($0, 1, RSTART - 1) counters
    }
    END {
      if (failed) exit 1
      if (chains < (table == "broute" ? 1 : 3)) fail("no listing of table " table)
      while ((got = (getline line <partial)) > 0) {
        split(line, word, " "); verb = word[1]; chain = word[2]
        if (line == "" || line == "*" table || line == "COMMIT") continue
        if (substr(verb, 1, 1) == ":") { chain = substr(verb, 2); make(chain); count[chain] = 0; policy[chain] = "RETURN" }
        else if (verb == "-A") insert(chain, count[chain] + 1, after_words(line, 2))
        else if (verb == "-I") insert(chain, word[3] + 0, after_words(line, 3))
        else if (verb == "-D") remove(chain, after_words(line, 2))
        else if (verb == "-X" && chain in policy && count[chain] == 0) gone[chain] = 1
        else fail("cannot do " line)
      }
      if (got < 0) fail("cannot read " partial)
      print "*" table
      for (i = 1; i <= chains; i++) if (!(order[i] in gone)) print ":" order[i] " " policy[order[i]]
      for (i = 1; i <= chains; i++) {
        chain = order[i]
        if (!(chain in gone)) for (j = 1; j <= count[chain]; j++) print "-A " chain " " rule[chain, j]
      }
      print "# whole"
    }'
}

# Others' chains and rules of a listing, without counters.
eb_foreign() {
  awk -v ours='%OUR_CHAINS%' '
    /^Bridge chain: / { name = $3; sub(/,$/, "", name); if (name !~ ours) print name, "policy", $NF; next }
    $0 == "" || name == "" || name ~ ours { next }
    { sub(/ *, pcnt = [0-9]+ -- bcnt = [0-9]+$/, ""); target = ""; n = split($0, word, " "); for (i = 1; i < n; i++) if (word[i] == "-j") target = word[i + 1] }
    target !~ ours { print name, $0 }' "$1"
}

eb_restore() {
  if [ "$ebtables" != legacy ]; then $limit ebtables-restore --noflush <"$2"; return; fi
  eb_list "$1" >"$2.list" && eb_merge "$1" "$2" <"$2.list" >"$2.whole" || return 1
  # A disk that is full must not cut rules off.
  [ "$(tail -n 1 "$2.whole")" = "# whole" ] || { echo "ebtables: no space for the table's text"; return 1; }
  rm -f "$2.was"
  $limit ebtables -t "$1" --atomic-file "$2.was" --atomic-save && $limit ebtables-restore <"$2.whole" && eb_list "$1" >"$2.now" || return 1
  # The tool reads what it printed; should it ever not, others' rules matter more than ours, and its own binary copy has them.
  eb_foreign "$2.list" >"$2.theirs"; eb_foreign "$2.now" >"$2.left"
  if lost=$(grep -vxF -f "$2.left" "$2.theirs"); then
    ebtables -t "$1" --atomic-file "$2.was" --atomic-commit
    echo "ebtables: others' rules would not have survived: $lost"
    return 1
  fi
  rm -f "$2.list" "$2.whole" "$2.was" "$2.now" "$2.theirs" "$2.left"
}

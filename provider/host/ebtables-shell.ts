/**
 * ebtables' nat table in POSIX sh and awk, the same whether ebtables is the nft variant or the legacy one (`$ebtables` is "legacy" for it):
 *
 * - `nat_save` prints the table as `ebtables-save` does; reads only.
 * - `nat_restore FILE` applies a partial restore text (`:chain` empties or makes a chain, -A, -I, -D, -X) in one commit. FILE lies in a
 *   folder of the caller's own, where the work is done.
 *
 * Legacy ebtables has no partial restore: 2.0.9 and 2.0.10 know no `--noflush`, and with 2.0.11's a `:chain` line does not empty the chain
 * (tried). So the table is listed, our text is merged into it, and it is restored as a whole, which commits at once. Other tables are not
 * touched: the rules that xenopsd makes for a locked VIF are in `filter`. A change of others' in `nat` between the listing and the restore
 * is lost; the tool offers no lock that all its versions share.
 *
 * A user chain's policy is what happens at its end. On legacy a new one's is ACCEPT, so ours are given RETURN, which is what a jump does on
 * nft; `nat_save` shows any other policy of a chain of ours as what it is, a last rule.
 */
export const EBTABLES_SHELL = `
# The table as the legacy tool lists it, with counters. Asking for a table that is not loaded loads it: who only looks asks nat_loaded first.
nat_list() { ebtables -t nat -L --Lc; }
nat_loaded() { [ -d /sys/module/ebtable_nat ] || grep -q '/ebtable_nat\\.ko' "/lib/modules/$(uname -r)/modules.builtin" 2>/dev/null; }

nat_save() {
  if [ "$ebtables" != legacy ]; then ebtables-save; return; fi
  nat_loaded || return 0
  list=$(nat_list) || return 1
  printf '%s\\n' "$list" | awk '
    function close_chain() { if (name ~ /^csp-/ && policy != "RETURN") rule[++rules] = "-A " name " -j " policy }
    /^Bridge chain: / {
      close_chain()
      name = substr($0, 15); match(name, /, entries: [0-9]+, policy: [A-Z]+$/); name = substr(name, 1, RSTART - 1)
      policy = $NF; head[++heads] = ":" name " " policy; next
    }
    name == "" || $0 == "" { next }
    { sub(/ *, pcnt = [0-9]+ -- bcnt = [0-9]+$/, ""); rule[++rules] = "-A " name " " $0 }
    END {
      close_chain(); print "*nat"
      for (i = 1; i <= heads; i++) print head[i]
      for (i = 1; i <= rules; i++) print rule[i]
    }'
}

# Merges the partial text in FILE into the listing on stdin: the whole table as restore text, every foreign chain, rule and counter as it
# was. What it does not understand it refuses.
nat_merge() {
  awk -v partial="$1" '
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
      if (chains < 3) fail("no listing of table nat")
      while ((got = (getline line <partial)) > 0) {
        split(line, word, " "); verb = word[1]; chain = word[2]
        if (line == "" || line == "*nat" || line == "COMMIT") continue
        if (substr(verb, 1, 1) == ":") { chain = substr(verb, 2); make(chain); count[chain] = 0; policy[chain] = "RETURN" }
        else if (verb == "-A") insert(chain, count[chain] + 1, after_words(line, 2))
        else if (verb == "-I") insert(chain, word[3] + 0, after_words(line, 3))
        else if (verb == "-D") remove(chain, after_words(line, 2))
        else if (verb == "-X" && chain in policy && count[chain] == 0) gone[chain] = 1
        else fail("cannot do " line)
      }
      if (got < 0) fail("cannot read " partial)
      print "*nat"
      for (i = 1; i <= chains; i++) if (!(order[i] in gone)) print ":" order[i] " " policy[order[i]]
      for (i = 1; i <= chains; i++) {
        chain = order[i]
        if (!(chain in gone)) for (j = 1; j <= count[chain]; j++) print "-A " chain " " rule[chain, j]
      }
      print "# whole"
    }'
}

# Others' chains and rules of a listing, without counters.
nat_foreign() {
  awk '/^Bridge chain: / { name = $3; sub(/,$/, "", name); if (name !~ /^csp-/) print name, "policy", $NF; next }
    $0 != "" && name != "" && name !~ /^csp-/ && $0 !~ /(^| )-j csp-/ { sub(/ *, pcnt = [0-9]+ -- bcnt = [0-9]+$/, ""); print name, $0 }' "$1"
}

nat_restore() {
  if [ "$ebtables" != legacy ]; then ebtables-restore --noflush <"$1"; return; fi
  nat_list >"$1.list" && nat_merge "$1" <"$1.list" >"$1.whole" || return 1
  # A disk that is full must not cut rules off.
  [ "$(tail -n 1 "$1.whole")" = "# whole" ] || { echo "ebtables: no space for the table's text"; return 1; }
  rm -f "$1.was"
  ebtables -t nat --atomic-file "$1.was" --atomic-save && ebtables-restore <"$1.whole" && nat_list >"$1.now" || return 1
  # The tool reads what it printed; should it ever not, others' rules matter more than ours, and its own binary copy has them.
  nat_foreign "$1.list" >"$1.theirs"; nat_foreign "$1.now" >"$1.left"
  if lost=$(grep -vxF -f "$1.left" "$1.theirs"); then
    ebtables -t nat --atomic-file "$1.was" --atomic-commit
    echo "ebtables: others' rules would not have survived: $lost"
    return 1
  fi
  rm -f "$1.list" "$1.whole" "$1.was" "$1.now" "$1.theirs" "$1.left"
}
`;

#!/usr/bin/env zsh
# completion.zsh TERNCTL FILE: zsh, with FILE, offers every verb and every option that `ternctl --help` names, and the
# neighbours of a daemon (here a program of one line in ternctl's place). zsh's own functions print what they are given.
emulate -L zsh
set -eu
ternctl=$1 file=$2

fail() { print -u2 "completion: $*"; exit 1 }
compadd() { [[ $1 == -a ]] && print -l -- ${(P)2} || print -l -- $@ }
_describe() { local array=${@[-1]}; print -l -- ${${(P)array}%%:*}; print -l -- ${(P)array} >>$described }
_files() { print FILES }

described=$(mktemp)
directory=$(mktemp -d)
trap 'rm -rf $directory $described' EXIT

# offers WORD...: what is offered for the last of the words.
offers() {
  local -a words=($ternctl "$@")
  local CURRENT=$#words
  . $file | sort
}
same() { [[ $2 == $3 ]] || fail "$1: expected: ${2//$'\n'/ }, offered: ${3//$'\n'/ }" }

verbs() { $ternctl $@ --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\+\).*/\1/p' | sort }
options() { $ternctl $@ --help | sed -n '/^Options:/,/^$/s/^  \(-h,\)\?\(--[a-z0-9-]\+\).*/\2/p' | sort }

all=(${(f)"$(verbs)"})
(($#all >= 8)) || fail "no verbs are found in --help"
same verbs "$(verbs)" "$(offers '')"
same options "$(options)" "$(offers --)"
for verb in $all; do
  words=($verb)
  [[ $verb == mrt ]] && words+=(dump)
  common=$'--json\n--socket'
  [[ $verb == (decode|validate) ]] && common=
  want=$({ options $words; [[ -z $common ]] || print -- $common } | sort)
  same "options of $verb" $want "$(offers $words --)"
done
grep -q -- '^--peer:Only those best paths' $described || fail "nothing is said of --peer of routes"
grep -q -- '^--sent:As sent to it$' $described || fail "nothing is said of --sent of routes"
same "what mrt does" dump "$(offers mrt '')"
same "what is done to a neighbour" $'down\nrefresh\nreset\nup' "$(offers neighbor '')"
same states $'conflicting\nfailed\ninstalled\nleftover\npending' "$(offers fib --state '')"
for words in "decode x" "validate x" "mrt dump x" "--socket x"; do same "$words" FILES "$(offers ${=words})"; done
same "nothing for a prefix" "" "$(offers explain '')"

# A daemon's neighbours.
cat >$directory/ternctl <<'STANDIN'
#!/bin/sh
[ "$*" = "--socket /run/x.sock --json peers" ] || exit 1
printf '{"address":"%s","state":"Idle"}\n' 192.0.2.1 2001:db8::7
STANDIN
chmod +x $directory/ternctl
ternctl=$directory/ternctl
for words in "peers" "routes --peer" "neighbor down"; do
  same "neighbours of $words" $'192.0.2.1\n2001:db8::7' "$(offers --socket /run/x.sock ${=words} '')"
done
print "completion: all as --help has it"

#!/bin/bash
# completion.sh TERNCTL FILE: bash, with FILE, offers every verb and every option that `ternctl --help` names, and the
# neighbours of a daemon (here a program of one line in ternctl's place), IPv6 ones too.
set -euo pipefail
ternctl=$1
# shellcheck source=/dev/null
. "$2"

fail() { echo "completion: $*" >&2; exit 1; }

# offers WORD...: what is offered for the last of the words; COMP_WORDS are as readline splits them.
offers() {
  COMP_WORDS=("$ternctl" "$@")
  COMP_CWORD=$(($# > 0 ? $# : 1))
  COMPREPLY=()
  _ternctl
  printf '%s\n' "${COMPREPLY[@]}" | sort
}

same() {  # NAME EXPECTED ACTUAL
  [[ $2 == "$3" ]] || fail "$1: expected: $(tr '\n' ' ' <<<"$2"), offered: $(tr '\n' ' ' <<<"$3")"
}

verbs() { "$ternctl" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\+\).*/\1/p' | sort; }
options() { "$ternctl" "$@" --help | sed -n '/^Options:/,/^$/s/^  \(-h,\)\?\(--[a-z0-9-]\+\).*/\2/p' | sort; }

[[ $(verbs | wc -l) -ge 8 ]] || fail "no verbs are found in --help"
same "verbs" "$(verbs)" "$(offers '' | grep -v '^--')"
same "options" "$(options)" "$(offers --)"
for verb in $(verbs); do
  words=("$verb")
  case $verb in mrt) words+=(dump) ;; esac
  # The daemon's options stand before the verb in --help, but are taken behind it as well.
  common=$'--json\n--socket'
  case $verb in decode | validate) common= ;; esac
  want=$({ options "${words[@]}"; [[ -z $common ]] || echo "$common"; } | sort)
  same "options of $verb" "$want" "$(offers "${words[@]}" --)"
done
same "what mrt does" "dump" "$(offers mrt '')"
same "what is done to a neighbour" $'down\nrefresh\nreset\nup' "$(offers neighbor '')"
same "states" $'conflicting\nfailed\ninstalled\nleftover\npending' "$(offers fib --state '')"

# A daemon's neighbours.
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cat >"$directory/ternctl" <<'STANDIN'
#!/bin/bash
[[ "$*" == "--socket /run/x.sock --json peers" ]] || exit 1
printf '{"address":"%s","state":"Idle"}\n' 192.0.2.1 192.0.2.2 2001:db8::7
STANDIN
chmod +x "$directory/ternctl"
ternctl=$directory/ternctl
same "neighbours" $'192.0.2.1\n192.0.2.2' "$(offers --socket /run/x.sock peers 192.)"
same "neighbours" $'192.0.2.1\n192.0.2.2' "$(offers --socket /run/x.sock routes --peer 192.)"
same "neighbours" $'192.0.2.1\n192.0.2.2' "$(offers --socket /run/x.sock neighbor down 192.)"
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
same "the rest of an IPv6 neighbour" "db8::7" "$(offers --socket /run/x.sock peers 2001 : db)"
echo "completion: all as --help has it"

# bash completion for ternctl(1): verbs, options, and neighbours, for whom the daemon is asked.

# What stands on the command line of the socket, for the question that completion itself asks.
_ternctl_socket() {
  local i
  for ((i = 1; i + 1 < COMP_CWORD; i++)); do
    [[ ${COMP_WORDS[i]} == --socket ]] && printf '%s\n' --socket "${COMP_WORDS[i + 1]}"
  done
}

# Neighbours of the daemon, one a line; nothing when it does not answer within a second.
_ternctl_peers() {
  local -a socket
  mapfile -t socket < <(_ternctl_socket)
  timeout 1 "${COMP_WORDS[0]}" "${socket[@]}" --json peers 2>/dev/null | sed -n 's/^{"address":"\([^"]*\)".*/\1/p'
}

# Words that begin as the present one does. An IPv6 address is several words to readline: what it has is cut off.
_ternctl_offer() {
  local -a found
  mapfile -t found < <(compgen -W "$1" -- "$current")
  local before=${current%"${current##*:}"}
  [[ $COMP_WORDBREAKS == *:* ]] && found=("${found[@]#"$before"}")
  COMPREPLY=("${found[@]}")
}

_ternctl() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb= word
  # Put together again what was split at colons.
  local i=$COMP_CWORD
  while ((i > 1)) && [[ ${COMP_WORDS[i]} == : || ${COMP_WORDS[i - 1]} == : ]]; do
    ((i--))
    current=${COMP_WORDS[i]}$current
    previous=${COMP_WORDS[i - 1]}
  done
  local skip=
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case $word in
    --socket) skip=1 ;;
    -*) ;;
    *) verb=$word && break ;;
    esac
  done
  ((i <= 1)) && verb=
  COMPREPLY=()
  case $previous in
  --socket) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
  --state) _ternctl_offer "installed pending failed conflicting leftover" && return ;;
  --family)
    _ternctl_offer "ipv4-unicast ipv6-unicast ipv4-multicast ipv6-multicast ipv4-labelled-unicast ipv6-labelled-unicast ipv4-vpn ipv6-vpn \
      l2vpn-evpn ipv4-flowspec ipv6-flowspec ipv4-vpn-flowspec ipv6-vpn-flowspec route-target ipv4-sr-policy ipv6-sr-policy link-state"
    return
    ;;
  --peer) _ternctl_offer "$(_ternctl_peers)" && return ;;
  --peer-as | --text) return ;;
  esac
  local common="--socket --json --help"
  case $verb in
  "") _ternctl_offer "status peers routes explain fib watch memory neighbor reload validate decode mrt $common --version" ;;
  peers) if [[ $current == -* ]]; then _ternctl_offer "$common"; else _ternctl_offer "$(_ternctl_peers)"; fi ;;
  routes) _ternctl_offer "--longer --family --peer --received --sent $common" ;;
  explain) _ternctl_offer "--family $common" ;;
  fib) _ternctl_offer "--longer --state --summary $common" ;;
  watch) _ternctl_offer "--peers --routes --longer --snapshot $common" ;;
  neighbor)
    if [[ $current == -* ]]; then
      _ternctl_offer "--text $common"
    elif [[ $previous == neighbor ]]; then
      _ternctl_offer "up down reset refresh"
    else
      _ternctl_offer "$(_ternctl_peers)"
    fi
    ;;
  validate) if [[ $current == -* ]]; then _ternctl_offer --help; else mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi ;;
  mrt)
    if [[ $current == -* ]]; then
      _ternctl_offer "--received --peer $common"
    elif [[ $previous == mrt ]]; then
      _ternctl_offer dump
    else
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
    ;;
  decode)
    if [[ $current == -* ]]; then
      _ternctl_offer "--as4 --as2 --ebgp --ibgp --peer-as --as-set --extended --extended-next-hop --add-path --help"
    else
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
    ;;
  *) _ternctl_offer "$common" ;;
  esac
}
complete -F _ternctl ternctl

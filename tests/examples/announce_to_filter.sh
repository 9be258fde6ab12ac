#!/bin/bash
# 2_announce announces to 4_filter: what its filter rejects is not printed, what it changes is, with the rule.
. "$(dirname "$0")/two_programs.bash"
hear 4_filter
announce 10.1.0.0/16 198.51.100.0/24
await "announce 198.51.100.0/24 next hop 192.0.2.1 AS path 65002"
await "changed by filter from-neighbour, rule 2 (customers)"
end_announcer
await "withdraw 198.51.100.0/24"
if grep -F 10.1.0.0/16 "$out"; then echo "which the filter should have rejected"; exit 1; fi

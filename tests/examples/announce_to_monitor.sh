#!/bin/bash
# 2_announce announces to 1_monitor: the monitor must print the prefixes, and their end with the announcer's.
. "$(dirname "$0")/two_programs.bash"
hear 1_monitor
announce 198.51.100.0/24 203.0.113.0/25
await "announce 198.51.100.0/24 next hop 192.0.2.1 AS path 65002"
await "announce 203.0.113.0/25"
end_announcer
await "withdraw 198.51.100.0/24"
await "withdraw 203.0.113.0/25"

#!/bin/sh
# medians.awk and picture.awk, by figures whose medians were worked out by hand.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cat >"$scratch/lines" <<'EOF'
one bird 1 seconds 2.5
one bird 1 daemon_cpu_s 2
one bird 1 peak_mib 80
one bird 1 passed true
one tern 1 seconds 0.95
one tern 1 daemon_cpu_s 0.5
one tern 1 peak_mib 40
one tern 1 passed true
one tern 2 seconds 0.25
one tern 2 daemon_cpu_s 0.25
one tern 2 peak_mib 41
one tern 2 passed true
one tern 3 seconds 0.5
one tern 3 daemon_cpu_s 0.75
one tern 3 peak_mib 39
one tern 3 passed true
one tern-profiled 1 seconds 0.45
one tern-profiled 1 daemon_cpu_s 0.4
one tern-profiled 1 peak_mib 40
one tern-profiled 1 passed true
one floor 1 seconds 0.05
one floor 1 passed true
latency1 bird 1 p50_us 30
latency1 bird 1 p99_us 90
latency1 bird 1 passed true
latency1 tern 1 p50_us 20
latency1 tern 1 p99_us 60
latency1 tern 1 passed true
latency1 tern 2 p50_us 40
latency1 tern 2 p99_us 80
latency1 tern 2 passed true
dial bird 1 seconds 30
dial bird 1 up 500
dial bird 1 passed false
dial tern 1 seconds 0.5
dial tern 1 daemon_cpu_s 0.25
dial tern 1 peak_mib 15
dial tern 1 passed true
EOF
cat >"$scratch/expected" <<'EOF'
| work | unit | bird | tern | tern-profiled | floor | best other / tern | tern / floor |
|---|---|---|---|---|---|---|---|
| one | s / CPU s / peak MiB | 2.5 / 2 / 80 | 0.5 / 0.5 / 40 | 0.45 / 0.4 / 40 | 0.05 / - / - | 5.0 | 10.0 |
| latency1 | p50 / p99 µs to the last | 30 / 90 | 30 / 70 | - | - | 1.0 | – |
| dial | s / CPU s / peak MiB | only 500 up in 30 (1 of 1 runs failed) | 0.5 / 0.25 / 15 | - | - | – | – |
EOF
awk -f medians.awk "$scratch/lines" | diff "$scratch/expected" -

# What Tern alone tells.
cat >"$scratch/expected" <<'EOF'
| work | unit | bird | tern | best other / tern | tern / floor |
|---|---|---|---|---|---|
| busy | s / CPU s / keepalive late ms / machine late ms / longest slice ms by the clock, on a processor | 20 / 19 / 0 / 1.5 / -, - | 0.5 / 0.4 / 0 / 0.2 / 5.2, 2.6 | 40.0 | – |
EOF
awk -f medians.awk <<'EOF' | diff "$scratch/expected" -
busy bird 1 seconds 20
busy bird 1 daemon_cpu_s 19
busy bird 1 keepalive_late_ms 0
busy bird 1 machine_late_us 1500
busy bird 1 passed true
busy tern 1 seconds 0.5
busy tern 1 daemon_cpu_s 0.4
busy tern 1 keepalive_late_ms 0
busy tern 1 machine_late_us 200
busy tern 1 passed true
busy tern 1 longest_slice_us 5200
busy tern 1 longest_slice_cpu_us 2600
EOF

# Into the kernel, the kernel alone is the floor.
cat >"$scratch/expected" <<'EOF'
| work | unit | kernel | tern | bird | best other / tern | tern / kernel |
|---|---|---|---|---|---|---|
| into | s / CPU s / peak MiB | 2 / 2 / - | 3 / 4 / 70 | 7.5 / 7 / 80 | 2.5 | 1.5 |
EOF
awk -f medians.awk <<'EOF' | diff "$scratch/expected" -
into kernel 1 seconds 2
into kernel 1 daemon_cpu_s 2
into kernel 1 passed true
into tern 1 seconds 3
into tern 1 daemon_cpu_s 4
into tern 1 peak_mib 70
into tern 1 passed true
into bird 1 seconds 7.5
into bird 1 daemon_cpu_s 7
into bird 1 peak_mib 80
into bird 1 passed true
EOF

awk -v json=1 -f medians.awk "$scratch/lines" >"$scratch/json"
grep -qxF '{"work": "latency1", "daemon": "tern", "runs": 2, "passed": 2, "p50_us": 30, "p99_us": 70}' "$scratch/json"

# The longest of a work is as wide as the picture, the others by what they are of it; who failed has no figure.
awk -v picture=1 -f medians.awk -f picture.awk "$scratch/lines" >"$scratch/picture"
bar() { sed -n "s/.*>$1<\/text><rect[^>]* width=\"\([0-9]*\)\".*<text[^>]*>\([^<]*\)<\/text>$/\1 \2/p" "$scratch/picture"; }
expect() { [ "$2" = "$1" ] || { echo "tables.sh: \"$2\" where \"$1\" is right" >&2; exit 1; }; }
expect 8 "$(wc -l <"$scratch/json")"
expect "560 2.5 s" "$(bar bird | head -1)"
expect "112 0.5 s" "$(bar tern | head -1)"
expect "100 0.45 s" "$(bar tern-profiled)"
expect "11 50 ms" "$(bar floor)"
expect "1 failed" "$(bar bird | tail -1)"

# Lines "WORK DAEMON RUN KEY VALUE" -> a table of medians (or, with json=1, one JSON object a line).

{
  work = $1; daemon = $2; run = $3; key = $4; value = $5
  if (!(work in seen_work)) { seen_work[work] = 1; works[++work_count] = work }
  if (!(daemon in seen_daemon)) { seen_daemon[daemon] = 1; daemons[++daemon_count] = daemon }
  pair = work SUBSEP daemon
  if (!((pair, run) in seen_run)) { seen_run[pair, run] = 1; runs[pair]++ }
  if (value ~ /^-?[0-9.]+$/) { n = ++count[pair, key]; values[pair, key, n] = value + 0; text[pair, key] = value }
  if (key == "passed" && value == "true") passed[pair]++
  if (!((pair, key) in seen_key)) { seen_key[pair, key] = 1; keys[pair, ++key_count[pair]] = key }
}

function median(pair, key,    n, i, j, held, sorted) {
  n = count[pair, key]
  if (n == 0) return "-"
  for (i = 1; i <= n; i++) {
    held = values[pair, key, i]
    for (j = i - 1; j >= 1 && sorted[j] > held; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = held
  }
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function in_ms(pair, key) { return count[pair, key] ? sprintf("%.1f", median(pair, key) / 1000) : "-" }

# What a work is about, in one cell.
function cell(work, pair,    bad) {
  if (runs[pair] == 0) return "-"
  bad = passed[pair] == runs[pair] ? "" : sprintf(" (%d of %d runs failed)", runs[pair] - passed[pair], runs[pair])
  if (work == "reload") return median(pair, "reload_seconds") " / " median(pair, "heard_seconds") bad
  if (work ~ /^latency/) return median(pair, "p50_us") " / " median(pair, "p99_us") bad
  if (work == "stall")
    return median(pair, "lag_stalled_p99_ms") " / " median(pair, "memory_before_mib") " → " \
           median(pair, "memory_stalled_mib") " / " median(pair, "seconds") bad
  if (work == "asked")
    return median(pair, "lag_churn_p50_ms") " / " median(pair, "lag_churn_p99_ms") " / " median(pair, "keepalive_late_ms") " / " \
           median(pair, "listings") bad
  if (work == "busy")
    return median(pair, "seconds") " / " median(pair, "daemon_cpu_s") " / " median(pair, "keepalive_late_ms") \
           " / " in_ms(pair, "machine_late_us") " / " in_ms(pair, "longest_slice_us") ", " in_ms(pair, "longest_slice_cpu_us") bad
  if (work == "churn")
    return median(pair, "lag_churn_p50_ms") " / " median(pair, "lag_churn_p99_ms") " / " median(pair, "lag_churn_p99_9_ms") " / " \
           median(pair, "keepalive_late_ms") " / " median(pair, "daemon_cpu_s") bad
  if (work == "slow") return median(pair, "seconds") " / " median(pair, "without_seconds") " / " median(pair, "peak_mib") bad
  if (work == "rest") return median(pair, "daemon_cpu_ms") " / " median(pair, "memory_mib") bad
  if (work == "dial" && bad != "") return "only " median(pair, "up") " up in " median(pair, "seconds") bad
  return median(pair, "seconds") " / " median(pair, "daemon_cpu_s") " / " median(pair, "peak_mib") bad
}

function unit(work) {
  if (work == "reload") return "s until it is done / everybody has heard"
  if (work ~ /^latency/) return "p50 / p99 µs to the last"
  if (work == "stall") return "others' p99 lag ms / daemon MiB before → stalled / s to catch up"
  if (work == "churn") return "lag ms p50 / p99 / p99.9 / keepalive late ms / CPU s"
  if (work == "asked") return "lag ms p50 / p99 / keepalive late ms / whole listings in 20 s"
  if (work == "busy") return "s / CPU s / keepalive late ms / machine late ms / longest slice ms by the clock, on a processor"
  if (work == "slow") return "s / s when none is slow / peak MiB"
  if (work == "rest") return "CPU ms in the time of rest / MiB"
  return "s / CPU s / peak MiB"
}

# What a daemon is judged by; nothing where it failed.
function judged(work, pair,    key) {
  if (runs[pair] == 0 || passed[pair] != runs[pair]) return ""
  key = work ~ /^latency/ ? "p50_us" : work ~ /^(churn|asked)$/ ? "lag_churn_p99_ms" : work == "stall" ? "lag_stalled_p99_ms" : "seconds"
  return count[pair, key] ? median(pair, key) : ""
}

# How many times as long the best of the others took, and how many times as long as the base Tern did.
function ratios(work,    d, value, own, least, best) {
  own = judged(work, work SUBSEP "tern")
  least = judged(work, work SUBSEP base)
  for (d = 1; d <= daemon_count; d++) {
    if (daemons[d] ~ /^tern/ || daemons[d] == base) continue
    value = judged(work, work SUBSEP daemons[d])
    if (value != "" && (best == "" || value < best)) best = value
  }
  return (own > 0 && best != "" ? sprintf("%.1f", best / own) : "–") " | " (own != "" && least > 0 ? sprintf("%.1f", own / least) : "–")
}

function print_json(work, daemon,    pair, i, key) {
  pair = work SUBSEP daemon
  if (runs[pair] == 0) return
  printf "{\"work\": \"%s\", \"daemon\": \"%s\", \"runs\": %d, \"passed\": %d", work, daemon, runs[pair], passed[pair]
  for (i = 1; i <= key_count[pair]; i++) {
    key = keys[pair, i]
    if (count[pair, key] > 0) printf ", \"%s\": %s", key, median(pair, key)
  }
  print "}"
}

function print_table(    w, d, with_ratios) {
  printf "| work | unit |"
  for (d = 1; d <= daemon_count; d++) printf " %s |", daemons[d]
  with_ratios = "tern" in seen_daemon && daemon_count > 1
  print with_ratios ? " best other / tern | tern / " base " |" : ""
  printf "|---|---|"
  for (d = 1; d <= daemon_count; d++) printf "---|"
  print with_ratios ? "---|---|" : ""
  for (w = 1; w <= work_count; w++) {
    printf "| %s | %s |", works[w], unit(works[w])
    for (d = 1; d <= daemon_count; d++) printf " %s |", cell(works[w], works[w] SUBSEP daemons[d])
    print with_ratios ? " " ratios(works[w]) " |" : ""
  }
}

END {
  base = "kernel" in seen_daemon ? "kernel" : "floor"  # who does no more than must be
  if (json) {
    for (w = 1; w <= work_count; w++) for (d = 1; d <= daemon_count; d++) print_json(works[w], daemons[d])
  } else if (!picture) {
    print_table()  # otherwise picture.awk goes on
  }
}

# The lines that medians.awk reads -> a picture (SVG): a group of bars for each work, a bar for each daemon, the longest
# as wide as the picture. Behind medians.awk: awk -v picture=1 -f medians.awk -f picture.awk.

function escaped(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); return text }

# 0.0123 -> "12 ms"
function said(value, measure) {
  if (measure == "s" && value < 0.1) return sprintf("%.3g ms", value * 1000)
  return sprintf("%.3g %s", value, measure)
}

function draw(    w, d, value, measure, high, y, x0, width, bar, length_of) {
  x0 = 190; width = 560; bar = 13
  y = 44
  for (w = 1; w <= work_count; w++) {
    y += 6
    for (d = 1; d <= daemon_count; d++) if (runs[works[w] SUBSEP daemons[d]]) y += bar + 2
    y += 10
  }
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n", x0 + width + 90, y
  printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
  printf "<text x=\"10\" y=\"20\" font-size=\"14\">How long each takes: shorter is better</text>\n"
  y = 44
  for (w = 1; w <= work_count; w++) {
    measure = works[w] ~ /^latency/ ? "µs" : works[w] ~ /^(churn|asked|stall)$/ ? "ms" : "s"
    high = ""
    for (d = 1; d <= daemon_count; d++) {
      value = judged(works[w], works[w] SUBSEP daemons[d])
      if (value != "" && value > high + 0) high = value
    }
    if (high + 0 <= 0) high = 1
    y += 6
    printf "<text x=\"10\" y=\"%d\" font-weight=\"bold\">%s</text>\n", y + 10, escaped(works[w])
    for (d = 1; d <= daemon_count; d++) {
      value = judged(works[w], works[w] SUBSEP daemons[d])
      if (!runs[works[w] SUBSEP daemons[d]]) continue
      length_of = width * value / high
      if (length_of < 1) length_of = 1
      printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", x0 - 6, y + 10, escaped(daemons[d])
      printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>", x0, y, length_of, bar,
        daemons[d] ~ /^tern/ ? "#1b7f4b" : daemons[d] == "floor" ? "#d9b36c" : "#8a8a8a"
      printf "<text x=\"%d\" y=\"%d\">%s</text>\n", x0 + length_of + 4, y + 10, value == "" ? "failed" : said(value, measure)
      y += bar + 2
    }
    y += 10
  }
  print "</svg>"
}

END { draw() }

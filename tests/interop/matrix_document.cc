// docs/interop.md of the cells that the cases have left, and that it is what lies there.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "matrix.h"

namespace interop::matrix {
namespace {

using Rows = std::map<std::pair<std::string, Kind>, Row>;

char const* const head = R"(# Interop
What tern-reflector does with the daemons of others: BIRD, FRR, GoBGP and OpenBGPD, each in four kinds of session. This
file is the outcome of a test run (`ctest -C nightly -R Matrix`, of `scripts/nightly`), and a test holds that it is: **it is not written by hand**. A cell
is what the counterpart prints when its own client asks it; where a route has to come from it, a third party has it.
The four kinds:

- `eBGP`: it is AS 65010, we are AS 65000
- `iBGP`: it is of our AS, and no client of ours; we reflect to it what a client of ours announces
- `client`: it is a client of ours (RFC 4456)
- `theirs`: it is a route reflector, and we are a client of it; it has another client, BIRD

Our side always reaches it directly, and it dials, GoBGP excepted. Why a cell is empty stands in `tests/interop/matrix_*.cc`. Anew, as root: `TERN_INTEROP_MD=$PWD/docs/interop.md ctest --preset release -C nightly -R Matrix`.

)";

char const* const meaning[columns] = {
    "a route of a client of ours is at the counterpart with AS path and next hop as they have to be, over IPv4; one of "
    "its own is at our client",
    "IPv6 routes over an IPv6 session, both ways",
    "IPv4 routes over an IPv6 session, both ways; with IPv6 next hops (RFC 8950) where it has them",
    "an AS of four octets arrives in a path (RFC 6793)",
    "the same where the counterpart does not tell the capability: by AS_TRANS and AS4_PATH",
    "ORIGINATOR_ID and CLUSTER_LIST of what we reflect to it; `theirs`: of what it reflects to us, after ours, and "
    "what it reflects of ours to its other client",
    "two paths of a prefix from a client of ours are both at the counterpart, each with an identifier (RFC 7911); "
    "`theirs`: and two of its other client's are at ours",
    "a route of more than 4,096 octets arrives (RFC 8654)",
    "we ask for its routes again, it is asked and sends them (RFC 2918)",
    "it asks for ours, and gets them",
    "TCP MD5 signatures (RFC 2385), the same password",
    "another password: never up, the kernel drops what is signed otherwise",
    "GTSM (RFC 5082), one hop, set on both sides",
    "it announces more than we take: it sees Cease / Maximum Number of Prefixes Reached",
    "we announce more than it takes: it ends the session, we are told 6/1",
    "the text of our shutdown is shown by it (RFC 9003)",
    "the text of its shutdown is shown by us",
    "roles of provider and customer, required on both sides (RFC 9234)"};

std::string kind_heading(Kind kind) {
  static char const* const names[] = {"eBGP", "iBGP", "client", "theirs"};
  return names[static_cast<unsigned>(kind)];
}

/// Reasons, each once, with its number.
class Footnotes {
 public:
  std::string mark(std::string const& text) {
    for (std::size_t i = 0; i < texts_.size(); ++i)
      if (texts_[i] == text) return std::to_string(i + 1);
    texts_.push_back(text);
    return std::to_string(texts_.size());
  }
  [[nodiscard]] std::string listed() const {
    std::string out;
    for (std::size_t i = 0; i < texts_.size(); ++i) out += std::to_string(i + 1) + ". " + texts_[i] + "\n";
    return out;
  }

 private:
  std::vector<std::string> texts_;
};

std::string cell_text(Row const& row, Column column, std::string const& title, Footnotes& notes) {
  auto const found = row.cells.find(column);
  if (found == row.cells.end()) return "– [" + notes.mark("not run yet") + "]";
  auto const& cell = found->second;
  if (cell.verdict == "ok") return "ok";
  auto const why = cell.why.rfind("it ", 0) == 0 ? title + cell.why.substr(2) : cell.why;
  return (cell.verdict == "empty" ? "– [" : "no [") + notes.mark(why) + "]";
}

std::string table(std::string const& counterpart, Rows const& rows, Footnotes& notes) {
  auto const& its = make(counterpart);
  std::string out = "## " + its.title + "\n" + rows.at({counterpart, Kind::ebgp}).version + "\n\n| |";
  std::string line = "|---|";
  for (auto const kind : all_kinds) {
    out += " " + kind_heading(kind) + " |";
    line += "---|";
  }
  out += "\n" + line + "\n";
  for (unsigned i = 0; i < columns; ++i) {
    auto const column = static_cast<Column>(i);
    out += "| " + heading(column) + " |";
    for (auto const kind : all_kinds)
      out += " " + cell_text(rows.at({counterpart, kind}), column, its.title, notes) + " |";
    out += "\n";
  }
  return out + "\n";
}

/// Of each column what the first kind that has it has seen.
std::string evidence(std::string const& counterpart, Rows const& rows) {
  std::string out = "### " + make(counterpart).title + "\n";
  for (unsigned i = 0; i < columns; ++i) {
    auto const column = static_cast<Column>(i);
    for (auto const kind : all_kinds) {
      auto const& cells = rows.at({counterpart, kind}).cells;
      auto const found = cells.find(column);
      if (found == cells.end() || found->second.verdict != "ok") continue;
      out += "- " + heading(column) + " (" + kind_heading(kind) + "): " + found->second.seen + "\n";
      break;
    }
  }
  return out + "\n";
}

std::string document(Rows const& rows) {
  std::string out = head;
  out += "| feature | what has to come of it |\n|---|---|\n";
  for (unsigned i = 0; i < columns; ++i) out += "| " + heading(static_cast<Column>(i)) + " | " + meaning[i] + " |\n";
  out +=
      "\n`–` is empty, `no` a fault or a limit of the counterpart, and the test fails when it is there no more; the "
      "numbers say why, [below](#why). A fault of ours would fail the test.\n\n";
  Footnotes notes;
  for (auto const& one : all_counterparts) out += table(one, rows, notes);
  out += "## Why\n" + notes.listed() +
         "\n## What was asked and seen\nThe line that its client was given (`log`: what the daemon logs), and what "
         "stood in the answer.\n\n";
  for (auto const& one : all_counterparts) out += evidence(one, rows);
  out.pop_back();
  return out;
}

std::string content(std::string const& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

/// The first line that differs.
std::string difference(std::string const& wanted, std::string const& found) {
  std::istringstream a(wanted), b(found);
  std::string left, right;
  for (unsigned number = 1;; ++number) {
    bool const more = static_cast<bool>(std::getline(a, left));
    if (!std::getline(b, right)) right = "(the end)";
    if (!more) return "longer than it should be";
    if (left != right) return "line " + std::to_string(number) + "\nis:     " + right + "\nshould: " + left;
  }
}

class MatrixDocument : public Interop {
 protected:
  void SetUp() override {}
};

TEST_F(MatrixDocument, IsWhatTheRunGave) {
  Rows rows;
  for (auto const& counterpart : all_counterparts) {
    for (auto const kind : all_kinds) {
      auto const row = read(file_of(counterpart, kind));
      if (!row) return give_up(counterpart + " " + name_of(kind) + " has not been run");
      rows[{counterpart, kind}] = *row;
    }
  }
  auto const text = document(rows);
  if (auto const* const file = std::getenv("TERN_INTEROP_MD"); file != nullptr) {
    std::ofstream(file) << text;
    return;
  }
  auto const there = content(TERN_DOCUMENT);
  EXPECT_EQ(text == there, true) << "docs/interop.md is not what the run gave: " << difference(text, there)
                                 << "\nTERN_INTEROP_MD=FILE makes this test write it";
}

}  // namespace
}  // namespace interop::matrix

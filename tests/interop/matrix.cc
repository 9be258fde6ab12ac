#include "matrix.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace interop::matrix {

std::string name_of(Kind kind) {
  static char const* const names[] = {"ebgp", "ibgp", "client", "theirs"};
  return names[static_cast<unsigned>(kind)];
}

std::string heading(Column column) {
  static char const* const names[columns] = {
      "IPv4",     "IPv6",      "IPv4 over IPv6", "AS4",           "AS2",        "reflection",
      "ADD-PATH", "extended",  "our refresh",    "their refresh", "MD5",        "wrong MD5",
      "GTSM",     "our limit", "their limit",    "our text",      "their text", "roles"};
  return names[static_cast<unsigned>(column)];
}

Make const& make(std::string const& counterpart) {
  if (counterpart == "bird") return bird();
  if (counterpart == "frr") return frr();
  if (counterpart == "gobgp") return gobgp();
  return openbgpd();
}

std::string words(std::string const& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string word; in >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::uint64_t number_after(std::string const& text, std::string const& label, unsigned index) {
  auto const at = text.find(label);
  if (at == std::string::npos) return 0;
  std::istringstream in(text.substr(at + label.size()));
  std::uint64_t number = 0;
  for (unsigned i = 0; i <= index; ++i) in >> number;
  return in ? number : 0;
}

bool Counterpart::shows(Question const& question) const {
  auto const answer = words(ask(question.line));
  std::size_t at = 0;
  for (auto const& text : question.texts) {
    at = answer.find(text, at);
    if (at == std::string::npos) return false;
    at += text.size();
  }
  return !question.texts.empty();
}

std::string file_of(std::string const& counterpart, Kind kind) {
  return std::string(TERN_CELLS) + "/" + counterpart + "." + name_of(kind);
}

// A line a cell: column, verdict, why and what was seen, with tabs between.
void write(Row const& row, std::string const& file) {
  std::ofstream out(file + ".new");
  out << row.version << "\n";
  for (auto const& [column, cell] : row.cells) {
    out << static_cast<unsigned>(column) << "\t" << cell.verdict << "\t" << cell.why << "\t" << cell.seen << "\n";
  }
  out.close();
  if (!out || std::rename((file + ".new").c_str(), file.c_str()) != 0) throw std::runtime_error("cannot write " + file);
}

std::optional<Row> read(std::string const& file) {
  std::ifstream in(file);
  Row row;
  if (!std::getline(in, row.version)) return std::nullopt;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string column;
    Cell cell;
    std::getline(fields, column, '\t');
    std::getline(fields, cell.verdict, '\t');
    std::getline(fields, cell.why, '\t');
    std::getline(fields, cell.seen, '\t');
    row.cells[static_cast<Column>(std::stoul(column))] = cell;
  }
  return row;
}

}  // namespace interop::matrix

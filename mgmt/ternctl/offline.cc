#include "mgmt/ternctl/offline.h"

#include <cstdio>

#include "config/validate.h"
#include "mgmt/ternctl/decode/decode.h"
#include "mgmt/ternctl/decode/input_error.h"
#include "mgmt/utf8.h"

namespace tern::ctl {

namespace {

Answer validate(std::string const& file) {
  auto const found = config::validate(file);
  for (auto const& problem : found.problems) {
    std::printf("%s: %s\n", file.c_str(), mgmt::for_terminal(problem.text()).c_str());
  }
  for (auto const& warning : found.warnings) {
    std::printf("%s: warning: %s\n", file.c_str(), mgmt::for_terminal(warning.text()).c_str());
  }
  if (!found.problems.empty()) return {Outcome::refused, "the file is not good for " + found.daemon, 0};
  std::printf("%s: good for %s\n", file.c_str(), found.daemon.c_str());
  return {};
}

void describe_validate(CLI::App& app, Offline& offline) {
  auto* validate = app.add_subcommand("validate", "All that is wrong with a daemon's file; asks no daemon");
  validate->add_option("FILE", offline.file, "Of tern-reflector, or of tern-speaker (which has 'node')")
      ->required()
      ->check([](std::string const& text) { return text.empty() ? std::string("is empty") : ""; });
}

void describe_decode(CLI::App& app, Offline& offline) {
  auto* decode = app.add_subcommand(
      "decode", "What BGP messages say and what is wrong with them; an MRT file record by record. Asks no daemon");
  decode->add_option("INPUT", offline.words, "Hexadecimal digits, a file (MRT or messages; gzip or bzip2), or -")
      ->required();
  auto* as4 = decode->add_flag("--as4", offline.as4, "ASes have four octets in AS_PATH (the default)");
  decode->add_flag("--as2", offline.as2, "They have two")->excludes(as4);
  auto* ebgp = decode->add_flag("--ebgp", offline.ebgp, "From an external neighbour");
  decode->add_flag("--ibgp", offline.ibgp, "From an internal one (the default without --peer-as)")->excludes(ebgp);
  decode->add_option("--peer-as", offline.peer_as, "The neighbour's AS; external unless --ibgp is there")
      ->check(CLI::Range(1U, 0xffffffffU));
  decode->add_flag("--extended", offline.extended, "Messages of up to 65,535 octets are accepted (RFC 8654)");
  decode->add_flag("--add-path", offline.add_path, "Prefixes have path identifiers (RFC 7911)");
  decode->add_flag("--extended-next-hop", offline.extended_next_hop, "IPv4 routes may have IPv6 next hops (RFC 8950)");
  decode->add_flag("--as-set", offline.as_set, "AS_SET is accepted (RFC 9774 refuses it)");
}

Answer decode_input(Offline const& offline, std::function<void(std::string_view)> const& print) {
  DecodeQuestion question;
  question.words = offline.words;
  if (offline.ebgp || offline.ibgp) question.is_external = offline.ebgp;
  auto& session = question.options.session;
  session.four_octet_as = !offline.as2;
  session.ebgp = offline.ebgp || (offline.peer_as != 0 && !offline.ibgp);
  session.check_first_as = offline.peer_as != 0;
  session.accept_as_set = offline.as_set;
  if (offline.add_path) session.add_paths = bgp::FamilySet::all();
  session.extended_next_hop = offline.extended_next_hop;
  question.options.extended_messages = offline.extended;
  if (offline.peer_as != 0) question.options.peer_as = session.peer_as = bgp::Asn{offline.peer_as};
  try {
    bool const sound = decode(question, print);
    return {sound ? Outcome::ok : Outcome::refused, "", 0};
  } catch (InputError const& e) {
    return {Outcome::usage, e.what(), 0};
  }
}

}  // namespace

void describe_offline(CLI::App& app, Offline& options) {
  describe_validate(app, options);
  describe_decode(app, options);
}

std::optional<Answer> do_offline(CLI::App const& app, Offline const& options,
                                 std::function<void(std::string_view)> const& print) {
  if (app.got_subcommand("validate")) return validate(options.file);
  if (app.got_subcommand("decode")) return decode_input(options, print);
  return std::nullopt;
}

}  // namespace tern::ctl

// The verbs of ternctl that ask no daemon: `validate`, which reads a file as a daemon would, and `decode`. Their
// options, and their outcome as that of a question. One thread.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mgmt/ternctl/client.h"

namespace tern::ctl {

struct Offline {
  std::string file;                // to be judged
  std::vector<std::string> words;  // to be decoded, and how
  bool as2 = false, as4 = false, ebgp = false, ibgp = false, as_set = false, extended = false,
       extended_next_hop = false, add_path = false;
  std::uint32_t peer_as = 0;
};

void describe_offline(CLI::App& app, Offline& options);
/// Nothing when the command that was given is none of these. `refused`, without a text, when everything was shown and
/// some of it is malformed.
[[nodiscard]] std::optional<Answer> do_offline(CLI::App const& app, Offline const& options,
                                               std::function<void(std::string_view)> const& print);

}  // namespace tern::ctl

#include "config/kernel_keys.h"

#include <algorithm>

namespace tern::config {

namespace {

struct KernelDraft {
  KernelConfig& kernel;
  std::vector<Place> adopt_places = {};
};

/// Whose routes those of a low protocol number are; null for those that daemons may have.
char const* reserved(std::uint64_t protocol) {
  static char const* const owners[] = {"of nobody in particular", "the kernel's redirects", "the kernel's own routes",
                                       "routes made at boot", "static routes of the administrator"};
  return protocol < std::size(owners) ? owners[protocol] : nullptr;
}

/// A number that daemons may have; otherwise its problem.
std::optional<std::uint8_t> checked(Value const& value, std::optional<std::uint64_t> number) {
  if (!number) return std::nullopt;
  if (auto const* owner = reserved(*number)) {
    value.problem("protocol " + std::to_string(*number) + " stands for routes that are not ours to change: " + owner,
                  "write a number from 5 to 255, as in /etc/iproute2/rt_protos");
    return std::nullopt;
  }
  return static_cast<std::uint8_t>(*number);
}

std::optional<std::uint64_t> adoptable(Value const& value) {
  auto const text = value.text();
  if (!text) return std::nullopt;
  if (*text == "felix") return 80;
  if (*text == "bird") return 12;
  if (!text->empty() && text->find_first_not_of("0123456789") == std::string::npos) return value.number(0, 255);
  value.problem("'" + *text + "' is no protocol whose number is known here",
                "write felix, bird or a number from 5 to 255");
  return std::nullopt;
}

void read_adopt(Value const& value, KernelDraft& draft) {
  for (auto const& one : value.list()) {
    auto const protocol = checked(one, adoptable(one));
    if (!protocol) continue;
    auto& all = draft.kernel.adopt;
    if (std::find(all.begin(), all.end(), *protocol) != all.end()) {
      one.problem("protocol " + std::to_string(*protocol) + " is given twice", "remove one of the two");
      continue;
    }
    all.push_back(*protocol);
    draft.adopt_places.push_back(one.at());
  }
}

void read_table(Value const& value, KernelDraft& draft) {
  auto const table = value.number(1, 4294967295);
  if (!table) return;
  if (*table == 255) {
    value.problem("table 255 is the kernel's own (local)", "write 254 (main) or another one");
    return;
  }
  draft.kernel.table = static_cast<std::uint32_t>(*table);
}

std::span<Key<KernelDraft> const> kernel_keys() {
  static std::vector<Key<KernelDraft>> const keys = {
      {"protocol",
       [](Value const& v, KernelDraft& d) { d.kernel.protocol = checked(v, v.number(0, 255)).value_or(179); }},
      {"metric",
       [](Value const& v, KernelDraft& d) {
         d.kernel.metric = static_cast<std::uint32_t>(v.number(1, 4294967295).value_or(d.kernel.metric));
       }},
      {"adopt", read_adopt},
      {"sweepAfter",
       [](Value const& v, KernelDraft& d) {
         if (auto const n = v.number(0, 86400)) d.kernel.sweep_after = std::chrono::seconds(*n);
       }},
      {"scanEvery",
       [](Value const& v, KernelDraft& d) {
         if (auto const n = v.number(0, 86400)) d.kernel.scan_every = std::chrono::seconds(*n);
       }},
      {"nextHopObjects", [](Value const& v, KernelDraft& d) { v.read(d.kernel.next_hop_objects); }},
      {"table", read_table},
  };
  return keys;
}

void read_devices(Value const& value, TunnelConfig& out) {
  auto const text = value.text();
  if (!text) return;
  if (*text != "managed" && *text != "external") {
    value.problem("'" + *text + "' says nothing about who makes the devices", "write managed or external");
    return;
  }
  out.managed = *text == "managed";
}

std::span<Key<TunnelConfig> const> tunnel_keys() {
  using T = TunnelConfig;
  static std::vector<Key<T>> const keys = {
      {"devices", read_devices},
      {"vni", [](Value const& v, T& t) { t.vni = static_cast<std::uint32_t>(v.number(1, 16777215).value_or(t.vni)); }},
      {"port", [](Value const& v, T& t) { t.port = static_cast<std::uint16_t>(v.number(1, 65535).value_or(t.port)); }},
      {"mtu", [](Value const& v, T& t) { t.mtu = static_cast<std::uint32_t>(v.number(576, 65535).value_or(t.mtu)); }},
  };
  return keys;
}

}  // namespace

void read_kernel(Value const& value, KernelConfig& out) {
  KernelDraft draft{out};
  read_map(value, kernel_keys(), draft);
  for (std::size_t i = 0; i < out.adopt.size(); ++i) {
    if (out.adopt[i] != out.protocol) continue;
    value.problems().add(draft.adopt_places[i],
                         "protocol " + std::to_string(out.protocol) + " is our own, whose routes are ours anyhow",
                         "remove it, or write another number under protocol");
  }
}

void read_tunnels(Value const& value, TunnelConfig& out) { read_map(value, tunnel_keys(), out); }

}  // namespace tern::config

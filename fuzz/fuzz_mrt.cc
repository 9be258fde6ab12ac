// The input is what stands in an MRT file. Every record ends within it, and so does what is read of one.
#include "input.h"
#include "mrt/read.h"

using namespace bgp;
using namespace tern;

namespace {

bool within(Bytes part, Bytes whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check(mrt::Record const& record) {
  auto const contents = mrt::read(record);
  if (!contents.ok()) {
    FUZZ_CHECK(contents.error().octet <= record.whole.size() && !contents.error().rule.empty());
    return;
  }
  if (auto const* message = std::get_if<mrt::Message>(&contents.value())) {
    FUZZ_CHECK(within(message->message, record.whole));
    FUZZ_CHECK(!message->session.peer.is_unset() && !message->session.local.is_unset());
  }
  if (auto const* rib = std::get_if<mrt::Rib>(&contents.value())) {
    FUZZ_CHECK(!rib->nlri.empty() && within(rib->nlri, record.whole));
    for (auto const& entry : rib->entries) FUZZ_CHECK(within(entry.attributes, record.whole));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  Bytes rest(data, size);
  while (true) {
    auto const record = mrt::next_record(rest);
    if (!record.ok() || !record.value()) return 0;
    FUZZ_CHECK((*record.value()).whole.data() == rest.data());
    check(*record.value());
    rest = rest.subspan(record.value()->whole.size());
  }
}

#include "replay/generate.h"

namespace bench {
namespace {

Bytes announcement(Table const& table, std::size_t group, AttributeSet const& set, Announcer const& announcer) {
  Bytes nlri, out;
  for (std::uint32_t const slot : table.group(group)) put_prefix(nlri, table.prefix(slot));
  append_update(out, {}, encode_attributes(set, announcer), nlri);
  return out;
}

Bytes withdrawal(Table const& table, std::size_t group) {
  Bytes withdrawn, out;
  for (std::uint32_t const slot : table.group(group)) put_prefix(withdrawn, table.prefix(slot));
  append_update(out, withdrawn, {}, {});
  return out;
}

}  // namespace

Recording generate(Generated const& shape, Announcer const& announcer) {
  std::uint32_t const further = shape.as_sets + shape.as_zeros + shape.withdrawals;
  Table const table({.routes = shape.routes, .spare = further, .seed = shape.seed});
  Recording made;
  Bytes& out = made.updates;
  auto const add = [&out](Bytes const& messages) { out.insert(out.end(), messages.begin(), messages.end()); };
  std::size_t const first = table.first_spare_group();
  // The withdrawn ones go before the table, so that a receiver has them for a while.
  std::size_t const first_withdrawn = table.sets() - shape.withdrawals;
  add(table.updates(announcer, first_withdrawn, table.sets()));
  add(table.updates(announcer, 0, first));
  for (std::size_t group = first; group < first_withdrawn; ++group) {
    AttributeSet set = table.set(group);
    if (group < first + shape.as_sets) {
      set.as_set = {64496, 64497};
    } else {
      set.path.push_back(0);
    }
    add(announcement(table, group, set, announcer));
  }
  for (std::size_t group = first_withdrawn; group < table.sets(); ++group) add(withdrawal(table, group));
  made.messages = table.sets() + shape.withdrawals;
  made.announced = made.different = table.size();
  made.withdrawn = shape.withdrawals;
  made.unique_at_end = table.size() - shape.withdrawals;
  return made;
}

}  // namespace bench

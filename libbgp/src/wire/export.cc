// encode_for_export: one walk over canonical bytes; what must be added finds its place between what stands.
#include <array>

#include "wire/as_path.h"
#include "wire/attribute_rules.h"

namespace bgp::wire {
namespace {

class Exporter {
 public:
  Exporter(ExportEdit const& edit, IpAddress const& next_hop, Buffer& out)
      : edit_(edit), next_hop_(next_hop), writer_(out) {}

  bool run(Bytes canonical) {
    AttributeReader reader(canonical);
    for (RawAttribute attribute; reader.next(attribute);) {
      add_below(attribute.type);
      pass(attribute);
    }
    add_below(256);
    return fits_;
  }

 private:
  // What may have to be added, ascending. An attribute that stands and stays takes its own addition's place.
  struct Addition {
    AttributeType type;
    void (Exporter::*add)();
  };
  static std::array<Addition, 9> const additions;

  void add_below(unsigned type) {
    while (next_ < additions.size() && static_cast<unsigned>(additions[next_].type) < type) {
      auto const add = additions[next_++].add;
      (this->*add)();
    }
  }
  static bool discardable(std::uint8_t type) {
    auto const* rule = find_rule(type);
    return rule != nullptr && rule->malformed == Action::discard;
  }
  void stands(AttributeType type) {
    if (next_ < additions.size() && additions[next_].type == type) ++next_;
  }

  void pass(RawAttribute const& attribute) {
    if (edit_.remove_discardable && discardable(attribute.type)) return;
    auto const type = static_cast<AttributeType>(attribute.type);
    switch (type) {
      case AttributeType::as_path:
        write_path(attribute.value);
        break;
      case AttributeType::next_hop:
        return;  // never canonical
      case AttributeType::med:
        if (!edit_.remove_med) copy(attribute);
        return;
      case AttributeType::local_pref:
        if (edit_.remove_local_pref) return;
        copy(attribute);
        break;
      case AttributeType::aggregator:
        write_aggregator(attribute);
        return;
      case AttributeType::communities:
        write_communities(attribute);
        break;
      case AttributeType::originator_id:
        if (edit_.remove_reflection || edit_.replace_originator) return;
        copy(attribute);
        break;
      case AttributeType::cluster_list:
        if (edit_.remove_reflection) return;
        write_cluster_list(attribute.value);
        break;
      case AttributeType::only_to_customer:
        copy(attribute);
        break;
      default:
        copy(attribute);
        return;
    }
    stands(type);
  }

  void copy(RawAttribute const& attribute) { writer_.bytes(attribute.whole); }

  void put(AttributeType type, unsigned flags, Bytes value) {
    if (value.size() > 0xffff) {
      fits_ = false;
      return;
    }
    write_attribute(writer_, flags, static_cast<unsigned>(type), value);
  }
  void put_u32(AttributeType type, unsigned flags, std::uint32_t value) {
    write_attribute_head(writer_, flags, static_cast<unsigned>(type), 4);
    writer_.u32(value);
  }

  void write_path(Bytes path) {
    Buffer changed, longer, longest;
    if (auto const& rule = edit_.private_as; rule.what != PrivateAs::keep) {
      auto const replaces = rule.what == PrivateAs::replace;
      edit_private_as(path, rule.but, replaces ? std::optional(rule.instead) : std::nullopt, changed);
      path = changed;
    }
    if (edit_.prepend) {
      prepend_to_path(*edit_.prepend, path, longer);
      path = longer;
    }
    if (edit_.prepend_local) {
      prepend_to_path(*edit_.prepend_local, path, longest);
      path = longest;
    }
    if (edit_.four_octet_as) return put(AttributeType::as_path, transitive, path);
    // RFC 6793 §4.2.2
    Buffer narrow;
    narrow_path(path, narrow);
    put(AttributeType::as_path, transitive, narrow);
    if (needs_four_octets(path)) copy_without_confederation(path, as4_path_);
  }

  void write_aggregator(RawAttribute const& attribute) {
    Reader reader(attribute.value);
    auto const as = reader.u32();
    if (edit_.four_octet_as || reader.remaining() != 4) return copy(attribute);
    write_attribute_head(writer_, attribute.flags, attribute.type, 6);
    writer_.u16(as > 0xffff ? as_trans.value : as);
    writer_.bytes(reader.rest());
    if (as > 0xffff) as4_aggregator_ = attribute.value;
  }

  void write_communities(RawAttribute const& attribute) {
    if (!edit_.add_community || contains(attribute.value, edit_.add_community->value)) return copy(attribute);
    auto const size = attribute.value.size() + 4;
    if (size > 0xffff) {
      fits_ = false;
      return;
    }
    write_attribute_head(writer_, attribute.flags, attribute.type, size);
    writer_.bytes(attribute.value);
    writer_.u32(edit_.add_community->value);
  }
  static bool contains(Bytes list, std::uint32_t value) {
    for (Reader reader(list); reader.remaining() >= 4;) {
      if (reader.u32() == value) return true;
    }
    return false;
  }

  // RFC 4456 §8
  void write_cluster_list(Bytes list) {
    auto const size = list.size() + (edit_.prepend_cluster ? 4 : 0);
    if (size > 0xffff) {
      fits_ = false;
      return;
    }
    write_attribute_head(writer_, optional, static_cast<unsigned>(AttributeType::cluster_list), size);
    if (edit_.prepend_cluster) writer_.u32(edit_.prepend_cluster->value);
    writer_.bytes(list);
  }

  void add_path() {
    if (edit_.prepend) write_path({});
  }
  void add_next_hop() {
    if (next_hop_.is_v4()) put(AttributeType::next_hop, transitive, {next_hop_.data(), 4});
  }
  void add_local_pref() {
    if (edit_.add_local_pref) put_u32(AttributeType::local_pref, transitive, *edit_.add_local_pref);
  }
  void add_communities() {
    if (edit_.add_community) put_u32(AttributeType::communities, optional | transitive, edit_.add_community->value);
  }
  void add_only_to_customer() {
    if (edit_.only_to_customer) {
      put_u32(AttributeType::only_to_customer, optional | transitive, edit_.only_to_customer->value);
    }
  }
  void add_originator() {
    if (edit_.originator_id) put_u32(AttributeType::originator_id, optional, edit_.originator_id->value);
  }
  void add_cluster_list() {
    if (edit_.prepend_cluster) write_cluster_list({});
  }
  void add_as4_path() {
    if (!as4_path_.empty()) put(AttributeType::as4_path, optional | transitive, as4_path_);
  }
  void add_as4_aggregator() {
    if (!as4_aggregator_.empty()) put(AttributeType::as4_aggregator, optional | transitive, as4_aggregator_);
  }

  ExportEdit const& edit_;
  IpAddress const& next_hop_;
  Writer writer_;
  std::size_t next_ = 0;
  bool fits_ = true;
  Buffer as4_path_;
  Bytes as4_aggregator_;
};

std::array<Exporter::Addition, 9> const Exporter::additions{{
    {AttributeType::as_path, &Exporter::add_path},
    {AttributeType::next_hop, &Exporter::add_next_hop},
    {AttributeType::local_pref, &Exporter::add_local_pref},
    {AttributeType::communities, &Exporter::add_communities},
    {AttributeType::originator_id, &Exporter::add_originator},
    {AttributeType::cluster_list, &Exporter::add_cluster_list},
    {AttributeType::as4_path, &Exporter::add_as4_path},
    {AttributeType::as4_aggregator, &Exporter::add_as4_aggregator},
    {AttributeType::only_to_customer, &Exporter::add_only_to_customer},
}};

}  // namespace

bool encode_for_export(Bytes canonical, ExportEdit const& edit, IpAddress const& next_hop, Buffer& out) {
  auto const begin = out.size();
  if (Exporter(edit, next_hop, out).run(canonical)) return true;
  out.resize(begin);
  return false;
}

}  // namespace bgp::wire

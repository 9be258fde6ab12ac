// The second step of decoding an UPDATE: the table of rules applied to what cut_update left, and canonical form.
#include <array>
#include <bit>

#include "wire/as_path.h"
#include "wire/attribute_rules.h"
#include "wire/update.h"

namespace bgp::wire {
namespace {

// A set of attribute types that remembers where each stands; iterated in ascending order.
class AttributeSet {
 public:
  [[nodiscard]] bool has(std::uint8_t type) const { return (bits_[type / 64] >> (type % 64) & 1) != 0; }
  [[nodiscard]] bool has(AttributeType type) const { return has(static_cast<std::uint8_t>(type)); }
  void insert(std::uint8_t type) { bits_[type / 64] |= std::uint64_t{1} << (type % 64); }
  void erase(AttributeType type) {
    auto const number = static_cast<std::uint8_t>(type);
    bits_[number / 64] &= ~(std::uint64_t{1} << (number % 64));
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (unsigned word = 0; word < bits_.size(); ++word) {
      for (auto bits = bits_[word]; bits != 0; bits &= bits - 1) {
        visit(static_cast<std::uint8_t>(word * 64 + static_cast<unsigned>(std::countr_zero(bits))));
      }
    }
  }

 private:
  std::array<std::uint64_t, 4> bits_{};
};

class Decoder {
 public:
  Decoder(DecodeContext const& context, DecodedAttributes& out) : context_(context), out_(out) {}

  void run(Bytes rest) {
    AttributeReader reader(rest);
    for (RawAttribute attribute; reader.next(attribute);) {
      position_ = static_cast<std::size_t>(attribute.whole.data() - rest.data());
      if (attribute.type == static_cast<std::uint8_t>(AttributeType::as_path) && !seen_.has(attribute.type)) {
        as_path_at_ = position_;
      }
      take(attribute);
    }
    out_.canonical.reserve(rest.size() + 16);
    merge_four_octet();
    Writer writer(out_.canonical);
    kept_.for_each([&](std::uint8_t type) { write(writer, type); });
    out_.summary = summarize(out_.canonical);
  }

 private:
  struct Kept {
    std::uint8_t const* data;
    std::size_t size;
    std::uint8_t flags;
  };

  void add_fault(AttributeFault fault) {
    fault.position = position_;
    fault.octet += position_;
    out_.faults.push_back(std::move(fault));
  }

  void take(RawAttribute const& attribute) {
    if (seen_.has(attribute.type)) {
      add_fault(make_fault(Action::discard, attribute, malformed_list, "attribute repeated (RFC 7606 §3 g)", type_at));
      return;
    }
    seen_.insert(attribute.type);
    if (auto const* rule = find_rule(attribute.type)) {
      take_known(*rule, attribute);
    } else {
      take_unknown(attribute);
    }
  }

  void take_known(AttributeRule const& rule, RawAttribute const& attribute) {
    auto fault = apply_rule(rule, attribute, context_);
    if (fault) {
      if (fault->action == Action::withdraw && readable_path(attribute)) keep(attribute, rule.flags);
      add_fault(std::move(*fault));
    } else if (rule.keep != Keep::no) {
      keep(attribute, rule.flags | (rule.flags == (optional | transitive) ? attribute.flags & partial : 0));
    }
  }

  // A path that is refused for what it says (AS_SET, AS 0) is kept with its route: nobody is told of it, but an
  // operator must be able to see what was wrong (RFC 7606 §8).
  bool readable_path(RawAttribute const& attribute) const {
    return attribute.type == static_cast<std::uint8_t>(AttributeType::as_path) &&
           !inspect_path(attribute.value, context_.four_octet_as).malformed;
  }

  // RFC 4271 §5, §6.3
  void take_unknown(RawAttribute const& attribute) {
    if ((attribute.flags & optional) == 0) {
      add_fault(make_fault(Action::reset, attribute, unrecognized_well_known,
                           "unrecognized well-known attribute (RFC 4271 §6.3)", type_at));
    } else if ((attribute.flags & transitive) != 0) {
      keep(attribute, optional | transitive | partial);
    }
  }

  void keep(RawAttribute const& attribute, int flags) {
    kept_.insert(attribute.type);
    values_[attribute.type] = {attribute.value.data(), attribute.value.size(), static_cast<std::uint8_t>(flags)};
  }

  void write(Writer& writer, std::uint8_t type) { write_attribute(writer, values_[type].flags, type, value(type)); }

  Bytes value(std::uint8_t type) const { return {values_[type].data, values_[type].size}; }
  Bytes value(AttributeType type) const { return value(static_cast<std::uint8_t>(type)); }
  void replace(AttributeType type, Bytes value) {
    auto& kept = values_[static_cast<std::uint8_t>(type)];
    kept = {value.data(), value.size(), kept.flags};
  }

  // RFC 6793 §4.2.3: from here on every AS has four octets, and the two extra attributes are gone.
  void merge_four_octet() {
    if (!context_.four_octet_as) {
      bool const use_as4_path = merge_aggregator();
      merge_as_path(use_as4_path && kept_.has(AttributeType::as4_path));
    }
    for (auto const type : {AttributeType::next_hop, AttributeType::mp_reach, AttributeType::mp_unreach,
                            AttributeType::as4_path, AttributeType::as4_aggregator}) {
      kept_.erase(type);
    }
  }

  // False when the aggregator says that AS4_PATH is out of date.
  bool merge_aggregator() {
    if (!kept_.has(AttributeType::aggregator)) return true;
    bool const has_four = kept_.has(AttributeType::as4_aggregator);
    auto const old = value(AttributeType::aggregator);
    Asn const as{static_cast<std::uint32_t>(old[0] << 8 | old[1])};
    if (has_four && as == as_trans) {
      replace(AttributeType::aggregator, value(AttributeType::as4_aggregator));
      return true;
    }
    Writer writer(aggregator_);
    writer.u32(as.value);
    writer.bytes(old.subspan(2));
    replace(AttributeType::aggregator, aggregator_);
    return !has_four;
  }

  void merge_as_path(bool with_as4_path) {
    if (!kept_.has(AttributeType::as_path)) return;
    if (with_as4_path) {
      Buffer as4_path;
      copy_without_confederation(value(AttributeType::as4_path), as4_path);
      merge_paths(value(AttributeType::as_path), as4_path, as_path_);
    } else {
      widen_path(value(AttributeType::as_path), as_path_);
    }
    if (as_path_.size() > longest_value) return refuse_as_path();
    replace(AttributeType::as_path, as_path_);
  }

  // Of an extended message, ASes of two octets may be so many that those of four fit in no attribute.
  void refuse_as_path() {
    kept_.erase(AttributeType::as_path);
    AttributeFault fault;
    fault.action = Action::withdraw;
    fault.type = static_cast<std::uint8_t>(AttributeType::as_path);
    fault.rule = "AS_PATH is too long for four-octet ASes (RFC 6793 §4.2.3)";
    position_ = as_path_at_;
    add_fault(std::move(fault));
  }

  DecodeContext const& context_;
  DecodedAttributes& out_;
  static constexpr std::size_t longest_value = 0xffff;

  std::size_t position_ = 0;
  std::size_t as_path_at_ = 0;
  AttributeSet seen_;
  AttributeSet kept_;
  std::array<Kept, 256> values_;  // of what is in kept_; nothing else, for to clear 256 took longer than to decode
  Buffer as_path_;
  Buffer aggregator_;
};

}  // namespace

DecodedAttributes decode_attributes(Bytes rest, DecodeContext const& context) {
  DecodedAttributes out;
  decode_attributes(rest, context, out);
  return out;
}

void decode_attributes(Bytes rest, DecodeContext const& context, DecodedAttributes& out) {
  out.canonical.clear();
  out.faults.clear();
  Decoder(context, out).run(rest);
}

}  // namespace bgp::wire

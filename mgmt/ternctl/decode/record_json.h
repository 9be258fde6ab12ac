// One record of an MRT file as a JSON object (RFC 6396, 8050), with the messages and attributes within. Keeps the peers
// of the last PEER_INDEX_TABLE, nothing else. One thread.
#pragma once

#include "mgmt/ternctl/decode/message_json.h"
#include "mrt/read.h"

namespace tern::ctl {

class RecordWriter {
 public:
  /// `is_external`: whether sessions are external; unset: as the ASes of the record say.
  RecordWriter(DecodeOptions options, std::optional<bool> is_external) : options_(options), is_external_(is_external) {}

  /// Appends the object; false when something in it is malformed.
  bool write(JsonWriter& json, mrt::Record const& record);

 private:
  void show(JsonWriter& json, mrt::Record const& record, mrt::Contents const& contents);
  void show_message(JsonWriter& json, mrt::Message const& message);
  void show_rib(JsonWriter& json, mrt::Record const& record, mrt::Rib const& rib);

  DecodeOptions options_;
  std::optional<bool> is_external_;
  std::vector<mrt::Peer> peers_;
  bool sound_ = true;
};

}  // namespace tern::ctl

#include "replay/mrt.h"

#include <zlib.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "replay/tally.h"

namespace bench {
namespace {

constexpr std::uint16_t kBgp4mp = 16, kBgp4mpEt = 17;
constexpr std::uint16_t kMessage = 1, kMessageAs4 = 4;
constexpr std::uint32_t kMaxRecord = 1 << 20;

struct Record {
  std::uint16_t type = 0, subtype = 0;
  Bytes body;
};

class File {
 public:
  explicit File(std::string const& path) : path_(path), file_(gzopen(path.c_str(), "rb"), &gzclose) {
    if (!file_) throw std::runtime_error(path + ": cannot be opened");
    gzbuffer(file_.get(), 1 << 18);
  }

  std::optional<Record> next() {
    std::uint8_t header[12];
    if (!read(header, sizeof(header), true)) return std::nullopt;
    std::uint32_t const size = read32(header + 8);
    if (size > kMaxRecord) throw std::runtime_error(path_ + ": not an MRT file");
    Record record{read16(header + 4), read16(header + 6), Bytes(size)};
    read(record.body.data(), size, false);
    return record;
  }

 private:
  // False at the end of the file, where that is allowed.
  bool read(std::uint8_t* out, std::uint32_t size, bool end_allowed) {
    int const got = gzread(file_.get(), out, size);
    if (got == static_cast<int>(size)) return true;
    if (got == 0 && end_allowed) return false;
    throw std::runtime_error(path_ + (got < 0 ? ": damaged" : ": ends in the middle of a record"));
  }

  std::string const path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

struct Message {
  std::uint32_t peer_as = 0;
  View peer;     // its address
  View message;  // from the marker on
};

// RFC 6396 §4.4.2 and §4.4.3
std::optional<Message> read_message(Record const& record) {
  if (record.type != kBgp4mp && record.type != kBgp4mpEt) return std::nullopt;
  if (record.subtype != kMessage && record.subtype != kMessageAs4) return std::nullopt;
  View body(record.body);
  if (record.type == kBgp4mpEt) {
    if (body.size() < 4) return std::nullopt;
    body = body.subspan(4);  // microseconds
  }
  std::size_t const width = record.subtype == kMessageAs4 ? 4 : 2;
  if (body.size() < 2 * width + 4) return std::nullopt;
  std::uint32_t const as = width == 4 ? read32(body.data()) : read16(body.data());
  std::size_t const address = read16(&body[2 * width + 2]) == 2 ? 16 : 4;
  View const rest = body.subspan(2 * width + 4);
  if (rest.size() < 2 * address + kHeaderSize) return std::nullopt;
  View const message = rest.subspan(2 * address);
  if (read16(&message[16]) != message.size()) return std::nullopt;
  return Message{as, rest.first(address), message};
}

std::string peer_text(View address) {
  std::string text;
  char octet[8];
  for (std::size_t i = 0; i < address.size(); ++i) {
    bool const colon = address.size() == 16 && i % 2 == 0 && i > 0;
    std::snprintf(octet, sizeof(octet), address.size() == 4 ? "%s%u" : "%s%02x",
                  address.size() == 4 && i > 0 ? "." : (colon ? ":" : ""), address[i]);
    text += octet;
  }
  return text;
}

void take(Recording& recording, Tally& tally, Message const& message, bool four_octet) {
  std::string const peer = peer_text(message.peer);
  if (recording.messages == 0) {
    recording.peer = peer;
    recording.peer_as = message.peer_as;
    recording.four_octet = four_octet;
  }
  if (peer != recording.peer) {
    ++recording.passed_over;
    return;
  }
  if (four_octet != recording.four_octet) {
    throw std::runtime_error("the recording changes between 2-octet and 4-octet ASes: one session cannot carry both");
  }
  ++recording.messages;
  tally.update(message.message.subspan(kHeaderSize));
  recording.updates.insert(recording.updates.end(), message.message.begin(), message.message.end());
}

}  // namespace

Recording read_recording(std::string const& path) {
  Recording recording;
  Tally tally;
  File file(path);
  while (auto const record = file.next()) {
    auto const message = read_message(*record);
    if (!message || message->message[18] != kUpdate) {
      ++recording.passed_over;
      continue;
    }
    take(recording, tally, *message, record->subtype == kMessageAs4);
  }
  if (recording.messages == 0) throw std::runtime_error(path + ": no UPDATE in it");
  recording.announced = tally.announced();
  recording.different = tally.different();
  recording.withdrawn = tally.withdrawn();
  recording.unique_at_end = tally.held();
  recording.ipv6 = tally.ipv6();
  return recording;
}

}  // namespace bench

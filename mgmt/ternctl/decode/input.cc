#include "mgmt/ternctl/decode/input.h"

#include <bzlib.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "mgmt/ternctl/decode/input_error.h"

namespace tern::ctl {

namespace {
constexpr std::size_t piece = 64 * 1024;
}

/// Takes octets from the front of `packed`, appends some to `out`. `done()`: between two members.
class Input::Unpacker {
 public:
  virtual ~Unpacker() = default;
  /// False when the octets are not what they should be.
  virtual bool unpack(bgp::Bytes& packed, bgp::Buffer& out) = 0;
  [[nodiscard]] bool done() const { return done_; }

 protected:
  bool done_ = true;
};

class Input::Gzip : public Unpacker {
 public:
  Gzip() { good_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
  ~Gzip() override { inflateEnd(&stream_); }
  bool unpack(bgp::Bytes& packed, bgp::Buffer& out) override {
    auto const before = out.size();
    out.resize(before + piece);
    stream_.next_in = const_cast<Bytef*>(packed.data());
    stream_.avail_in = static_cast<uInt>(packed.size());
    stream_.next_out = out.data() + before;
    stream_.avail_out = piece;
    auto const result = good_ ? inflate(&stream_, Z_NO_FLUSH) : Z_MEM_ERROR;
    packed = packed.last(stream_.avail_in);
    out.resize(out.size() - stream_.avail_out);
    done_ = result == Z_STREAM_END && inflateReset(&stream_) == Z_OK;
    return done_ || result == Z_OK || result == Z_BUF_ERROR;
  }

 private:
  z_stream stream_{};
  bool good_ = false;
};

class Input::Bzip2 : public Unpacker {
 public:
  Bzip2() { start(); }
  ~Bzip2() override { BZ2_bzDecompressEnd(&stream_); }
  bool unpack(bgp::Bytes& packed, bgp::Buffer& out) override {
    auto const before = out.size();
    out.resize(before + piece);
    stream_.next_in = const_cast<char*>(reinterpret_cast<char const*>(packed.data()));
    stream_.avail_in = static_cast<unsigned>(packed.size());
    stream_.next_out = reinterpret_cast<char*>(out.data() + before);
    stream_.avail_out = piece;
    auto const result = good_ ? BZ2_bzDecompress(&stream_) : BZ_MEM_ERROR;
    packed = packed.last(stream_.avail_in);
    out.resize(out.size() - stream_.avail_out);
    done_ = result == BZ_STREAM_END;
    if (done_) {
      BZ2_bzDecompressEnd(&stream_);
      start();
    }
    return done_ || result == BZ_OK;
  }

 private:
  void start() {
    stream_ = {};
    good_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
  }
  bz_stream stream_{};
  bool good_ = false;
};

Input::Input(std::string const& path) : path_(path == "-" ? "standard input" : path) {
  fd_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) throw InputError("cannot open " + path_ + ": " + std::strerror(errno));
}

Input::~Input() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
}

/// The next octets of the file itself, behind what is left of the last ones; their number.
std::size_t Input::fill() {
  bgp::Buffer left(rest_.begin(), rest_.end());
  auto const before = left.size();
  left.resize(before + piece);
  ssize_t got = 0;
  do {
    got = ::read(fd_, left.data() + before, piece);
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw InputError("cannot read " + path_ + ": " + std::strerror(errno));
  left.resize(before + static_cast<std::size_t>(got));
  raw_ = std::move(left);
  rest_ = raw_;
  at_end_ = got == 0;
  return static_cast<std::size_t>(got);
}

void Input::choose() {
  while (rest_.size() < 3 && !at_end_) fill();
  chosen_ = true;
  if (rest_.size() >= 2 && rest_[0] == 0x1f && rest_[1] == 0x8b) unpacker_ = std::make_unique<Gzip>();
  if (rest_.size() >= 3 && std::memcmp(rest_.data(), "BZh", 3) == 0) unpacker_ = std::make_unique<Bzip2>();
}

bool Input::read(bgp::Buffer& out) {
  if (!chosen_) choose();
  if (rest_.empty() && !at_end_) fill();
  if (!unpacker_) {
    out.insert(out.end(), rest_.begin(), rest_.end());
    rest_ = {};
    return !at_end_;
  }
  if (rest_.empty()) {
    if (unpacker_->done()) return false;
    throw InputError(path_ + " breaks off: its packing has no end; fetch it again");
  }
  if (!unpacker_->unpack(rest_, out)) throw InputError(path_ + " cannot be unpacked: it is damaged; fetch it again");
  return true;
}

}  // namespace tern::ctl

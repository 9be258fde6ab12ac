#include "transport/lingering.h"

namespace bgp::transport {
namespace {

// What a peer may still have under way: more is not worth waiting for.
constexpr std::size_t most_discarded = 4 * 1024 * 1024;

}  // namespace

Lingering::Lingering(std::weak_ptr<Context> context, std::shared_ptr<Stream> stream, Buffer rest)
    : context_(std::move(context)), stream_(std::move(stream)), rest_(std::move(rest)) {}

Lingering::~Lingering() { stream_->close(); }

void Lingering::begin(Context& context) {
  stream_->set_events(this);
  deadline_ = context.clock().make_timer();
  deadline_->arm(context.now() + context.limits().linger, [this] { end(); });
  stream_->wait_readable();
  on_writable();
}

void Lingering::on_writable() {
  while (sent_ < rest_.size()) {
    auto const piece = Bytes(rest_).subspan(sent_);
    auto const io = stream_->write_some({&piece, 1});
    if (io.kind == Io::Kind::would_block) return stream_->wait_writable();
    if (io.kind != Io::Kind::done) return;  // the read side tells when it is over
    sent_ += io.octets;
  }
  stream_->finish_writing();
}

void Lingering::on_readable() {
  std::array<std::uint8_t, 4096> ignored;
  auto const io = stream_->read_some(ignored);
  discarded_ += io.octets;
  auto const over = io.kind == Io::Kind::closed || io.kind == Io::Kind::failed || discarded_ > most_discarded;
  if (over) return end();
  stream_->wait_readable();
}

void Lingering::end() {
  auto const self = shared_from_this();
  stream_->close();
  deadline_->cancel();
  if (auto const context = context_.lock()) context->gone(self);
}

void linger(std::shared_ptr<Context> const& context, std::shared_ptr<Stream> stream, Buffer rest) {
  if (context->lingering_.size() >= context->limits().lingering) {
    auto const piece = Bytes(rest);
    static_cast<void>(stream->write_some({&piece, 1}));
    return stream->close();
  }
  auto const lingering = std::make_shared<Lingering>(context, std::move(stream), std::move(rest));
  context->lingering_.insert(lingering);
  lingering->begin(*context);
}

}  // namespace bgp::transport

// A connection on its way out: its last octets, a NOTIFICATION mostly, get a bounded time to leave. Closing at once
// would let the kernel answer what the peer still sends with a reset, which may destroy the NOTIFICATION on its way.
// One thread: the executor's.
#pragma once

#include "transport/context.h"
#include "wire/message.h"

namespace bgp::transport {

/// Writes `rest`, says that nothing more will come, reads until the peer closes, at most for Limits::linger.
void linger(std::shared_ptr<Context> const& context, std::shared_ptr<Stream> stream, Buffer rest);

class Lingering final : public StreamEvents, public std::enable_shared_from_this<Lingering> {
 public:
  Lingering(std::weak_ptr<Context> context, std::shared_ptr<Stream> stream, Buffer rest);
  ~Lingering() override;
  void begin(Context& context);

  void on_readable() override;
  void on_writable() override;

 private:
  void end();

  std::weak_ptr<Context> context_;
  std::shared_ptr<Stream> stream_;
  Buffer rest_;
  std::size_t sent_ = 0;
  std::unique_ptr<Timer> deadline_;
  std::size_t discarded_ = 0;
};

}  // namespace bgp::transport

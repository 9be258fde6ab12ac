#include "transport/listener.h"

namespace bgp::transport {

Result<std::unique_ptr<Listener>> Listener::open(std::shared_ptr<Context> context, Endpoint const& local,
                                                 PeerDirectory& directory) {
  std::unique_ptr<Listener> listener(new Listener(std::move(context), directory));
  auto socket = listener->context_->network().listen(local, *listener);
  if (!socket) return socket.error();
  listener->socket_ = std::move(socket).value();
  return listener;
}

bool Listener::wanted(Endpoint const& remote, Endpoint const& local) {
  taker_ = context_->has_room() ? directory_.peer_for(remote, local) : nullptr;
  if (taker_ && taker_->admits()) return true;
  taker_.reset();
  ++refused_;
  return false;
}

void Listener::take(std::shared_ptr<Stream> stream) {
  auto const taker = std::exchange(taker_, nullptr);
  if (taker) taker->accept(std::move(stream));
}

}  // namespace bgp::transport

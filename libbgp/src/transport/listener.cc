#include "transport/listener.h"

#include "transport/lingering.h"

namespace bgp::transport {

Result<std::unique_ptr<Listener>> Listener::open(std::shared_ptr<Context> context, Endpoint const& local,
                                                 PeerDirectory& directory, Keys const& keys) {
  std::unique_ptr<Listener> listener(new Listener(std::move(context), directory));
  auto socket = listener->context_->network().listen(local, *listener, keys);
  if (!socket) return socket.error();
  listener->socket_ = std::move(socket).value();
  return listener;
}

bool Listener::wanted(Endpoint const& remote, Endpoint const& local) {
  auto const admission = directory_.admission(remote, local);
  auto const crowded = admission.peer && admission.peer->address().dynamic && !context_->has_room();
  auto const taken = admission.peer && admission.peer->admits() && !crowded;
  taker_ = taken ? admission.peer : nullptr;
  if (!taken) ++refused_;
  return taken || (admission.known && !crowded);
}

void Listener::take(std::shared_ptr<Stream> stream) {
  if (auto const taker = std::exchange(taker_, nullptr)) return taker->accept(std::move(stream));
  Buffer rejected;
  wire::encode(wire::Notification{6, 5, {}}, rejected);
  linger(context_, std::move(stream), std::move(rejected));
}

}  // namespace bgp::transport

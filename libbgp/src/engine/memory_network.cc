#include "bgp/memory_network.h"

#include "engine/speaker_in_memory.h"
#include "transport/memory_network.h"

namespace bgp {

struct MemoryNetwork::Impl {
  boost::asio::any_io_executor executor;
  std::shared_ptr<transport::MemoryNetwork> network;
};

MemoryNetwork::MemoryNetwork(boost::asio::any_io_executor executor)
    : impl_(std::make_unique<Impl>(Impl{executor, std::make_shared<transport::MemoryNetwork>(executor)})) {}
MemoryNetwork::~MemoryNetwork() = default;

std::unique_ptr<Speaker> MemoryNetwork::make_speaker(SpeakerConfig config) const {
  auto clock = transport::make_steady_clock(impl_->executor);
  auto context = std::make_shared<transport::Context>(impl_->executor, impl_->network, std::move(clock));
  return SpeakerInMemory::make(std::move(context), std::move(config));
}

}  // namespace bgp

// The way of a route without sockets, threads or a clock: UPDATEs of neighbours in, messages for all the others out, by
// the rooms wire, rib and egress alone, with a flush for each read as the engine has it. For measurements that shall
// say the same every time. Not thread-safe.
#pragma once
#include <memory>
#include <vector>

#include "egress/egress.h"
#include "kit/message.h"
#include "rib/adj_rib_in.h"

namespace bench {

class Pipeline {
 public:
  // Neighbours are clients of a reflector, but for every fourth, which is in another AS and gets our own next hop.
  explicit Pipeline(unsigned neighbours);
  ~Pipeline();
  Pipeline(Pipeline const&) = delete;
  Pipeline& operator=(Pipeline const&) = delete;

  // Whole messages of a client. Throws std::runtime_error when an UPDATE would end the session.
  void receive(unsigned from, View messages);
  // All of its routes go, as they do when its session has ended.
  void lose(unsigned neighbour);
  // Everybody is told everything again.
  void refresh_all();

  [[nodiscard]] std::uint64_t octets_sent() const { return sent_; }
  [[nodiscard]] std::uint64_t paths() const { return rib_.table(bgp::ipv4_unicast).paths(); }
  // Octets of the table, its attribute sets and next hops, allocated or asked for.
  [[nodiscard]] std::size_t memory() const;

 private:
  struct Client;
  // What the engine does when the sockets that were ready have been read.
  void flush();

  bgp::rib::Rib rib_;
  bgp::egress::Egress egress_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<bgp::Slice> slices_;
  std::uint64_t sent_ = 0;
};

}  // namespace bench

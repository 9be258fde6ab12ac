// Protection in the kernel's terms: socket options of Linux for TCP MD5 signatures, TTL and hop limit, on bare
// descriptors. What is signed with another password, or comes from too far away, is dropped there, before any of it is
// seen here. Not here: who has which password. Any thread.
#pragma once

#include "bgp/result.h"
#include "transport/endpoint.h"
#include "transport/protection.h"

namespace bgp::transport {

/// Before connect(2), so that it holds from the first SYN on.
[[nodiscard]] Result<void> protect_dial(int socket, Endpoint const& remote, Protection const& protection);

/// Before listen(2). One listener serves neighbours of every kind, so it checks no TTL; but its SYN-ACK must get
/// through to a neighbour that does, hence 255 for all. The SYNs are kept for protect_accepted().
void prepare_listener(int socket, bool v6);

/// What comes from `from` is signed with `password` from now on; "": no longer. For a listening socket: what it accepts
/// inherits the key. Where keys overlap the longest prefix counts.
[[nodiscard]] Result<void> set_key(int socket, Prefix const& from, std::string const& password);

/// After accept(2), before anything is read. Error: the peer is not near enough.
[[nodiscard]] Result<void> protect_accepted(int socket, bool v6, Protection const& protection);

/// Of a connection that stands: what it checks and sends from now on.
[[nodiscard]] Result<void> change_ttl(int socket, bool v6, Protection const& protection);

}  // namespace bgp::transport

// A speaker whose log is kept, and one neighbour of it that says what the test says.
#pragma once

#include "harness.h"

namespace bgp::engine::test {

class Scripted : public World {
 protected:
  IpAddress const here = "192.0.2.1"_ip, there = "192.0.2.2"_ip;
  std::vector<std::string> log;
  std::unique_ptr<Speaker> speaker_under_test = make_logged();
  Speaker& us = *speaker_under_test;
  std::shared_ptr<transport::Stream> peer_end;

  /// What the neighbour's OPEN says where a test has no other wishes.
  [[nodiscard]] wire::Open open() const {
    wire::Open out;
    out.as_field = 65002;
    out.hold_time = 90;
    out.router_id = RouterId{there.v4_value()};
    out.capabilities.families = {ipv4_unicast};
    out.capabilities.route_refresh = true;
    out.capabilities.enhanced_refresh = true;
    out.capabilities.four_octet_as = 65002_asn;
    return out;
  }
  void begin(PeerConfig const& config) {
    ASSERT_TRUE(us.add_peer(config).ok());
    ASSERT_TRUE(us.start().ok());
  }
  void dial(wire::Open const& open) {
    peer_end = connect(there, here);
    ASSERT_TRUE(peer_end);
    Buffer octets;
    wire::encode(open, octets);
    wire::encode_keepalive(octets);
    say(octets);
    ASSERT_EQ(us.status().peers_established, 1U);
  }
  void say(Buffer const& octets) {
    send(*peer_end, octets);
    run();
  }

 private:
  std::unique_ptr<Speaker> make_logged() {
    SpeakerConfig config;
    config.local_as = 65001_asn;
    config.router_id = here;
    config.listen = {{here, 179}};
    config.log = [this](char, std::string const& line) { log.push_back(line); };
    return make(std::move(config));
  }
};

}  // namespace bgp::engine::test

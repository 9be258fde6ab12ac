#include "transport/memory_network.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace bgp::transport {

struct MemoryNetwork::World {
  boost::asio::any_io_executor executor;
  std::size_t capacity;
  struct Listening {
    Gate* gate;
    Keys keys;

    [[nodiscard]] std::string password(IpAddress const& from) const {
      Keys::value_type const* longest = nullptr;
      for (auto const& key : keys) {
        if (!key.first.covers(Prefix(from, 128))) continue;
        if (longest == nullptr || key.first.length() > longest->first.length()) longest = &key;
      }
      return longest == nullptr ? "" : longest->second;
    }
  };
  std::map<std::pair<IpAddress, std::uint16_t>, Listening> listening;
  std::set<IpAddress> isolated;
  std::uint16_t next_port = 49152;

  [[nodiscard]] bool cut(Endpoint const& a, Endpoint const& b) const {
    return isolated.contains(a.address) || isolated.contains(b.address);
  }
  [[nodiscard]] Listening const* listener(Endpoint const& at) const {
    auto found = listening.find({at.address, at.port});
    auto const any = at.address.is_v4() ? IpAddress::v4(0) : IpAddress::v6({});
    if (found == listening.end()) found = listening.find({any, at.port});
    return found == listening.end() ? nullptr : &found->second;
  }
};

namespace {

using Cut = std::function<bool(Endpoint const&, Endpoint const&)>;

class MemoryStream final : public Stream, public std::enable_shared_from_this<MemoryStream> {
 public:
  MemoryStream(boost::asio::any_io_executor executor, std::size_t capacity, Cut cut, Endpoint const& local,
               Endpoint const& remote)
      : executor_(std::move(executor)), capacity_(capacity), cut_(std::move(cut)), local_(local), remote_(remote) {}
  ~MemoryStream() override { close(); }
  void join(std::shared_ptr<MemoryStream> const& far) { far_ = far; }

  [[nodiscard]] Result<void> protect(Protection const&) override { return {}; }
  [[nodiscard]] Result<void> change_ttl(Protection const&) override { return {}; }
  void set_events(StreamEvents* events) override { events_ = events; }
  [[nodiscard]] Io read_some(std::span<std::uint8_t> into) override {
    if (arrived_.empty()) return {ended_ ? Io::Kind::closed : Io::Kind::would_block, 0, {}};
    auto const count = std::min(into.size(), arrived_.size());
    std::copy_n(arrived_.begin(), count, into.begin());
    arrived_.erase(arrived_.begin(), arrived_.begin() + static_cast<std::ptrdiff_t>(count));
    if (auto const far = far_.lock()) far->tell_writable();
    return {Io::Kind::done, count, {}};
  }
  [[nodiscard]] Io write_some(std::span<Bytes const> pieces) override {
    auto const far = far_.lock();
    if (closed_ || finished_ || !far || far->closed_) return {Io::Kind::failed, 0, "broken pipe"};
    if (cut_(local_, remote_)) return lose(pieces);
    std::size_t sent = 0;
    for (auto const& piece : pieces) {
      auto const room = capacity_ - far->arrived_.size();
      auto const taken = std::min(room, piece.size());
      far->arrived_.insert(far->arrived_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(taken));
      sent += taken;
      if (taken < piece.size()) break;
    }
    if (sent == 0) return {Io::Kind::would_block, 0, {}};
    far->tell_readable();
    return {Io::Kind::done, sent, {}};
  }
  void wait_readable() override {
    wants_read_ = true;
    if (!arrived_.empty() || ended_) tell_readable();
  }
  void wait_writable() override {
    wants_write_ = true;
    auto const far = far_.lock();
    if (!far || far->arrived_.size() < capacity_) tell_writable();
  }
  [[nodiscard]] std::size_t unread() const override { return arrived_.size(); }
  void finish_writing() override {
    if (std::exchange(finished_, true)) return;
    auto const far = far_.lock();
    if (far && !cut_(local_, remote_)) far->end();
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    events_ = nullptr;
    finish_writing();
    if (auto const far = far_.lock()) far->tell_writable();
  }
  [[nodiscard]] Endpoint local() const override { return local_; }
  [[nodiscard]] Endpoint remote() const override { return remote_; }

 private:
  static Io lose(std::span<Bytes const> pieces) {
    std::size_t octets = 0;
    for (auto const& piece : pieces) octets += piece.size();
    return {Io::Kind::done, octets, {}};
  }
  void end() {
    ended_ = true;
    tell_readable();
  }
  void tell_readable() { tell(wants_read_, &StreamEvents::on_readable); }
  void tell_writable() { tell(wants_write_, &StreamEvents::on_writable); }
  void tell(bool& wanted, void (StreamEvents::*event)()) {
    if (!std::exchange(wanted, false)) return;
    boost::asio::post(executor_, [self = shared_from_this(), event] {
      if (self->events_ != nullptr) (self->events_->*event)();
    });
  }

  boost::asio::any_io_executor executor_;
  std::size_t capacity_;
  Cut cut_;
  Endpoint local_;
  Endpoint remote_;
  std::weak_ptr<MemoryStream> far_;
  StreamEvents* events_ = nullptr;
  Buffer arrived_;
  bool ended_ = false;     ///< the far side will write no more
  bool finished_ = false;  ///< this side will
  bool closed_ = false;
  bool wants_read_ = false;
  bool wants_write_ = false;
};

class Attempt final : public DialAttempt {
 public:
  explicit Attempt(DialCallback callback) : callback_(std::make_shared<DialCallback>(std::move(callback))) {}
  ~Attempt() override { *callback_ = nullptr; }
  [[nodiscard]] std::shared_ptr<DialCallback> const& callback() const { return callback_; }

 private:
  std::shared_ptr<DialCallback> callback_;
};

}  // namespace

class MemorySocket final : public ListeningSocket {
 public:
  MemorySocket(std::weak_ptr<MemoryNetwork::World> world, Endpoint const& local)
      : world_(std::move(world)), local_(local) {}
  ~MemorySocket() override {
    if (auto const world = world_.lock()) world->listening.erase({local_.address, local_.port});
  }
  [[nodiscard]] Endpoint local() const override { return local_; }
  [[nodiscard]] Result<void> set_key(Prefix const& from, std::string const& password) override {
    auto const world = world_.lock();
    if (!world) return {};
    auto& keys = world->listening.at({local_.address, local_.port}).keys;
    keys.erase(from);
    if (!password.empty()) keys.emplace(from, password);
    return {};
  }

 private:
  std::weak_ptr<MemoryNetwork::World> world_;
  Endpoint local_;
};

MemoryNetwork::MemoryNetwork(boost::asio::any_io_executor executor, std::size_t capacity)
    : world_(std::make_shared<World>(World{std::move(executor), capacity, {}, {}})) {}

MemoryNetwork::~MemoryNetwork() = default;

void MemoryNetwork::isolate(IpAddress const& address) { world_->isolated.insert(address); }
void MemoryNetwork::rejoin(IpAddress const& address) { world_->isolated.erase(address); }

std::unique_ptr<DialAttempt> MemoryNetwork::dial(Endpoint const& remote, Endpoint const& local,
                                                 Protection const& protection, DialCallback callback) {
  auto attempt = std::make_unique<Attempt>(std::move(callback));
  auto from = local;
  if (from.port == 0) from.port = world_->next_port++;
  boost::asio::post(
      world_->executor, [world = world_, remote, from, password = protection.password, callback = attempt->callback()] {
        if (!*callback || world->cut(from, remote)) return;  // a dial into the void is never answered
        auto const* const listener = world->listener(remote);
        if (listener != nullptr && listener->password(from.address) != password) return;
        auto const answer = std::exchange(*callback, nullptr);
        auto* const gate = listener == nullptr ? nullptr : listener->gate;
        if (gate == nullptr || !gate->wanted(from, remote)) return answer(Error{"connection refused"});
        Cut const cut = [weak = std::weak_ptr(world)](Endpoint const& a, Endpoint const& b) {
          auto const alive = weak.lock();
          return !alive || alive->cut(a, b);
        };
        auto const near = std::make_shared<MemoryStream>(world->executor, world->capacity, cut, from, remote);
        auto const far = std::make_shared<MemoryStream>(world->executor, world->capacity, cut, remote, from);
        near->join(far);
        far->join(near);
        gate->take(far);
        answer(std::shared_ptr<Stream>(near));
      });
  return attempt;
}

Result<std::unique_ptr<ListeningSocket>> MemoryNetwork::listen(Endpoint const& local, Gate& gate, Keys const& keys) {
  auto at = local;
  if (at.port == 0) at.port = world_->next_port++;
  auto const [_, fresh] = world_->listening.try_emplace({at.address, at.port}, World::Listening{&gate, keys});
  if (!fresh) return Error{"cannot listen on " + at.text() + ": somebody else does"};
  return std::unique_ptr<ListeningSocket>(std::make_unique<MemorySocket>(world_, at));
}

}  // namespace bgp::transport

// Posts to an executor. How is asked of it once; boost::asio::post() asks each time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <utility>

namespace bgp::transport {

class Poster {
 public:
  explicit Poster(boost::asio::any_io_executor const& executor)
      : executor_(boost::asio::prefer(boost::asio::require(executor, boost::asio::execution::blocking.never),
                                      boost::asio::execution::relationship.fork)) {}

  /// Runs `work` in a turn of its own, later.
  template <class Work>
  void operator()(Work&& work) const {
    executor_.execute(std::forward<Work>(work));
  }

 private:
  boost::asio::any_io_executor executor_;
};

}  // namespace bgp::transport

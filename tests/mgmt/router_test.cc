// A request finds its handler, or hears what would have been right.
#include "mgmt/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tern::mgmt {
namespace {

Router sample() {
  Router router;
  router.add("GET", "/v1/peers", {}, [](Request const&) { return Response{200, "all", {}}; });
  router.add("GET", "/v1/peers/{address}", {}, [](Request const& r) { return Response{200, r.parameter, {}}; });
  router.add("GET", "/v1/routes", {"prefix"}, [](Request const& r) { return Response{200, r.get("prefix"), {}}; });
  router.add("GET", "/v1/broken", {}, [](Request const&) -> Response { throw std::runtime_error("oops"); });
  return router;
}

TEST(Router, FindsPathsParametersAndQueries) {
  EXPECT_EQ(sample().answer("GET", "/v1/peers").body, "all");
  EXPECT_EQ(sample().answer("GET", "/v1/peers/2001:db8::1").body, "2001:db8::1");
  EXPECT_EQ(sample().answer("GET", "/v1/peers/fe80::1%25eth0").body, "fe80::1%eth0");
  EXPECT_EQ(sample().answer("GET", "/v1/routes?prefix=10.0.0.0%2f8").body, "10.0.0.0/8");
  EXPECT_EQ(sample().answer("HEAD", "/v1/peers").status, 200u);
}

TEST(Router, RefusesTheUnknownWithARemedy) {
  EXPECT_EQ(sample().answer("GET", "/v2").status, 404u);
  EXPECT_EQ(sample().answer("POST", "/v1/peers").status, 405u);
  EXPECT_EQ(sample().answer("GET", "/v1/routes?prefix=%zz").status, 400u);
  EXPECT_EQ(sample().answer("GET", "/v1/routes?long=1").body,
            "{\"error\":\"unknown query parameter 'long'\",\"remedy\":\"the parameters here are prefix\"}\n");
}

TEST(Router, ALaterHandlerTakesTheFirstOnesPlace) {
  auto router = sample();
  router.add("GET", "/v1/peers", {}, [](Request const&) { return Response{200, "none", {}}; });
  EXPECT_EQ(router.answer("GET", "/v1/peers").body, "none");
  EXPECT_EQ(router.answer("GET", "/v1/peers/10.0.0.1").body, "10.0.0.1");
}

TEST(Router, AnExceptionIsAnAnswerToo) { EXPECT_EQ(sample().answer("GET", "/v1/broken").status, 500u); }

}  // namespace
}  // namespace tern::mgmt

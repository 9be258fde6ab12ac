#include <boost/json/src.hpp>  // the one place of these tests: Boost.JSON without its library

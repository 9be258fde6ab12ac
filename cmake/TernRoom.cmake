# A room is one static library. It may include itself, the rooms it names in DEPS, and the public headers of libbgp;
# tests/architecture checks the same arrows on the source text.

add_library(tern_options INTERFACE)
target_compile_options(tern_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${TERN_WERROR}>:-Werror>)
set_property(TARGET tern_options PROPERTY EXPORT_NAME options)

# tern_room(NAME SOURCES a.cc b.cc DEPS other_room... )
function(tern_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(${name} PUBLIC ${ROOM_DEPS} PRIVATE $<BUILD_INTERFACE:tern_options>)
  set_property(TARGET ${name} PROPERTY POSITION_INDEPENDENT_CODE ON)
endfunction()

# tern_test(NAME SOURCES a.cc DEPS room...): one GoogleTest program, one ctest entry per case.
include(GoogleTest)
function(tern_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_DEPS} tern_options GTest::gtest GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60)
endfunction()

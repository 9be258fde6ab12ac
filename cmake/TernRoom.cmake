# A room is one static library. It may include itself, the rooms it names in DEPS, and the public headers of libbgp;
# tests/architecture checks the same arrows on the source text.

add_library(tern_options INTERFACE)
target_compile_options(tern_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  # g++ 12 at -O3 sees overlaps within std::string (GCC bug 105329) and overruns in inlined vector growth: both false.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>
  $<$<BOOL:${TERN_WERROR}>:-Werror>)

# tern_pch(TARGET asio|beast): precompiles the headers that dominate the build of whoever talks to sockets.
function(tern_pch target kind)
  set(headers <boost/asio.hpp> <functional> <memory> <string> <vector>)
  if(kind STREQUAL "beast")
    list(APPEND headers <boost/beast.hpp>)
  endif()
  target_precompile_headers(${target} PRIVATE ${headers})
endfunction()

# tern_test_options(TARGET): how every test is compiled.
function(tern_test_options target)
  # Tests are compiled oftener than run: -O3 would double what they cost. What they test keeps it. Under a sanitizer not
  # to optimize them at all saves two fifths.
  if(TERN_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  else()
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  # UndefinedBehaviorSanitizer is for what is tested: in tests, and what they instantiate of headers, it doubles what they
  # cost to compile.
  if(TERN_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE -fno-sanitize=undefined)
  endif()
endfunction()

# tern_test_pch(TARGET [asio]): GoogleTest and RapidCheck are most of what a test's compiler reads. All tests are compiled
# alike, so that one precompiled header serves them all, and another those that talk to sockets.
function(tern_test_pch target)
  set(shared tern_test_headers)
  set(headers <gmock/gmock.h> <gtest/gtest.h> <rapidcheck.h> <rapidcheck/gtest.h> <algorithm> <functional> <memory> <string> <vector>)
  if(ARGN)
    set(shared tern_test_headers_asio)
    list(APPEND headers <boost/asio.hpp>)
  endif()
  if(NOT TARGET ${shared})
    add_library(${shared} OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/cmake/empty.cc)
    target_link_libraries(${shared} PRIVATE GTest::gtest GTest::gmock rapidcheck rapidcheck_gtest tern_options)
    tern_test_options(${shared})
    target_precompile_headers(${shared} PRIVATE ${headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${shared})
endfunction()

# tern_room(NAME SOURCES a.cc b.cc DEPS other_room... [PCH asio|beast])
function(tern_room name)
  cmake_parse_arguments(ROOM "" "PCH" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(${name} PUBLIC ${ROOM_DEPS} PRIVATE $<BUILD_INTERFACE:tern_options>)
  set_property(TARGET ${name} PROPERTY POSITION_INDEPENDENT_CODE ON)
  if(ROOM_PCH)
    tern_pch(${name} ${ROOM_PCH})
  endif()
endfunction()

# tern_program(NAME SOURCES a.cc DEPS room... [PCH asio|beast]): an executable under our warnings.
function(tern_program name)
  cmake_parse_arguments(PROGRAM "" "PCH" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE ${PROGRAM_DEPS} tern_options)
  if(PROGRAM_PCH)
    tern_pch(${name} ${PROGRAM_PCH})
  endif()
endfunction()

# tern_test(NAME SOURCES a.cc DEPS room... [PCH asio|beast] [LABELS l...] [PROPERTIES name value...]):
# one GoogleTest program, one ctest entry per case. The label is the folder's name (of x/tests: x) unless LABELS says;
# scripts/test picks what runs under which sanitizer by label. Targets can be built together as tern_tests_<label>.
include(GoogleTest)
function(tern_test name)
  cmake_parse_arguments(TEST "" "PCH" "SOURCES;DEPS;LABELS;PROPERTIES" ${ARGN})
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  if(folder STREQUAL "tests")
    get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} DIRECTORY)
    get_filename_component(folder ${folder} NAME)
  endif()
  if(NOT TEST_LABELS)
    set(TEST_LABELS ${folder})
  endif()
  tern_program(${name} SOURCES ${TEST_SOURCES} DEPS ${TEST_DEPS} GTest::gtest GTest::gmock GTest::gtest_main)
  tern_test_options(${name})
  tern_test_pch(${name} ${TEST_PCH})
  foreach(label ${TEST_LABELS})
    if(NOT TARGET tern_tests_${label})
      add_custom_target(tern_tests_${label})
    endif()
    add_dependencies(tern_tests_${label} ${name})
  endforeach()
  # A label list must survive a list of properties, hence the escaped semicolon.
  string(REPLACE ";" "\\;" labels "${TEST_LABELS}")
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${labels}" TIMEOUT 300 ${TEST_PROPERTIES})
endfunction()

# tern_fuzzer(NAME SOURCES a.cc DEPS room...): a libFuzzer target over fuzz/corpus/NAME. With TERN_FUZZ it is the fuzzer
# itself; in every other build the same entry point replays its corpus as a test, so that no finding comes back.
function(tern_fuzzer name)
  cmake_parse_arguments(FUZZER "" "" "SOURCES;DEPS" ${ARGN})
  set(corpus ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
  if(TERN_FUZZ)
    tern_program(${name} SOURCES ${FUZZER_SOURCES} DEPS ${FUZZER_DEPS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_property(TARGET ${name} PROPERTY RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
    if(NOT TARGET tern_fuzzers)
      add_custom_target(tern_fuzzers)
    endif()
    add_dependencies(tern_fuzzers ${name})
  elseif(TERN_TESTS)
    tern_program(${name} SOURCES ${FUZZER_SOURCES} ${PROJECT_SOURCE_DIR}/fuzz/replay_main.cc DEPS ${FUZZER_DEPS})
    add_test(NAME Corpus.${name} COMMAND ${name} ${corpus})
    set_tests_properties(Corpus.${name} PROPERTIES LABELS fuzz TIMEOUT 300)
  endif()
endfunction()

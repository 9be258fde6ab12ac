# TERN_PROFILE lays the code of libbgp out by what runs under load. "count" makes programs, in counting/ and not in bin/, that
# as they end leave beside each object how often each of its branches was taken; "use" compiles by that. scripts/profiled does
# one after the other.
set(TERN_PROFILE "" CACHE STRING "Lay libbgp out by a profile: count, use, or nothing")
set_property(CACHE TERN_PROFILE PROPERTY STRINGS "" count use)
if(TERN_PROFILE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "TERN_PROFILE is for g++: a profile of another compiler has another form")
elseif(NOT TERN_PROFILE MATCHES "^(|count|use)$")
  message(FATAL_ERROR "TERN_PROFILE is count or use, not ${TERN_PROFILE}")
endif()

if(TERN_PROFILE STREQUAL "count")
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/counting)
  add_link_options(-fprofile-generate)
endif()

# tern_profile(): for the rooms that are added behind it, in this folder.
macro(tern_profile)
  if(TERN_PROFILE STREQUAL "count")
    add_compile_options(-fprofile-generate -fprofile-update=prefer-atomic)
  elseif(TERN_PROFILE STREQUAL "use")
    file(GLOB_RECURSE counts ${CMAKE_CURRENT_BINARY_DIR}/*.gcda)
    if(NOT counts)
      message(FATAL_ERROR "TERN_PROFILE=use finds no counts in ${CMAKE_CURRENT_BINARY_DIR}: scripts/profiled makes them")
    endif()
    # What the work that was counted did not reach is compiled as ever, not for size; what was changed since, with a warning.
    add_compile_options(-fprofile-use -fprofile-partial-training -fprofile-correction
                        -Wno-missing-profile -Wno-error=coverage-mismatch -Wno-maybe-uninitialized)
  endif()
endmacro()

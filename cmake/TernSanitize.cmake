# TERN_SANITIZE is a value of -fsanitize= for the whole build ("address,undefined" or "thread"). Any finding ends the
# program, so that a test cannot pass with one.
set(TERN_SANITIZE "" CACHE STRING "Sanitizers for the whole build, as in -fsanitize=")
if(TERN_SANITIZE)
  add_compile_options(-fsanitize=${TERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumentation hides initialisations from this warning, also within the standard library.
    add_compile_options(-Wno-maybe-uninitialized)
    # Asio's fences are known; nothing here is synchronised by them alone.
    if(TERN_SANITIZE STREQUAL "thread")
      add_compile_options(-Wno-tsan)
    endif()
  endif()
  add_link_options(-fsanitize=${TERN_SANITIZE})
endif()

# TERN_SANITIZE is a value of -fsanitize= for the whole build ("address,undefined" or "thread"). Any finding ends the
# program, so that a test cannot pass with one.
set(TERN_SANITIZE "" CACHE STRING "Sanitizers for the whole build, as in -fsanitize=")
if(TERN_SANITIZE)
  add_compile_options(-fsanitize=${TERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TERN_SANITIZE})
endif()

# cmake --install: headers, one archive a room, find_package(bgp) and bgp.pc.
include(CMakePackageConfigHelpers)

set(exported bgp bgp_public)
set(archives "")
foreach(room ${rooms})
  # Inside the package a room is bgp::room_wire; bgp::wire is the door for specialists.
  set_property(TARGET bgp_${room} PROPERTY EXPORT_NAME room_${room})
  list(APPEND exported bgp_${room})
  string(PREPEND archives "-lbgp_${room} ")  # upper rooms before those they need
endforeach()
set_property(TARGET bgp_public PROPERTY EXPORT_NAME headers)
install(DIRECTORY include/bgp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
foreach(tier wire session)
  if(TARGET bgp_tier_${tier})
    list(APPEND exported bgp_tier_${tier})
  endif()
endforeach()
foreach(room base wire session)
  if(room IN_LIST rooms)
    install(DIRECTORY src/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/bgp/rooms FILES_MATCHING PATTERN "*.h")
  endif()
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bgp)
install(TARGETS ${exported} EXPORT bgp ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT bgp NAMESPACE bgp:: FILE bgpTargets.cmake DESTINATION ${package_dir})
configure_package_config_file(bgpConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/bgpConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/bgpConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/bgpConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/bgpConfigVersion.cmake
  DESTINATION ${package_dir})

# bgp.pc finds its prefix from its own place, so that an installed tree can be moved.
file(RELATIVE_PATH pc_up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" pc_up "${pc_up}")
configure_file(bgp.pc.in ${CMAKE_CURRENT_BINARY_DIR}/bgp.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/bgp.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

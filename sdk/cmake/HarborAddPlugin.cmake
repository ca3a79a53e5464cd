# harbor_add_plugin(NAME SOURCES file... [LINK target...] [INSTALL])
#
# Builds NAME.so, an action pack: a module with hidden symbols that exports the entry point alone, resolves every
# symbol at link time and is not named lib*. INSTALL, or a variable HARBOR_INSTALL_PLUGIN that is true, puts it where
# an engine of the same prefix looks, lib/harbor/plugins, in the build folder and when installed (component Plugins).
function(harbor_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "INSTALL" "" "SOURCES;LINK")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "harbor_add_plugin(NAME SOURCES file... [LINK target...] [INSTALL])")
  endif()
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/harbor.map)

  add_library(${name} MODULE ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so" POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name} PRIVATE HarborSDK::sdk ${arg_LINK})
  target_link_options(${name} PRIVATE
    "LINKER:--version-script=${map}" "LINKER:--exclude-libs,ALL" "LINKER:-z,relro,-z,now")
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${map})
  # A sanitizer's own symbols come from the program that loads the pack.
  if(NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize" AND NOT HARBOR_SANITIZE AND NOT HARBOR_FUZZ)
    target_link_options(${name} PRIVATE "LINKER:-z,defs")
  endif()

  if(arg_INSTALL OR HARBOR_INSTALL_PLUGIN)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/harbor/plugins)
    install(TARGETS ${name} LIBRARY DESTINATION lib/harbor/plugins COMPONENT Plugins)
  endif()
endfunction()

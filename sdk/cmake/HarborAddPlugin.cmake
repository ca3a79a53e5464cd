# harbor_add_plugin(NAME SOURCES file... [LINK target...])
#
# Builds NAME.so, an action pack: a module with hidden symbols that exports the entry point alone, resolves every
# symbol at link time and is not named lib*. With HARBOR_INSTALL_PLUGIN it is installed where Harbor looks.
set(HARBOR_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/harbor.map CACHE INTERNAL "export map of action packs")

function(harbor_add_plugin name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} MODULE ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name} PRIVATE HarborSDK::sdk ${arg_LINK})
  target_link_options(${name} PRIVATE
    "LINKER:--version-script=${HARBOR_PLUGIN_MAP}" "LINKER:--exclude-libs,ALL" "LINKER:-z,relro,-z,now")
  if(NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize" AND NOT HARBOR_SANITIZE AND NOT HARBOR_FUZZ)
    target_link_options(${name} PRIVATE "LINKER:-z,defs")
  endif()
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${HARBOR_PLUGIN_MAP})
endfunction()

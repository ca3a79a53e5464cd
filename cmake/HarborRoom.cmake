# harbor_room(NAME SOURCES file... [USES room...] [LINK target...])
# A folder of the engine as the library harbor_NAME. Includes name the path from engine/, and a room sees only itself
# and the rooms that it USES: each is put on the include path by a folder of its own, build/room/NAME, that holds
# nothing but a link to it. What a room uses, those who use it see as well. LINK is for libraries from outside; they
# stay private.
function(harbor_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINK" ${ARGN})
  set(folder ${CMAKE_BINARY_DIR}/room/${name})
  file(MAKE_DIRECTORY ${folder})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/engine/${name} ${folder}/${name} SYMBOLIC)
  list(TRANSFORM arg_USES PREPEND harbor_)
  add_library(harbor_${name} STATIC ${arg_SOURCES})
  target_compile_features(harbor_${name} PUBLIC cxx_std_20)
  target_include_directories(harbor_${name} PUBLIC ${folder})
  target_link_libraries(harbor_${name}
    PUBLIC ${arg_USES} nlohmann_json::nlohmann_json PRIVATE harbor_options ${arg_LINK})
endfunction()

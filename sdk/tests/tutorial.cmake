# Every file of the template that the tutorial shows stands in it word for word.
file(READ ${HARBOR_SOURCE_DIR}/docs/writing-a-plugin.md tutorial)
foreach(file greet.cpp CMakeLists.txt greet_test.cpp)
  file(READ ${HARBOR_SOURCE_DIR}/sdk/template/${file} code)
  string(FIND "${tutorial}" "${code}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "docs/writing-a-plugin.md does not show sdk/template/${file} as it is")
  endif()
endforeach()

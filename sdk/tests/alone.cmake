# Every header of the SDK compiles when it is the only one that a source includes.
file(GLOB_RECURSE headers RELATIVE ${INCLUDE} ${INCLUDE}/harbor/*.hpp)
foreach(header IN LISTS headers)
  file(WRITE ${FOLDER}/alone.cpp "#include <${header}>\n")
  execute_process(COMMAND ${CXX} -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I${INCLUDE} ${FOLDER}/alone.cpp
    RESULT_VARIABLE status ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    message(SEND_ERROR "${header} does not stand alone:\n${errors}")
  endif()
endforeach()

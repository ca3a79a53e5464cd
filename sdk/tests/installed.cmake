# Installs the SDK to a fresh prefix, copies a project out of the source tree, builds it there with nothing but that
# prefix, and runs its tests.
string(MD5 name ${PROJECT})
set(folder ${HARBOR_BINARY_DIR}/sdk/installed-${name})
file(REMOVE_RECURSE ${folder})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${HARBOR_BINARY_DIR} --prefix ${folder}/prefix --component SDK
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(COPY ${PROJECT}/ DESTINATION ${folder}/source)
execute_process(COMMAND ${CMAKE_COMMAND} -S ${folder}/source -B ${folder}/build -G ${GENERATOR}
    -DCMAKE_PREFIX_PATH=${folder}/prefix -DCMAKE_C_COMPILER=${C} -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "-DCMAKE_CXX_FLAGS=-O1 -Wall -Wextra -Wpedantic -Werror"
  COMMAND_ERROR_IS_FATAL ANY)
file(READ ${folder}/build/compile_commands.json commands)
if(commands MATCHES "${HARBOR_SOURCE_DIR}/(sdk|engine)/")
  message(FATAL_ERROR "the project reaches into the source tree:\n${commands}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${folder}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${folder}/build --output-on-failure --no-tests=error
  COMMAND_ERROR_IS_FATAL ANY)

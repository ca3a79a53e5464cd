# How Harbor's own targets are compiled. Never exported: a pack chooses its own flags.
option(HARBOR_WERROR "Treat warnings as errors" OFF)
set(HARBOR_SANITIZE "" CACHE STRING "Sanitizers for every target: address,undefined or thread")
option(HARBOR_FUZZ "Build the libFuzzer targets (needs clang)" OFF)

add_library(harbor_options INTERFACE)
target_compile_features(harbor_options INTERFACE cxx_std_20)
target_compile_options(harbor_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wcast-align -Woverloaded-virtual
  -fstack-protector-strong
  $<$<BOOL:${HARBOR_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND (HARBOR_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Release"))
  # GCC 12 sees these where there are none, in the standard library, with sanitizers and at -O3.
  target_compile_options(harbor_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
target_link_options(harbor_options INTERFACE -Wl,-z,relro,-z,now -Wl,--as-needed -Wl,--gc-sections)
target_compile_options(harbor_options INTERFACE -ffunction-sections -fdata-sections)
if(NOT HARBOR_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(harbor_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(HARBOR_SANITIZE)
  target_compile_options(harbor_options INTERFACE
    -fsanitize=${HARBOR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(harbor_options INTERFACE -fsanitize=${HARBOR_SANITIZE})
endif()
if(HARBOR_FUZZ)
  target_compile_options(harbor_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined)
  target_link_options(harbor_options INTERFACE -fsanitize=address,undefined)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

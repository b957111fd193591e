# One target that says how everything is compiled; rooms and commands link it.
option(ESTALEIRO_TESTS "build the tests" ON)
option(ESTALEIRO_FUZZ "build the fuzz targets (needs clang)" OFF)
option(ESTALEIRO_WERROR "warnings are errors" OFF)
option(ESTALEIRO_STATIC "link statically: a program is one file that runs on any Linux of its architecture" OFF)
set(ESTALEIRO_SANITIZE "" CACHE STRING "sanitizers, comma separated: address,undefined or thread")

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(settings INTERFACE)
target_compile_features(settings INTERFACE cxx_std_20)
target_include_directories(settings INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(settings INTERFACE ESTALEIRO_VERSION="${PROJECT_VERSION}")
find_package(Threads REQUIRED)
target_link_libraries(settings INTERFACE Threads::Threads)
# Only what a command uses ends up in it: start-up time counts for check.
target_compile_options(settings INTERFACE -ffunction-sections -fdata-sections)
target_link_options(settings INTERFACE -Wl,--gc-sections -Wl,--as-needed)

if(ESTALEIRO_STATIC)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(OPENSSL_USE_STATIC_LIBS ON)
  target_link_options(settings INTERFACE -static)
endif()
if(ESTALEIRO_SANITIZE)
  target_compile_options(settings INTERFACE -fsanitize=${ESTALEIRO_SANITIZE} -fno-omit-frame-pointer
                                            -fno-sanitize-recover=all)
  target_link_options(settings INTERFACE -fsanitize=${ESTALEIRO_SANITIZE})
endif()
if(ESTALEIRO_FUZZ)
  target_compile_options(settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# small(TARGET...): compiled for size, where programs wait for an engine anyhow. The frontend's image is below 30 MB.
function(small)
  foreach(target ${ARGN})
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Os>)
  endforeach()
endfunction()

add_library(warnings INTERFACE)
target_compile_options(warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                                          -Wimplicit-fallthrough
  # A designated initialiser leaves the rest at its default on purpose.
  -Wno-missing-field-initializers
  # GCC 12 sees overlaps in std::string that are not there (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${ESTALEIRO_WERROR}>:-Werror>)

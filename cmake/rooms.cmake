# room(NAME LINKS target...): src/core/NAME is one static library, its tests in tests/NAME one program.
# A room links just what its row in docs/architecture.md allows, so an include that runs the wrong way does not link.
function(room name)
  cmake_parse_arguments(ROOM "" "" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC settings ${ROOM_LINKS} PRIVATE warnings)
endfunction()

# room_tests(NAME [LIBRARY target] [LINKS target...]): tests/NAME/*_test.cc as one doctest program. LIBRARY says what is
# tested if it is not called NAME.
function(room_tests name)
  cmake_parse_arguments(TESTS "" "LIBRARY" "LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  if(NOT TESTS_LIBRARY)
    set(TESTS_LIBRARY ${name})
  endif()
  add_executable(${name}_test ${sources} ${CMAKE_SOURCE_DIR}/tests/main.cc)
  target_link_libraries(${name}_test PRIVATE ${TESTS_LIBRARY} ${TESTS_LINKS} warnings)
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name}_test PRIVATE TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data/${name}")
  add_test(NAME ${name} COMMAND ${name}_test)
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

# fuzz_target(NAME LINKS target...): tests/fuzz/NAME.cc under libFuzzer.
function(fuzz_target name)
  cmake_parse_arguments(FUZZ "" "" "LINKS" ${ARGN})
  add_executable(fuzz_${name} ${name}.cc)
  target_link_libraries(fuzz_${name} PRIVATE ${FUZZ_LINKS} warnings)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
endfunction()

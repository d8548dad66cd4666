# burnish_module(<folder>
#   SOURCES  files under src/<folder>/          (none: a header-only folder)
#   TESTS    files under tests/<folder>/
#   USES     folders above this one, and third-party targets
#   TEST_USES what only the tests need)
#
# Makes the static library burnish_<folder> and one test executable burnish_<folder>_tests, known to ctest
# as <folder>. USES is checked against the house order in BURNISH_FOLDERS.
function(burnish_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;TESTS;USES;TEST_USES" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "burnish_module(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()

  set(target burnish_${name})
  burnish_resolve_uses(${name} uses ${arg_USES})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_link_libraries(${target} PUBLIC burnish_options ${uses})
    burnish_precompile(${target} library)
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE burnish_options ${uses})
  endif()

  if(BURNISH_TESTS AND arg_TESTS)
    burnish_resolve_uses(${name} test_uses ${arg_TEST_USES})
    list(TRANSFORM arg_TESTS PREPEND "${PROJECT_SOURCE_DIR}/tests/${name}/")
    add_executable(${target}_tests ${arg_TESTS})
    target_include_directories(${target}_tests PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_link_libraries(${target}_tests PRIVATE ${target} ${test_uses} GTest::gtest GTest::gmock GTest::gtest_main)
    burnish_precompile(${target}_tests test)
    add_test(NAME ${name} COMMAND ${target}_tests)
    set_tests_properties(${name} PROPERTIES
      WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
# Sandboxed children may not be traced, which LeakSanitizer needs; it would end each of them as failed.
      ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0;TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/tsan.supp")
  endif()
endfunction()

# Turns folder names into target names and refuses a folder that stands lower in the house than its user.
function(burnish_resolve_uses name out)
  list(FIND BURNISH_FOLDERS "${name}" own_place)
  set(resolved "")
  foreach(use IN LISTS ARGN)
    list(FIND BURNISH_FOLDERS "${use}" place)
    if(place EQUAL -1)
      list(APPEND resolved "${use}")
    elseif(place LESS own_place)
      list(APPEND resolved "burnish_${use}")
    else()
      message(FATAL_ERROR "src/${name} may not use src/${use}: the house order is ${BURNISH_FOLDERS}")
    endif()
  endforeach()
  set(${out} "${resolved}" PARENT_SCOPE)
endfunction()

# burnish_precompile(<target> library|test): what most files include is parsed once for all of them, where the preset asks
# for it. Parsing is two thirds of the time that a build takes. A file must still include what it uses: the presets
# without (release, fuzz) say when one does not.
set(common_headers
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <filesystem> <fstream> <functional> <map> <memory>
  <mutex> <optional> <random> <set> <span> <sstream> <string> <thread> <unordered_map> <variant> <vector>
  <boost/json.hpp> <spdlog/spdlog.h>)

if(BURNISH_PRECOMPILED_HEADERS)
  # An executable's files are compiled as -fPIE, a library's as -fPIC: both need their own.
  set(empty_program "${PROJECT_BINARY_DIR}/generated/precompiled.cpp")
  file(GENERATE OUTPUT "${empty_program}" CONTENT "int main() {}\n")  # as it is when it is the same
  add_library(burnish_precompiled_library OBJECT "${empty_program}")
  add_executable(burnish_precompiled_test "${empty_program}")
  foreach(kind IN ITEMS library test)
    target_link_libraries(burnish_precompiled_${kind} PRIVATE burnish_options Boost::headers Boost::json fmt::fmt
      spdlog::spdlog)
    target_precompile_headers(burnish_precompiled_${kind} PRIVATE ${common_headers})
  endforeach()
  target_link_libraries(burnish_precompiled_test PRIVATE GTest::gtest GTest::gmock)
  target_precompile_headers(burnish_precompiled_test PRIVATE <gtest/gtest.h> <gmock/gmock.h>)
endif()

function(burnish_precompile target kind)
  if(BURNISH_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM burnish_precompiled_${kind})
  endif()
endfunction()

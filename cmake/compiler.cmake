# Language level, warnings, compiler cache and linker. Flags for speed and checks stand in CMakePresets.json.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

find_program(BURNISH_CCACHE ccache)
if(BURNISH_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${BURNISH_CCACHE}")
  # Without this ccache keeps nothing that was made with precompiled headers.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${BURNISH_CCACHE}")
endif()

find_program(BURNISH_LLD ld.lld)
if(BURNISH_LLD)
  add_link_options(-fuse-ld=lld)
endif()

# libFuzzer and clang's AddressSanitizer stand in for library functions by the symbols that they export.
if(NOT BURNISH_FUZZ)
  add_link_options("-Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/executable.map")
endif()

# Our own code only: third-party sources and headers are not ours to judge.
add_library(burnish_options INTERFACE)
target_compile_options(burnish_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow=local -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wunused
  -Wextra-semi -Werror
  # g++ 12 reports these two on correct uses of std::string and std::variant at -O2 (GCC bugs 105329, 105562).
  -Wno-restrict -Wno-maybe-uninitialized
  # Some libraries ask for it; precompiled headers serve only those that have the same of it.
  -pthread)
target_include_directories(burnish_options INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(burnish_options INTERFACE
  $<$<BOOL:${BURNISH_FAILPOINTS}>:BURNISH_FAILPOINTS=1>
  BURNISH_VERSION="${PROJECT_VERSION}")

# The libraries that Burnish builds on, each under one target name. Headers of all of them are SYSTEM: their
# warnings are not ours. Debian's come from apt (setup/apt.txt), the rest from .third_party (setup/native).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(burnish_require path part)
  if(NOT EXISTS "${path}")
    message(FATAL_ERROR "${part} is missing (${path}). Run ./dev setup first.")
  endif()
endfunction()

# --- from .third_party ---------------------------------------------------------------------------------------

set(duckdb_root "${BURNISH_THIRD_PARTY}/duckdb")
burnish_require("${duckdb_root}/lib/libduckdb.so" DuckDB)
add_library(DuckDB::DuckDB SHARED IMPORTED GLOBAL)
set_target_properties(DuckDB::DuckDB PROPERTIES
  IMPORTED_LOCATION "${duckdb_root}/lib/libduckdb.so"
  INTERFACE_INCLUDE_DIRECTORIES "${duckdb_root}/include")

set(ort_root "${BURNISH_THIRD_PARTY}/onnxruntime")
burnish_require("${ort_root}/lib/libonnxruntime.so" "ONNX Runtime")
add_library(ONNXRuntime::ONNXRuntime SHARED IMPORTED GLOBAL)
set_target_properties(ONNXRuntime::ONNXRuntime PROPERTIES
  IMPORTED_LOCATION "${ort_root}/lib/libonnxruntime.so"
  INTERFACE_INCLUDE_DIRECTORIES "${ort_root}/include")

# SQLite older than 3.51.3, Debian's too, can corrupt a database at a WAL reset.
set(sqlite_root "${BURNISH_THIRD_PARTY}/sqlite3")
burnish_require("${sqlite_root}/src/sqlite3.c" SQLite)
file(STRINGS "${sqlite_root}/include/sqlite3.h" sqlite_version REGEX "^#define SQLITE_VERSION ")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" sqlite_version "${sqlite_version}")
if(sqlite_version VERSION_LESS 3.51.3)
  message(FATAL_ERROR "SQLite ${sqlite_version} is too old: Burnish needs 3.51.3 at least.")
endif()
add_library(burnish_sqlite3 STATIC "${sqlite_root}/src/sqlite3.c")
target_include_directories(burnish_sqlite3 SYSTEM PUBLIC "${sqlite_root}/include")
target_compile_definitions(burnish_sqlite3 PRIVATE
  SQLITE_THREADSAFE=1 SQLITE_DQS=0 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_OMIT_LOAD_EXTENSION
  SQLITE_OMIT_DEPRECATED SQLITE_LIKE_DOESNT_MATCH_BLOBS SQLITE_ENABLE_API_ARMOR)
target_compile_options(burnish_sqlite3 PRIVATE -w)
target_link_libraries(burnish_sqlite3 PUBLIC Threads::Threads)

# Header-only, for the search index above 200,000 vectors.
add_library(usearch::usearch INTERFACE IMPORTED GLOBAL)
set_target_properties(usearch::usearch PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${BURNISH_THIRD_PARTY}/usearch/include")

# --- from Debian ---------------------------------------------------------------------------------------------

# SOCI's archives are named in full: its CMake files would bring Debian's libsqlite3 along.
find_library(SOCI_CORE libsoci_core.a REQUIRED)
find_library(SOCI_SQLITE3 libsoci_sqlite3.a REQUIRED)
find_library(SOCI_POSTGRESQL libsoci_postgresql.a REQUIRED)
find_package(PostgreSQL REQUIRED)

add_library(SOCI::core STATIC IMPORTED GLOBAL)
set_target_properties(SOCI::core PROPERTIES
  IMPORTED_LOCATION "${SOCI_CORE}"
  INTERFACE_INCLUDE_DIRECTORIES /usr/include/soci
  INTERFACE_LINK_LIBRARIES "${CMAKE_DL_LIBS};Threads::Threads")
add_library(SOCI::sqlite3 STATIC IMPORTED GLOBAL)
set_target_properties(SOCI::sqlite3 PROPERTIES
  IMPORTED_LOCATION "${SOCI_SQLITE3}"
  INTERFACE_LINK_LIBRARIES "SOCI::core;burnish_sqlite3")
add_library(SOCI::postgresql STATIC IMPORTED GLOBAL)
set_target_properties(SOCI::postgresql PROPERTIES
  IMPORTED_LOCATION "${SOCI_POSTGRESQL}"
  INTERFACE_INCLUDE_DIRECTORIES "${PostgreSQL_INCLUDE_DIRS}"
  INTERFACE_LINK_LIBRARIES "SOCI::core;${PostgreSQL_LIBRARIES}")

pkg_check_modules(VIPS REQUIRED IMPORTED_TARGET GLOBAL vips)
add_library(VIPS::VIPS ALIAS PkgConfig::VIPS)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET GLOBAL libsodium)
add_library(sodium::sodium ALIAS PkgConfig::SODIUM)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET GLOBAL libseccomp)
add_library(seccomp::seccomp ALIAS PkgConfig::SECCOMP)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET GLOBAL libbrotlienc)

find_package(LibArchive REQUIRED)
find_package(ZLIB REQUIRED)
find_package(JPEG REQUIRED)
find_package(OpenSSL REQUIRED)

find_library(ROARING_LIBRARY roaring REQUIRED)
add_library(Roaring::Roaring UNKNOWN IMPORTED GLOBAL)
set_target_properties(Roaring::Roaring PROPERTIES
  IMPORTED_LOCATION "${ROARING_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES /usr/include)

find_library(OPENBLAS_LIBRARY openblas REQUIRED)
add_library(OpenBLAS::OpenBLAS UNKNOWN IMPORTED GLOBAL)
set_target_properties(OpenBLAS::OpenBLAS PROPERTIES
  IMPORTED_LOCATION "${OPENBLAS_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "/usr/include/x86_64-linux-gnu/openblas-pthread")

find_package(Eigen3 3.4 REQUIRED NO_MODULE)   # Eigen3::Eigen
find_package(TBB REQUIRED)                    # TBB::tbb
find_package(fmt REQUIRED)                    # fmt::fmt
find_package(spdlog REQUIRED)                 # spdlog::spdlog
find_package(CLI11 REQUIRED)                  # CLI11::CLI11
find_package(tomlplusplus REQUIRED)           # tomlplusplus::tomlplusplus
find_package(simdjson REQUIRED)               # simdjson::simdjson
find_package(Boost 1.81 REQUIRED COMPONENTS headers system json)  # Boost::headers, Boost::system, Boost::json

if(BURNISH_TESTS)
  find_package(GTest REQUIRED)
endif()
find_package(benchmark QUIET)

#pragma once

#include <string>

#include "formats/duckdb_handles.hpp"
#include "formats/parse/sinks.hpp"

namespace burnish::formats {

// Ready to read `path` and no other file. Made before the process enters its sandbox: DuckDB looks at the machine when
// it starts, and has seen no foreign byte by then.
duck::Session OpenParquetSession(const std::string& path);

// A Parquet file by path. Numbers, booleans, times and texts become cells of their kind; integers beyond 2^53 become
// texts, so that no identifier is rounded. Binary columns hold pictures; a struct of `bytes` and `path` (as Hugging
// Face writes pictures) becomes two columns. Other nested columns are left out and listed.
void ParseParquet(const duck::Session& session, const std::string& path, Pictures pictures, TableSink& sink);

}  // namespace burnish::formats

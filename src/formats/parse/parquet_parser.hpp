#pragma once

#include <string>

#include "formats/parse/sinks.hpp"

namespace burnish::formats {

// A Parquet file by path. Numbers, booleans, times and texts become cells of their kind; integers beyond 2^53 become
// texts, so that no identifier is rounded. Binary columns hold pictures; a struct of `bytes` and `path` (as Hugging
// Face writes pictures) becomes two columns. Other nested columns are left out and listed.
void ParseParquet(const std::string& path, Pictures pictures, TableSink& sink);

}  // namespace burnish::formats

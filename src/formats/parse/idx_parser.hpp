#pragma once

#include "formats/parse/byte_source.hpp"
#include "formats/parse/sinks.hpp"

namespace burnish::formats {

// The IDX files of MNIST and its relatives, gzip or not: big-endian header 00 00 08 n, then n sizes, then bytes.
// Pictures have 3 dimensions (count, rows, columns) or 4 (with 1, 3 or 4 channels last); labels have 1.
// `labels` may be null.
void ParseIdx(ByteSource& images, ByteSource* labels, IdxSink& sink);

// True if `start`, the (unzipped) first 4 bytes of a file, say that it is an IDX file of bytes with `dimensions`.
bool IsIdxStart(std::string_view start, int dimensions);

}  // namespace burnish::formats

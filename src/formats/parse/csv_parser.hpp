#pragma once

#include <string_view>

#include "formats/parse/byte_source.hpp"
#include "formats/parse/sinks.hpp"

namespace burnish::formats {

// Tables of text: RFC 4180 with any of , ; tab | between cells, any line ends, and the encodings of TextDecoder.
// The delimiter is the one that cuts the first rows most evenly. The first row is the header unless it already names a
// picture; then columns are called "column 1", "column 2", ... An unquoted empty cell is missing, a quoted one is an
// empty text. Rows that cannot be used are problems with their line, and the rest goes on.
void ParseCsv(ByteSource& source, TableSink& sink);

// What ParseCsv takes for the delimiter of a text that begins so.
char DetectDelimiter(std::string_view start);

}  // namespace burnish::formats

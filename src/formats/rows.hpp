#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace burnish::formats {

// One value as a reader found it. Text tables have texts only; an absent value and an empty text are two things.
struct Cell {
  enum class Kind : std::uint8_t { kMissing = 0, kText = 1, kNumber = 2, kBoolean = 3, kTime = 4, kBytes = 5 };
  Kind kind = Kind::kMissing;
  double number = 0;  // kNumber, which may be NaN; kBoolean: 0 or 1; kTime: microseconds since 1970 UTC
  std::string text;   // kText: UTF-8; kBytes: the bytes
  bool operator==(const Cell&) const = default;
};

struct Row {
  std::uint64_t line = 0;  // where it begins in the table, from 1; 0 for rows of no table
  std::vector<Cell> cells;
};

// Whether a reading needs the bytes of pictures that stand inside a table; without, their cells are kBytes and empty.
enum class Pictures : std::uint8_t { kWith, kWithout };

// Takes the rows one after the other; false stops the reading.
using RowSink = std::function<bool(Row&&)>;

}  // namespace burnish::formats

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/problem.hpp"
#include "formats/rows.hpp"

// What parsers give to: frames in the child process, values in tests and fuzz targets.
namespace burnish::formats {

struct TableColumn {
  std::string name;
  bool bytes = false;  // holds pictures
  bool typed = false;  // its cells carry numbers, booleans or times of their own, not texts
};

struct TableHeader {
  std::vector<TableColumn> columns;
  std::string details;  // "UTF-8, separated by commas"
};

class ProblemSink {
 public:
  virtual ~ProblemSink() = default;
  // `line` from 1, or 0. `thing` empty: the line or, without one, the file itself is meant.
  virtual void Problem(ProblemCode code, std::uint64_t line, std::string_view thing) = 0;
};

class TableSink : public ProblemSink {
 public:
  // Once, before the first row. Each of these returns false to stop the parser.
  virtual bool Header(TableHeader&& header) = 0;
  virtual bool TakeRow(Row&& row) = 0;
};

class IdxSink : public ProblemSink {
 public:
  // Rows from the top, `channels` interleaved; `label` -1 without labels.
  virtual bool TakeItem(std::uint32_t index, int label, int width, int height, int channels,
                        std::span<const std::uint8_t> pixels) = 0;
};

class ArchiveSink : public ProblemSink {
 public:
  // A regular file; `path` as the archive has it, any bytes.
  virtual bool BeginFile(std::string_view path) = 0;
  virtual bool Data(std::span<const std::byte> bytes) = 0;
  virtual bool EndFile() = 0;
};

}  // namespace burnish::formats

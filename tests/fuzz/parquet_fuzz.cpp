#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "formats/limits.hpp"
#include "formats/parse/parquet_parser.hpp"
#include "formats/text.hpp"

namespace {

using namespace burnish::formats;

class Checking final : public TableSink {
 public:
  bool Header(TableHeader&& header) override {
    if (columns_ != 0 || header.columns.empty() || header.columns.size() > kMaxColumns) std::abort();
    columns_ = header.columns.size();
    for (const auto& column : header.columns) {
      if (!IsUtf8(column.name) || HasControl(column.name)) std::abort();
    }
    return true;
  }
  bool TakeRow(Row&& row) override {
    if (columns_ == 0 || row.cells.size() != columns_ || row.line <= line_) std::abort();
    line_ = row.line;
    for (const auto& cell : row.cells) {
      if (cell.kind == Cell::Kind::kText && cell.text.find('\0') != std::string::npos) std::abort();
    }
    return line_ < 10'000;  // a few bytes can announce any number of equal rows
  }
  void Problem(ProblemCode, std::uint64_t, std::string_view) override {}

 private:
  std::size_t columns_ = 0;
  std::uint64_t line_ = 0;
};

}  // namespace

// DuckDB's own reader is not instrumented: this finds where it aborts, and what our reading makes of its answers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Opening DuckDB takes longer than reading a small file: one session, and one file that changes.
  static const int file = ::memfd_create("table", MFD_CLOEXEC);
  static const auto path = "/proc/self/fd/" + std::to_string(file);
  static const auto session = OpenParquetSession(path);
  if (::ftruncate(file, 0) != 0 || ::pwrite(file, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  Checking sink;
  ParseParquet(session, path, Pictures::kWith, sink);
  return 0;
}

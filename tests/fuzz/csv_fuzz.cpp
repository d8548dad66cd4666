#include <cstdlib>

#include "formats/limits.hpp"
#include "formats/parse/csv_parser.hpp"
#include "formats/text.hpp"

namespace {

using namespace burnish::formats;

// Holds the parser to what its header promises.
class Checking final : public TableSink {
 public:
  bool Header(TableHeader&& header) override {
    if (columns_ != 0 || header.columns.empty() || header.columns.size() > kMaxColumns) std::abort();
    columns_ = header.columns.size();
    for (const auto& column : header.columns) {
      if (column.name.empty() || !IsUtf8(column.name) || HasControl(column.name)) std::abort();
    }
    return true;
  }
  bool TakeRow(Row&& row) override {
    if (columns_ == 0 || row.cells.size() != columns_ || row.line <= line_) std::abort();
    line_ = row.line;
    for (const auto& cell : row.cells) {
      if (!IsUtf8(cell.text) || cell.text.find('\0') != std::string::npos) std::abort();
    }
    return true;
  }
  void Problem(ProblemCode, std::uint64_t, std::string_view) override {}

 private:
  std::size_t columns_ = 0;
  std::uint64_t line_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  MemorySource source({reinterpret_cast<const char*>(data), size});
  Checking sink;
  ParseCsv(source, sink);
  return 0;
}

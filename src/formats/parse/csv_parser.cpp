#include "formats/parse/csv_parser.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "formats/file_set.hpp"
#include "formats/limits.hpp"
#include "formats/parse/text_decoder.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

constexpr std::array kDelimiters = {',', ';', '\t', '|'};
constexpr std::size_t kRowsForDelimiter = 20;

struct RawRow {
  std::uint64_t line = 1;
  std::vector<std::string> cells;
  std::vector<bool> quoted;
  bool nul = false;
  bool too_long = false;
  bool open_quote = false;
  bool stray_quote = false;  // within a cell: a sign of a wrong delimiter

  bool Blank() const { return cells.size() == 1 && cells[0].empty() && !quoted[0]; }
};

// Cuts text into rows, piece by piece.
class RowCutter {
 public:
  explicit RowCutter(char delimiter) : delimiter_(delimiter) {}

  // Calls `row` for each row that ends in `text`; false from it stops.
  template <class OnRow>
  bool Feed(std::string_view text, const OnRow& row) {
    for (const char c : text) {
      if (c == '\n' && std::exchange(after_return_, false)) continue;  // the second half of CR LF
      after_return_ = c == '\r' && state_ != State::kQuoted;
      if (!Take(c) && !EmitRow(row)) return false;
    }
    return true;
  }

  template <class OnRow>
  void Finish(const OnRow& row) {
    if (state_ == State::kQuoted) row_.open_quote = true;
    if (state_ != State::kRowStart) EmitRow(row);
  }

 private:
  enum class State { kRowStart, kCellStart, kPlain, kQuoted, kQuoteInQuoted };

  // False when the row ends here.
  bool Take(char c) {
    if (state_ == State::kRowStart) {
      row_.line = line_;
      state_ = State::kCellStart;
    }
    if (c == '\0') row_.nul = true;
    if (state_ == State::kQuoted) {
      TakeQuoted(c);
      return true;
    }
    if (state_ == State::kQuoteInQuoted && c == '"') {
      Put('"');
      state_ = State::kQuoted;
      return true;
    }
    if (c == '"' && state_ == State::kCellStart) {
      cell_quoted_ = true;
      state_ = State::kQuoted;
      return true;
    }
    if (c == delimiter_) {
      EndCell();
      state_ = State::kCellStart;
      return true;
    }
    if (c == '\n' || c == '\r') {
      ++line_;
      return false;
    }
    if (c == '"' || state_ == State::kQuoteInQuoted) row_.stray_quote = true;
    Put(c);
    state_ = State::kPlain;
    return true;
  }

  void TakeQuoted(char c) {
    if (c == '"') {
      state_ = State::kQuoteInQuoted;
      return;
    }
    // CR LF within quotes is one line.
    if (c == '\r' || (c == '\n' && last_ != '\r')) ++line_;
    last_ = c;
    Put(c);
  }

  void Put(char c) {
    if (row_bytes_ >= kMaxRowBytes || cell_.size() >= kMaxCellBytes) {
      row_.too_long = true;
      return;
    }
    ++row_bytes_;
    cell_.push_back(c);
  }

  void EndCell() {
    if (row_.cells.size() > kMaxColumns) {
      row_.too_long = true;
      cell_.clear();
    } else {
      row_.cells.push_back(std::exchange(cell_, {}));
      row_.quoted.push_back(cell_quoted_);
    }
    cell_quoted_ = false;
  }

  template <class OnRow>
  bool EmitRow(const OnRow& row) {
    EndCell();
    state_ = State::kRowStart;
    row_bytes_ = 0;
    last_ = '\0';
    return row(std::exchange(row_, {}));
  }

  char delimiter_;
  State state_ = State::kRowStart;
  RawRow row_;
  std::string cell_;
  bool cell_quoted_ = false;
  bool after_return_ = false;
  char last_ = '\0';
  std::size_t row_bytes_ = 0;
  std::uint64_t line_ = 1;
};

std::string_view DelimiterName(char delimiter) {
  switch (delimiter) {
    case ';':
      return "semicolons";
    case '\t':
      return "tabs";
    case '|':
      return "bars";
    default:
      return "commas";
  }
}

class CsvReading {
 public:
  CsvReading(TableSink& sink, std::string details) : sink_(sink), details_(std::move(details)) {}

  bool Take(RawRow&& row) {
    if (row.Blank()) return true;
    if (columns_ == 0) return TakeFirst(std::move(row));
    return TakeData(std::move(row));
  }

  bool AnyRow() const noexcept { return columns_ != 0; }

 private:
  bool TakeFirst(RawRow&& row) {
    if (row.cells.size() > kMaxColumns) {
      sink_.Problem(ProblemCode::kTooManyColumns, 0, {});
      return false;
    }
    if (!Usable(row)) return true;
    columns_ = row.cells.size();
    const bool header =
        std::none_of(row.cells.begin(), row.cells.end(), [](const auto& cell) { return LooksLikeImageName(cell); });
    TableHeader result;
    result.details = details_ + (header ? "" : ", without a header");
    std::unordered_set<std::string> taken;
    for (std::size_t i = 0; i < columns_; ++i) {
      result.columns.push_back({ColumnName(header ? row.cells[i] : std::string(), header, i, taken), false, false});
    }
    if (!sink_.Header(std::move(result))) return false;
    return header || TakeData(std::move(row));
  }

  std::string ColumnName(const std::string& cell, bool header, std::size_t index,
                         std::unordered_set<std::string>& taken) {
    std::string name(Trim(Printable(cell)));
    if (name.size() > kMaxColumnNameBytes) {
      name.resize(kMaxColumnNameBytes);
      while (!IsUtf8(name)) name.pop_back();
    }
    if (name.empty()) {
      name = "column " + std::to_string(index + 1);
      if (header) sink_.Problem(ProblemCode::kUnnamedColumn, 0, name);
    } else if (taken.contains(name)) {
      sink_.Problem(ProblemCode::kDuplicateColumn, 0, name);
    }
    const std::string base = name;
    for (int number = 2; !taken.insert(name).second; ++number) name = base + " (" + std::to_string(number) + ")";
    return name;
  }

  bool TakeData(RawRow&& raw) {
    if (!Usable(raw)) return true;
    if (raw.cells.size() != columns_) {
      sink_.Problem(ProblemCode::kRaggedRow, raw.line, {});
      return true;
    }
    Row row;
    row.line = raw.line;
    row.cells.resize(columns_);
    for (std::size_t i = 0; i < columns_; ++i) {
      if (raw.cells[i].empty() && !raw.quoted[i]) continue;
      row.cells[i] = {Cell::Kind::kText, 0, std::move(raw.cells[i])};
    }
    return sink_.TakeRow(std::move(row));
  }

  bool Usable(const RawRow& row) {
    const auto refuse = [&](ProblemCode code) {
      sink_.Problem(code, row.line, {});
      return false;
    };
    if (row.open_quote) return refuse(ProblemCode::kOpenQuote);
    if (row.nul) return refuse(ProblemCode::kNulByte);
    if (row.too_long) return refuse(ProblemCode::kRowTooLong);
    if (!std::all_of(row.cells.begin(), row.cells.end(), IsUtf8)) return refuse(ProblemCode::kTextNotUtf8);
    return true;
  }

  TableSink& sink_;
  std::string details_;
  std::size_t columns_ = 0;
};

}  // namespace

char DetectDelimiter(std::string_view start) {
  char best = ',';
  double best_score = 0;
  for (const char delimiter : kDelimiters) {
    std::vector<std::size_t> widths;  // 0 for rows that this delimiter cannot have made
    const auto note = [&](RawRow&& row) {
      if (!row.Blank()) widths.push_back(row.stray_quote ? 0 : row.cells.size());
      return widths.size() < kRowsForDelimiter;
    };
    RowCutter cutter(delimiter);
    cutter.Feed(start, note);
    if (widths.empty()) cutter.Finish(note);
    if (widths.empty() || widths.front() < 2) continue;
    const auto even = std::count(widths.begin(), widths.end(), widths.front());
    const double score = static_cast<double>(even) / static_cast<double>(widths.size()) +
                         0.001 * static_cast<double>(std::min<std::size_t>(widths.front(), 100));
    if (score > best_score) {
      best_score = score;
      best = delimiter;
    }
  }
  return best;
}

void ParseCsv(ByteSource& source, TableSink& sink) {
  TextDecoder text(source);
  if (text.Encoding() == TextEncoding::kWindows1252) sink.Problem(ProblemCode::kEncodingGuessed, 0, {});
  const char delimiter = DetectDelimiter(text.LookAhead());
  CsvReading reading(
      sink, std::string(Describe(text.Encoding())) + ", separated by " + std::string(DelimiterName(delimiter)));
  RowCutter cutter(delimiter);
  const auto take = [&](RawRow&& row) { return reading.Take(std::move(row)); };
  while (true) {
    const auto piece = text.Next();
    if (piece.empty()) break;
    if (!cutter.Feed(piece, take)) return;
  }
  cutter.Finish(take);
  if (!reading.AnyRow()) sink.Problem(ProblemCode::kEmptyTable, 0, {});
}

}  // namespace burnish::formats

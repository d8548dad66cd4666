#include "formats/frames.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>

#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kFlushBytes = std::size_t{256} << 10U;
constexpr std::size_t kReadBytes = std::size_t{1} << 20U;
constexpr std::uint8_t kFlagBytes = 1;
constexpr std::uint8_t kFlagTyped = 2;

template <class T>
void AppendLittle(std::string& to, T value) {
  for (std::size_t i = 0; i < sizeof value; ++i) to.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}

template <class T>
T Little(std::string_view bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value |= static_cast<T>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
  return value;
}

[[noreturn]] void Nonsense() { throw Error(ErrorCode::kInvalidArgument, "The reader's answer makes no sense."); }

Cell ReadCell(FrameCursor& cursor) {
  Cell cell;
  const auto kind = cursor.U8();
  if (kind > static_cast<std::uint8_t>(Cell::Kind::kBytes)) Nonsense();
  cell.kind = static_cast<Cell::Kind>(kind);
  switch (cell.kind) {
    case Cell::Kind::kMissing:
      break;
    case Cell::Kind::kText:
      cell.text = cursor.Text();
      break;
    case Cell::Kind::kBytes:
      cell.text = cursor.Bytes();
      break;
    case Cell::Kind::kNumber:
    case Cell::Kind::kBoolean:
    case Cell::Kind::kTime:
      cell.number = cursor.F64();
      break;
  }
  return cell;
}

}  // namespace

void FrameWriter::Begin(FrameType type) {
  frame_ = buffer_.size();
  buffer_.push_back(static_cast<char>(type));
  AppendLittle(buffer_, std::uint32_t{0});
}

void FrameWriter::U8(std::uint8_t value) { buffer_.push_back(static_cast<char>(value)); }
void FrameWriter::U32(std::uint32_t value) { AppendLittle(buffer_, value); }
void FrameWriter::U64(std::uint64_t value) { AppendLittle(buffer_, value); }
void FrameWriter::F64(double value) { AppendLittle(buffer_, std::bit_cast<std::uint64_t>(value)); }

void FrameWriter::Bytes(std::string_view bytes) {
  U32(static_cast<std::uint32_t>(bytes.size()));
  buffer_ += bytes;
}

void FrameWriter::Raw(std::string_view bytes) { buffer_ += bytes; }

void FrameWriter::End() {
  const auto length = static_cast<std::uint32_t>(buffer_.size() - frame_ - kHeadBytes);
  for (std::size_t i = 0; i < sizeof length; ++i)
    buffer_[frame_ + 1 + i] = static_cast<char>((length >> (8 * i)) & 0xFFU);
  if (buffer_.size() >= kFlushBytes) Flush();
}

void FrameWriter::Header(const TableHeader& header) {
  Begin(FrameType::kHeader);
  Bytes(header.details);
  U32(static_cast<std::uint32_t>(header.columns.size()));
  for (const auto& column : header.columns) {
    Bytes(column.name);
    U8(static_cast<std::uint8_t>((column.bytes ? kFlagBytes : 0U) | (column.typed ? kFlagTyped : 0U)));
  }
  End();
}

void FrameWriter::TakeRow(const Row& row) {
  Begin(FrameType::kRow);
  U64(row.line);
  U32(static_cast<std::uint32_t>(row.cells.size()));
  for (const auto& cell : row.cells) {
    U8(static_cast<std::uint8_t>(cell.kind));
    if (cell.kind == Cell::Kind::kText || cell.kind == Cell::Kind::kBytes)
      Bytes(cell.text);
    else if (cell.kind != Cell::Kind::kMissing)
      F64(cell.number);
  }
  End();
}

void FrameWriter::Problem(ProblemCode code, std::uint64_t line, std::string_view thing) {
  Begin(FrameType::kProblem);
  U8(static_cast<std::uint8_t>(code));
  U64(line);
  Bytes(thing);
  End();
}

void FrameWriter::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const auto count = ::write(descriptor_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(ErrorCode::kUnavailable, "Nobody takes what the reader says.");
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
}

std::string_view FrameCursor::Take(std::size_t size) {
  if (size > rest_.size()) Nonsense();
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint8_t FrameCursor::U8() { return Little<std::uint8_t>(Take(1)); }
std::uint32_t FrameCursor::U32() { return Little<std::uint32_t>(Take(4)); }
std::uint64_t FrameCursor::U64() { return Little<std::uint64_t>(Take(8)); }
double FrameCursor::F64() { return std::bit_cast<double>(U64()); }
std::string_view FrameCursor::Bytes() { return Take(U32()); }

std::string FrameCursor::Text() {
  const auto text = Bytes();
  if (!IsUtf8(text)) Nonsense();
  return std::string(text);
}

void FrameCursor::ExpectEnd() const {
  if (!rest_.empty()) Nonsense();
}

TableHeader ReadHeader(FrameCursor cursor) {
  TableHeader header;
  header.details = cursor.Text();
  const auto count = cursor.U32();
  if (count == 0 || count > kMaxColumns) Nonsense();
  for (std::uint32_t i = 0; i < count; ++i) {
    TableColumn column;
    column.name = cursor.Text();
    const auto flags = cursor.U8();
    column.bytes = (flags & kFlagBytes) != 0;
    column.typed = (flags & kFlagTyped) != 0;
    if (column.name.empty() || HasControl(column.name)) Nonsense();
    header.columns.push_back(std::move(column));
  }
  cursor.ExpectEnd();
  return header;
}

Row ReadRow(FrameCursor cursor, std::size_t columns) {
  Row row;
  row.line = cursor.U64();
  if (cursor.U32() != columns) Nonsense();
  row.cells.reserve(columns);
  for (std::size_t i = 0; i < columns; ++i) row.cells.push_back(ReadCell(cursor));
  cursor.ExpectEnd();
  return row;
}

Frame FrameReader::Next() {
  Fill(kHeadBytes);
  const std::string_view head = std::string_view(buffer_).substr(at_, kHeadBytes);
  const auto type = Little<std::uint8_t>(head);
  const auto length = Little<std::uint32_t>(head.substr(1));
  if (type < static_cast<std::uint8_t>(FrameType::kHeader) || type > static_cast<std::uint8_t>(FrameType::kDone) ||
      length > kMaxFrameBytes) {
    Nonsense();
  }
  at_ += kHeadBytes;
  Fill(length);
  Frame frame{static_cast<FrameType>(type), buffer_.substr(at_, length)};
  at_ += length;
  return frame;
}

void FrameReader::Fill(std::size_t wanted) {
  if (buffer_.size() - at_ >= wanted) return;
  buffer_.erase(0, at_);
  at_ = 0;
  while (buffer_.size() < wanted) {
    pollfd waiting{descriptor_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(silence_.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) throw Error(ErrorCode::kUnavailable, "The reader has stopped answering.");
    const auto size = buffer_.size();
    buffer_.resize(size + std::max(wanted - size, kReadBytes));
    const auto count = ::read(descriptor_, buffer_.data() + size, buffer_.size() - size);
    buffer_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw Error(ErrorCode::kUnavailable, "The reader ended before its answer did.");
  }
}

}  // namespace burnish::formats

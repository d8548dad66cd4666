#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "formats/parse/sinks.hpp"

// What a reader child says, on one pipe: frames of a type (1 byte), a length (4 bytes, little-endian) and so many
// bytes. Texts and lists inside have a length of 4 bytes before them. The parent believes nothing: a frame that is out
// of order, out of bounds or not UTF-8 where text must stand ends the conversation.
//
//   kHeader    details text, columns: count, then for each name text, flags (1 bytes, 2 typed)
//   kRow       line u64, cells: count, then for each kind u8 and nothing | f64 | bytes
//   kProblem   code u8, line u64, thing bytes
//   kItem      index u32, label i32 (-1 none), PNG bytes
//   kBegin     path bytes        a file of an archive begins
//   kData      bytes             of that file
//   kEnd                         that file ends
//   kDone                        the last frame: nothing was cut off
namespace burnish::formats {

enum class FrameType : std::uint8_t { kHeader = 1, kRow, kProblem, kItem, kBegin, kData, kEnd, kDone };

inline constexpr std::size_t kMaxFrameBytes = std::size_t{512} << 20U;

// The child's end. Throws kUnavailable when the parent is gone.
class FrameWriter {
 public:
  explicit FrameWriter(int descriptor) : descriptor_(descriptor) {}
  void Begin(FrameType type);
  void U8(std::uint8_t value);
  void U32(std::uint32_t value);
  void U64(std::uint64_t value);
  void F64(double value);
  void Bytes(std::string_view bytes);  // with its length
  void Raw(std::string_view bytes);    // the whole payload
  void End();
  // Each writes one frame.
  void Header(const TableHeader& header);
  void TakeRow(const Row& row);
  void Problem(ProblemCode code, std::uint64_t line, std::string_view thing);
  void Flush();

 private:
  int descriptor_;
  std::string buffer_;
  std::size_t frame_ = 0;  // where the present frame begins in buffer_
};

struct Frame {
  FrameType type = FrameType::kDone;
  std::string payload;
};

// A payload, read in order. Each throws kInvalidArgument beyond the end.
class FrameCursor {
 public:
  explicit FrameCursor(std::string_view payload) : rest_(payload) {}
  std::uint8_t U8();
  std::uint32_t U32();
  std::uint64_t U64();
  double F64();
  std::string_view Bytes();
  std::string Text();  // UTF-8, else kInvalidArgument
  void ExpectEnd() const;

 private:
  std::string_view Take(std::size_t size);
  std::string_view rest_;
};

TableHeader ReadHeader(FrameCursor cursor);
// Throws kInvalidArgument unless the row has `columns` cells.
Row ReadRow(FrameCursor cursor, std::size_t columns);

// The parent's end. Throws kInvalidArgument for nonsense, kUnavailable at the end of the pipe without kDone or after
// `silence` without a byte.
class FrameReader {
 public:
  FrameReader(int descriptor, std::chrono::milliseconds silence) : descriptor_(descriptor), silence_(silence) {}
  Frame Next();

 private:
  void Fill(std::size_t wanted);
  int descriptor_;
  std::chrono::milliseconds silence_;
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace burnish::formats

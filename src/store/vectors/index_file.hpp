#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/half.hpp"
#include "base/hash.hpp"

namespace burnish::store {

// What is kept about a row beside its code: cosine(row, query) is about
//   dot(centre of its list, query) + scale * dot(code as +1 and -1, rotated query) + offset
struct CodeTerms {
  float scale = 0;
  float offset = 0;
  std::uint32_t row = 0;
  std::uint32_t list = 0;
};
static_assert(sizeof(CodeTerms) == 16);

// The same for a row's fine code, whose numbers are the odd ones from -15 to 15.
struct FineTerms {
  float scale = 0;
  float offset = 0;
};
static_assert(sizeof(FineTerms) == 8);

// Each number of a fine code is kept as a level from 0 to 15, two in a byte: of every 64, byte j has number j in its
// low half and number 32 + j in its high.
inline constexpr int kFineLevels = 16;

// For how many nearest rows the builder measured how many lists to visit.
inline constexpr std::array<std::uint32_t, 3> kMeasuredCounts = {10, 100, 1000};

// The first 128 bytes of the file; plain numbers, little-endian.
struct IndexHeader {
  std::array<char, 8> magic{'B', 'R', 'N', 'I', 'V', 'F', '0', '2'};
  std::uint32_t dimensions = 0;
  std::uint32_t words = 0;  // of a code
  std::uint32_t rows = 0;   // the first rows of the pack
  std::uint32_t lists = 0;
  std::array<std::uint32_t, kMeasuredCounts.size()> visits{};  // lists to visit for so many nearest rows
  std::uint32_t unused = 0;
  base::ContentHash content;  // FixedPack::Fingerprint of those rows
  std::array<std::byte, 64> zero{};
  std::uint32_t body_crc = 0;
  std::uint32_t header_crc = 0;  // of all before
};
static_assert(sizeof(IndexHeader) == 128);

// An index of rows in memory, or mapped from its file:
//
//   header, centres (f16, lists x dimensions), starts (u32, lists + 1: the slots of each list),
//   terms (16 bytes x rows, by slot), codes (u64, rows x words, by slot), fine terms (8 bytes x rows, by slot),
//   fine codes (32 bytes x rows x words, by slot); each part padded to 64 bytes
class IndexFile {
 public:
  struct Parts {
    std::span<base::Half> centres;
    std::span<std::uint32_t> starts;
    std::span<CodeTerms> terms;
    std::span<std::uint64_t> codes;
    std::span<FineTerms> fine_terms;
    std::span<std::uint8_t> fine_codes;
  };

  // Nothing when there is no file. Throws kInternal, naming what is wrong, for one that is cut, damaged or of another
  // format.
  static std::unique_ptr<IndexFile> Open(const std::filesystem::path& file);
  // Room for an index of zeros in memory; fill its parts, then Write.
  explicit IndexFile(const IndexHeader& header);
  ~IndexFile();
  IndexFile(const IndexFile&) = delete;
  IndexFile& operator=(const IndexFile&) = delete;

  const IndexHeader& Header() const noexcept { return *reinterpret_cast<const IndexHeader*>(data_); }
  std::span<const base::Half> Centres() const noexcept { return parts_.centres; }
  std::span<const std::uint32_t> Starts() const noexcept { return parts_.starts; }
  std::span<const CodeTerms> Terms() const noexcept { return parts_.terms; }
  std::span<const std::uint64_t> Codes() const noexcept { return parts_.codes; }
  std::span<const FineTerms> FineTermsOfSlots() const noexcept { return parts_.fine_terms; }
  const std::uint8_t* FineCode(std::size_t slot) const noexcept {
    return parts_.fine_codes.data() + slot * FineBytes();
  }
  std::size_t FineBytes() const noexcept { return FineBytesOf(Header()); }  // of a fine code
  static std::size_t FineBytesOf(const IndexHeader& header) noexcept { return std::size_t{header.words} * 32; }

  // To fill what was not opened from a file.
  IndexHeader& EditHeader() noexcept { return *reinterpret_cast<IndexHeader*>(data_); }
  const Parts& Edit() noexcept { return parts_; }
  // Durably, under its name only when whole.
  void Write(const std::filesystem::path& file);

 private:
  IndexFile(std::byte* data, std::size_t bytes) : data_(data), bytes_(bytes) {}
  void Check() const;
  void FindParts();

  std::byte* data_;
  std::size_t bytes_;
  Parts parts_;
};

}  // namespace burnish::store

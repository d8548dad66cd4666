#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <vector>

#include "base/files.hpp"
#include "base/hash.hpp"

namespace burnish::store {

// Artifacts of one size by content hash (embeddings, quality records), memory-mapped: row r is where it is for ever.
// Append-only, first one wins; a torn tail is cut off at opening, a record whose checksum fails is absent. Any thread
// may call.
//
//   header := "BRNFIX01", u32 record size, u32 0, padding to 64 bytes
//   record := key[16], u32 crc32c(key, bytes), u32 0, bytes[size], padding to 8                    little-endian
class FixedPack {
 public:
  static constexpr std::uint32_t kNoRow = 0xFFFFFFFFU;

  // Opens or makes the file; one that is not a pack of this record size is renamed aside and a new one made.
  FixedPack(std::filesystem::path file, std::uint32_t record_bytes);
  ~FixedPack();
  FixedPack(const FixedPack&) = delete;
  FixedPack& operator=(const FixedPack&) = delete;

  std::uint32_t RecordBytes() const noexcept { return record_bytes_; }
  // Rows so far, damaged ones included.
  std::uint32_t Rows() const;
  // kNoRow when there is none.
  std::uint32_t RowOf(const base::ContentHash& key) const;
  bool Has(const base::ContentHash& key) const { return RowOf(key) != kNoRow; }
  // RowOf each of many keys, much faster than one by one.
  std::vector<std::uint32_t> RowsOf(std::span<const base::ContentHash> keys) const;
  // Valid as long as the pack lives.
  std::span<const std::byte> Row(std::uint32_t row) const;
  // The same, read from the file. `bytes` has as many as a record. Throws kUnavailable.
  void ReadRow(std::uint32_t row, std::span<std::byte> bytes) const;
  std::optional<std::span<const std::byte>> Get(const base::ContentHash& key) const;
  // Returns its row (the old one when the key is there). Not durable until Sync. Throws kInvalidArgument for another
  // size.
  std::uint32_t Put(const base::ContentHash& key, std::span<const std::byte> bytes);
  void Sync();
  // Of the keys and bytes of the first `rows` rows, by their checksums: what was made from these rows fits no others.
  base::ContentHash Fingerprint(std::uint32_t rows) const;

 private:
  struct Mapping {
    const std::byte* data = nullptr;
    std::size_t bytes = 0;
  };
  void Open();
  void Scan(std::uint64_t size);
  // Calls visit(row, record) for the first `rows` rows.
  template <class Visit>
  void ForEachRecord(std::uint32_t rows, Visit&& visit) const;
  std::uint64_t OffsetOf(std::uint32_t row) const noexcept;

  std::filesystem::path path_;
  std::uint32_t record_bytes_;
  std::uint64_t stride_;
  base::FileDescriptor file_;
  // The whole address range is reserved at opening and pages appear as the file grows, so rows never move.
  Mapping mapping_;
  mutable std::shared_mutex mutex_;  // guards what follows
  boost::unordered_flat_map<base::ContentHash, std::uint32_t, std::hash<base::ContentHash>> rows_by_key_;
  std::uint32_t rows_ = 0;
};

}  // namespace burnish::store

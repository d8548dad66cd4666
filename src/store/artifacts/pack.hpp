#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "store/artifacts/hot_records.hpp"

namespace burnish::store {

// The file that holds artifacts of one kind and recipe: "<kind>-<recipe>.pack", where `recipe` (a-z, 0-9, '-', '.')
// says how they were made. Another recipe is another file, so an artifact is never older than what asks for it.
std::string PackFileName(std::string_view kind, std::string_view recipe, std::string_view ending = "pack");

// Artifacts of varying size by content hash: append-only; while one can be read, no other takes its place. Losing it
// costs time, never truth: a torn tail is cut off at opening, a record whose checksum fails is absent, and one made in
// its stead counts from then on. Any thread may call; one process per file.
//
//   file   := "BRNPACK1" record*
//   record := u32 length, u32 crc32c(key, bytes), key[16], bytes[length]       little-endian
class Pack {
 public:
  // Opens or makes the file; one that is not a pack is renamed aside (".broken-<n>") and a new one made.
  explicit Pack(std::filesystem::path file);
  Pack(const Pack&) = delete;
  Pack& operator=(const Pack&) = delete;

  // The bytes kept under `key`, or nothing when there are none or they are damaged.
  std::optional<std::string> Get(const base::ContentHash& key) const;
  // Get, if the bytes are in memory, ours or the system's, and nobody is writing; null for whatever reason. Never
  // waits.
  std::shared_ptr<const std::string> GetAtHand(const base::ContentHash& key) const;
  bool Has(const base::ContentHash& key) const;
  // Has for each of many keys, much faster than one by one.
  std::vector<bool> HasEach(std::span<const base::ContentHash> keys) const;
  // True once after Get has come upon damaged records: somebody has to make them again.
  bool TakeDamaged() noexcept { return damaged_.exchange(false); }
  // Not durable until Sync; at most 64 MB. Throws kStorageFull, kUnavailable, kTooLarge.
  void Put(const base::ContentHash& key, std::span<const std::byte> bytes);
  void Sync();
  std::size_t Count() const;
  std::uint64_t Bytes() const;
  const std::filesystem::path& File() const noexcept { return path_; }

 private:
  struct Place {
    std::uint64_t offset = 0;  // of the bytes
    std::uint32_t length = 0;
    std::uint32_t crc = 0;
  };
  void Open();
  void Scan(std::uint64_t size);

  std::filesystem::path path_;
  base::FileDescriptor file_;
  mutable std::shared_mutex mutex_;  // guards what follows
  mutable boost::unordered_flat_map<base::ContentHash, Place, std::hash<base::ContentHash>> places_;
  std::uint64_t end_ = 0;
  mutable std::atomic<bool> damaged_ = false;
  mutable HotRecords hot_;
};

// CRC-32C (Castagnoli, RFC 3720), continuing from `crc` (0 at the start).
std::uint32_t Crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0);

}  // namespace burnish::store

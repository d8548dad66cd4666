#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace burnish::store {

// Immutable bytes by content: a blob's name is BLAKE2b-256 of its bytes in hex (64 digits). Batches,
// large deltas, stored sets and uploaded media are blobs. Any thread may call.
//
// Put returns when the blob is on stable storage, so that a row of the catalog may name it.
// Nothing is ever overwritten; putting the same bytes again costs one hash.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  virtual std::string Put(std::span<const std::byte> bytes) = 0;
  // Takes the file over: afterwards it is gone from `file`. It must be on the same file system as
  // the store (make it in a StagingFolder).
  virtual std::string PutFile(const std::filesystem::path& file) = 0;
  virtual bool Has(std::string_view name) const = 0;
  // The bytes, checked against the name. Throws kNotFound, kTooLarge above `limit`, kInternal when
  // they are not what the name says.
  virtual std::string Get(std::string_view name, std::size_t limit = std::size_t{1} << 30U) const = 0;
  // A local file with the blob's bytes, for readers that want a path (DuckDB, media). Not checked:
  // call Verify once where it matters. Throws kNotFound.
  virtual std::filesystem::path LocalPath(std::string_view name) const = 0;
  // The folder below which LocalPath finds every blob.
  virtual std::filesystem::path LocalFolder() const = 0;
  // Throws as Get does, without loading the bytes.
  virtual void Verify(std::string_view name) const = 0;

  std::string PutText(std::string_view text) { return Put(std::as_bytes(std::span(text.data(), text.size()))); }
};

// Below `root`: aa/bb/<name>, by the first four digits of the name. Makes `root` when absent.
std::unique_ptr<BlobStore> OpenFolderBlobStore(const std::filesystem::path& root);

}  // namespace burnish::store

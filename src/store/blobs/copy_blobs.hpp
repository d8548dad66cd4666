#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "store/blobs/blob_store.hpp"

namespace burnish::store {

struct BlobCopy {
  std::uint64_t copied = 0;
  std::uint64_t copied_bytes = 0;
  std::uint64_t present = 0;  // were there already
};

// Copies those of `names` that the folder `to` lacks; it is a folder of blobs as OpenFolderBlobStore reads it. Each is
// checked against its name on the way, and has its name there only once its bytes are on stable storage.
// Throws kNotFound or kInternal naming the blob that is missing or damaged, kStorageFull, kUnavailable.
BlobCopy CopyBlobs(const BlobStore& from, const std::vector<std::string>& names, const std::filesystem::path& to);

// Where a blob lies below the root of such a folder.
std::filesystem::path BlobPath(const std::filesystem::path& root, const std::string& name);

}  // namespace burnish::store

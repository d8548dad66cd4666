#pragma once

#include <cstdint>
#include <filesystem>

#include "base/files.hpp"

namespace burnish::store {

// While one of these lives, in any process, no blob of the data folder is collected; a collection that is under way is
// waited for. For what copies or checks blobs from outside the server.
class BlobsInUse {
 public:
  // Throws kUnavailable when the data folder cannot be written.
  explicit BlobsInUse(const std::filesystem::path& data);

 private:
  base::FileDescriptor lock_;
};

// Held while blobs are removed. Throws kUnavailable when a BlobsInUse lives.
class BlobsToMyself {
 public:
  explicit BlobsToMyself(const std::filesystem::path& data);

 private:
  base::FileDescriptor lock_;
};

}  // namespace burnish::store

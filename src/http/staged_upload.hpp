#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/files.hpp"
#include "base/random.hpp"
#include "http/request.hpp"

namespace burnish::http {

// A file of the staging folder that goes with the request unless its handler moved it away.
class StagedUpload {
 public:
  // Throws kUnavailable if the folder is not writable.
  StagedUpload(const std::filesystem::path& folder, base::Random& random);
  ~StagedUpload();
  StagedUpload(const StagedUpload&) = delete;
  StagedUpload& operator=(const StagedUpload&) = delete;

  // Waits for the disk. Throws kStorageFull, kUnavailable.
  void Append(std::string_view bytes);
  UploadedFile Close();

 private:
  std::filesystem::path path_;
  base::FileDescriptor file_;
  std::uint64_t bytes_ = 0;
};

}  // namespace burnish::http

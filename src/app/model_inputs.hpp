#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/files.hpp"
#include "base/hash.hpp"

namespace burnish::app {

// Pictures as the embedding model takes them, made by an import while it decoded for the eyes, until the model has run.
// They lie in a file without a name, so that they take page cache and no memory of ours, and go with the object, or
// with the process. What is not kept here is decoded again: losing it costs time only. Any thread may call.
class ModelInputs {
 public:
  static constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30U;

  // Inputs of `bytes_each`, at most `most_bytes` of them in all, in a file of the folder. Without room there it keeps
  // nothing.
  ModelInputs(const std::filesystem::path& folder, std::size_t bytes_each, std::uint64_t most_bytes = kMostBytes);

  // The first of a content wins. Nothing happens when there is no more room, or `pixels` are not of the size.
  void Keep(const base::ContentHash& content, std::span<const std::uint8_t> pixels);
  // Empty if they are not here.
  std::vector<std::uint8_t> Find(const base::ContentHash& content) const;

 private:
  base::FileDescriptor file_;
  std::size_t bytes_each_;
  std::uint64_t most_;        // inputs
  mutable std::mutex mutex_;  // guards what follows
  std::uint64_t begun_ = 0;
  std::unordered_map<base::ContentHash, std::uint64_t> places_;  // of what is written whole
};

}  // namespace burnish::app

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
// The first stay in memory, which spares a small import the copies; the others lie in a file without a name, so that
// they take page cache and no memory of ours, and go with the object, or with the process. What is not kept here is
// decoded again: losing it costs time only. Any thread may call.
class ModelInputs {
 public:
  struct Room {
    std::uint64_t memory_bytes = std::uint64_t{256} << 20U;
    std::uint64_t file_bytes = std::uint64_t{768} << 20U;
  };

  // Inputs of `bytes_each`, as many as there is room for: in memory, then in a file of the folder. Where that cannot be
  // made, there is room in memory only.
  ModelInputs(const std::filesystem::path& folder, std::size_t bytes_each, Room room);
  ModelInputs(const std::filesystem::path& folder, std::size_t bytes_each) : ModelInputs(folder, bytes_each, Room()) {}

  // The first of a content wins. Nothing happens when there is no more room, or `pixels` are not of the size.
  void Keep(const base::ContentHash& content, std::vector<std::uint8_t> pixels);
  // Empty if they are not here.
  std::vector<std::uint8_t> Find(const base::ContentHash& content) const;

 private:
  base::FileDescriptor file_;
  std::size_t bytes_each_;
  std::uint64_t most_in_memory_;  // inputs
  std::uint64_t most_in_file_;
  mutable std::mutex mutex_;  // guards what follows
  std::unordered_map<base::ContentHash, std::vector<std::uint8_t>> in_memory_;
  std::uint64_t begun_ = 0;
  std::unordered_map<base::ContentHash, std::uint64_t> places_;  // of what is written whole
};

}  // namespace burnish::app

#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "app/workspace.hpp"
#include "base/hash.hpp"
#include "insight/near_duplicates.hpp"

namespace burnish::app {

// Which contents of a project were compared with each other, and the pairs among them that show the same photograph.
// Named by content, it holds whatever becomes of the samples. Immutable once shared.
struct NearPairs {
  std::vector<base::ContentHash> contents;
  std::vector<insight::NearPair> pairs;  // positions in contents
  boost::unordered_flat_map<base::ContentHash, std::uint32_t, std::hash<base::ContentHash>> position_of;

  void Add(const base::ContentHash& content);
};

// As kept on disk: magic, numbers of contents and pairs, contents, pairs, a hash of all that.
std::vector<std::byte> EncodeNearPairs(const NearPairs& pairs);
// Nothing when the bytes are not whole or not of this format.
std::optional<NearPairs> DecodeNearPairs(std::span<const std::byte> bytes);

// For each sample those that show the same photograph in other bytes; withdrawn ones have none and are none.
store::NearDuplicateColumns NearDuplicatesOf(const store::Snapshot& snapshot, const NearPairs& pairs);

// Finds near duplicates once the embeddings are there. Contents that come later are compared with all, and only they.
class NearDuplicates {
 public:
  explicit NearDuplicates(Workspace& workspace);

  // When a project is opened: attaches what was found before.
  void Restore(OpenProject& project);
  // After samples came or went: attaches, and starts the job when contents with an embedding were not compared yet.
  void Follow(OpenProject& project);

 private:
  void Attach(OpenProject& project);
  void Run(jobs::Context& context);

  Workspace& workspace_;
  std::atomic<std::uint64_t> attached_{0};  // numbers the attachments, for results that depend on them
};

}  // namespace burnish::app

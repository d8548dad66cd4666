#pragma once

#include <filesystem>
#include <functional>

#include "store/columns/project_view.hpp"

namespace burnish::store {

// The columns in memory, written down now and then, so that the next start need not read them out of their file. Of one
// thread.
class KeptMemory {
 public:
  // `truth` outlives this.
  KeptMemory(const ProjectTruth& truth, std::filesystem::path file);

  // Gives what an earlier life left to `take`. False, and it is gone, if there is none, or it cannot be trusted or
  // taken.
  bool Load(const std::function<void(const Snapshot&)>& take);
  // Whether it is behind by so many changes.
  bool IsBehind(const Snapshot& latest, model::SequenceNumber changes) const;
  // Writes it if it is, or if an import came.
  void Keep(const SnapshotPtr& latest, model::SequenceNumber behind);

 private:
  const ProjectTruth& truth_;
  std::filesystem::path file_;
  model::SequenceNumber kept_at_ = 0;
};

}  // namespace burnish::store

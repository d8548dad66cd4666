#include "store/columns/kept_memory.hpp"

#include <utility>

#include "base/log.hpp"
#include "store/columns/kept_file.hpp"
#include "store/columns/memory_file.hpp"

namespace burnish::store {

KeptMemory::KeptMemory(const ProjectTruth& truth, std::filesystem::path file) : truth_(truth), file_(std::move(file)) {}

bool KeptMemory::Load(const std::function<void(const Snapshot&)>& take) {
  try {
    const auto kept = ReadMemoryFile(file_, truth_.project);
    if (!kept) return false;
    CheckAgainstLog(truth_, kept->snapshot->as_of, kept->operation);
    take(*kept->snapshot);
    kept_at_ = kept->snapshot->as_of;
    return true;
  } catch (const std::exception& error) {
    spdlog::warn("columns of project {}: {} They are read from their file instead.", truth_.project.Text(),
                 error.what());
    std::error_code ignored;
    std::filesystem::remove_all(file_, ignored);
    return false;
  }
}

bool KeptMemory::IsBehind(const Snapshot& latest, model::SequenceNumber changes) const {
  return latest.as_of >= kept_at_ + changes;
}

void KeptMemory::Keep(const SnapshotPtr& latest, model::SequenceNumber behind) {
  const bool grew = !latest->imports.empty() && latest->imports.back().sequence > kept_at_;
  if (latest->as_of == kept_at_ || (!grew && !IsBehind(*latest, behind))) return;
  const std::vector<model::Change> last = truth_.read_changes(latest->as_of - 1, 1);
  if (last.empty()) return;
  WriteMemoryFile(file_, {latest, last[0].operation.Text()});
  kept_at_ = latest->as_of;
}

}  // namespace burnish::store

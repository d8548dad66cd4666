#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/workspace.hpp"
#include "base/error.hpp"
#include "model/change.hpp"
#include "store/columns/snapshot.hpp"
#include "store/log/change_log.hpp"

namespace burnish::app {

// A value of a sample that somebody else changed meanwhile, in words.
struct ConflictItem {
  model::Ordinal ordinal = 0;
  std::string aspect;                   // "label", "split", "excluded", "tag: blurry"
  std::optional<std::string> expected;  // what the caller saw; nothing: no label
  std::optional<std::string> present;
  std::optional<std::string> wanted;
  base::SequenceNumber sequence = 0;  // the change that made it so
  base::PersonId author;
  base::Micros at = 0;
};

// Refused as a whole: one sample, and it has moved since the caller looked.
class EditConflict : public base::Error {
 public:
  EditConflict(const std::string& message, std::vector<ConflictItem> items)
      : base::Error(base::ErrorCode::kConflict, message), items_(std::move(items)) {}
  const std::vector<ConflictItem>& Items() const noexcept { return items_; }

 private:
  std::vector<ConflictItem> items_;
};

// What a change did, for the one who made it. Also of its retries.
struct EditOutcome {
  base::SequenceNumber sequence = 0;           // reads that ask for at_least this see it
  std::optional<base::SequenceNumber> change;  // nothing when no change was needed
  std::uint64_t changed = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t kept = 0;               // undo: left as they are because somebody edited them later
  std::vector<ConflictItem> conflicts;  // the first kMostListed
  std::uint64_t conflict_count = 0;
  std::string summary;
  std::vector<model::Ordinal> ordinals;  // touched, when at most kMostOrdinals
};
inline constexpr std::size_t kMostListedConflicts = 200;
inline constexpr std::size_t kMostListedOrdinals = 1'000;

// "label", "split", ..., and a value of it as people say it.
std::string DescribeAspect(const store::Snapshot& snapshot, const model::Aspect& aspect);
std::optional<std::string> DescribeCode(const store::Snapshot& snapshot, const model::Aspect& aspect,
                                        std::uint32_t code);
std::vector<ConflictItem> DescribeConflicts(const store::Snapshot& snapshot,
                                            const std::vector<store::SampleConflict>& conflicts);

// "1 sample", "1,204 samples"
std::string Counted(std::uint64_t count, std::string_view one, std::string_view many);

// A digest of what was asked for, so that one operation id cannot stand for two requests.
std::string RequestDigest(std::initializer_list<std::string_view> parts);

// Appends, brings the change into the view, and says what happened. Turns ConflictError of a single
// edit into EditConflict.
EditOutcome AppendChange(Workspace& workspace, const Entry& entry, const store::AppendRequest& request);
EditOutcome OutcomeOf(Workspace& workspace, const Entry& entry, const store::AppendResult& result, std::string summary);

}  // namespace burnish::app

#include "app/edit_outcome.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace burnish::app {

namespace {

std::optional<std::string> DescribeRegions(const store::Snapshot& snapshot, std::uint32_t code) {
  if (code == 0 || !snapshot.region_table) return std::nullopt;
  const auto row = store::RegionTable::Cursor(*snapshot.region_table).At(code);
  const std::uint32_t count = row.end - row.begin;
  return std::to_string(count) + (count == 1 ? " region" : " regions");
}

}  // namespace

std::string DescribeAspect(const store::Snapshot& snapshot, const model::Aspect& aspect) {
  switch (aspect.kind) {
    case model::AspectKind::kLabel:
      return "label";
    case model::AspectKind::kSplit:
      return "split";
    case model::AspectKind::kExcluded:
      return "excluded";
    case model::AspectKind::kTag:
      return "tag: " + (aspect.key < snapshot.tag_names.size() ? snapshot.tag_names[aspect.key] : std::string("?"));
    case model::AspectKind::kMedia:
      return "media";
    case model::AspectKind::kWithdrawn:
      return "import";
    case model::AspectKind::kRegions:
      return "regions";
  }
  return "label";
}

std::optional<std::string> DescribeCode(const store::Snapshot& snapshot, const model::Aspect& aspect,
                                        std::uint32_t code) {
  switch (aspect.kind) {
    case model::AspectKind::kLabel: {
      const model::ClassId id = model::LabelClass(code);
      if (id == model::kNoClass) return std::nullopt;
      const bool confirmed = model::StateOfLabel(code) == model::LabelState::kConfirmed;
      return snapshot.ontology.NameOf(id) + (confirmed ? " (confirmed)" : "");
    }
    case model::AspectKind::kSplit:
      return std::string(model::SplitName(static_cast<model::Split>(code)));
    case model::AspectKind::kExcluded:
      return code != 0 ? "excluded" : "included";
    case model::AspectKind::kTag:
      return code != 0 ? "tagged" : "not tagged";
    case model::AspectKind::kMedia:
      return snapshot.MediaAt(code).content.Hex().substr(0, 12);
    case model::AspectKind::kWithdrawn:
      return code != 0 ? "withdrawn" : "imported";
    case model::AspectKind::kRegions:
      return DescribeRegions(snapshot, code);
  }
  return std::nullopt;
}

std::vector<ConflictItem> DescribeConflicts(const store::Snapshot& snapshot,
                                            const std::vector<store::SampleConflict>& conflicts) {
  std::vector<ConflictItem> items;
  for (const store::SampleConflict& conflict : conflicts) {
    if (items.size() == kMostListedConflicts) break;
    const auto describe = [&](std::uint32_t code) { return DescribeCode(snapshot, conflict.aspect, code); };
    items.push_back({conflict.ordinal, DescribeAspect(snapshot, conflict.aspect), describe(conflict.expected),
                     describe(conflict.present), describe(conflict.wanted), conflict.sequence, conflict.author,
                     conflict.at});
  }
  return items;
}

std::string Counted(std::uint64_t count, std::string_view one, std::string_view many) {
  std::string digits = std::to_string(count);
  for (auto place = static_cast<std::ptrdiff_t>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), ",");
  return digits + " " + std::string(count == 1 ? one : many);
}

std::string RequestDigest(std::initializer_list<std::string_view> parts) {
  base::Digest digest;
  for (const std::string_view part : parts) digest.UpdateText(part);
  return digest.FinishHex();
}

EditOutcome OutcomeOf(Workspace& workspace, const Entry& entry, const store::AppendResult& result,
                      std::string summary) {
  const auto snapshot =
      result.recorded ? workspace.Committed(entry.project.id, result) : entry->View().AtLeast(result.sequence);
  EditOutcome outcome;
  outcome.sequence = result.sequence;
  if (result.recorded) outcome.change = result.sequence;
  outcome.changed = result.undoes ? result.restored : result.samples;
  outcome.kept = result.kept;
  outcome.conflicts = DescribeConflicts(*snapshot, result.skipped);
  outcome.conflict_count = result.skipped_count;
  outcome.summary = std::move(summary);
  if (result.change) {
    if (outcome.changed <= kMostListedOrdinals) outcome.ordinals = model::TouchedSamples(result.change->delta);
  } else if (result.recorded) {
    if (const auto change = workspace.Parts().log.FindChange(entry.project.id, result.sequence)) {
      // A retry says what the first call said, whatever the samples are by now.
      if (result.repeated && !result.undoes) outcome.summary = change->summary;
      if (outcome.changed <= kMostListedOrdinals) outcome.ordinals = model::TouchedSamples(change->delta);
    }
  }
  return outcome;
}

EditOutcome AppendChange(Workspace& workspace, const Entry& entry, const store::AppendRequest& request) {
  try {
    return OutcomeOf(workspace, entry, workspace.Parts().log.Append(request), request.summary);
  } catch (const store::ConflictError& error) {
    if (error.StaleIds() || error.Samples().empty()) throw;
    const auto snapshot = entry->View().AtLeast(error.Samples().front().sequence);
    throw EditConflict(error.what(), DescribeConflicts(*snapshot, error.Samples()));
  }
}

}  // namespace burnish::app

#include "formats/reconcile.hpp"

#include <unordered_map>

namespace burnish::formats {
namespace {

// Where a content was seen first.
using FirstSeen = std::unordered_map<base::ContentHash, const std::string*>;

void CompareLabels(const KnownSample& known, const IncomingSample& incoming, Reconciled& result, Reconciliation& all) {
  if (!incoming.label) return;
  if (!known.label) {
    result.fills_label = true;
    ++all.fills_label;
  } else if (*known.label != *incoming.label) {
    result.label_differs = true;
    ++all.label_differs;
  }
}

}  // namespace

Reconciliation Reconcile(const std::vector<KnownSample>& known, const std::vector<IncomingSample>& incoming) {
  Reconciliation all;
  std::unordered_map<std::string_view, std::size_t> by_path;
  FirstSeen first_seen;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].same_source) by_path.emplace(known[i].path, i);
    first_seen.emplace(known[i].content, &known[i].path);
  }
  std::vector<bool> met(known.size(), false);
  all.samples.reserve(incoming.size());
  for (const auto& sample : incoming) {
    Reconciled result;
    if (const auto found = by_path.find(sample.path); found != by_path.end()) {
      const auto& before = known[found->second];
      met[found->second] = true;
      result.ordinal = before.ordinal;
      result.fate = before.content == sample.content ? Fate::kUnchanged : Fate::kContentDiffers;
      ++(result.fate == Fate::kUnchanged ? all.unchanged : all.content_differs);
      CompareLabels(before, sample, result, all);
    } else {
      ++all.added;
      const auto [first, is_first] = first_seen.emplace(sample.content, &sample.path);
      if (!is_first) {
        result.duplicate_of = *first->second;
        ++all.duplicates;
      }
    }
    all.samples.push_back(std::move(result));
  }
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].same_source && !met[i]) all.missing.push_back(known[i].ordinal);
  }
  return all;
}

}  // namespace burnish::formats

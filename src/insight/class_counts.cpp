#include "insight/class_counts.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/error.hpp"

namespace burnish::insight {
namespace {

double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double ClassCounts::Accuracy() const {
  return Share(std::accumulate(correct_.begin(), correct_.end(), std::uint64_t{0}),
               std::accumulate(truth_.begin(), truth_.end(), std::uint64_t{0}));
}

double ClassCounts::Precision(std::size_t id) const { return Share(correct_[id], predicted_[id]); }
double ClassCounts::Recall(std::size_t id) const { return Share(correct_[id], truth_[id]); }
double ClassCounts::F1(std::size_t id) const { return Share(2 * correct_[id], truth_[id] + predicted_[id]); }

double ClassCounts::MacroF1() const {
  double sum = 0;
  std::size_t occurring = 0;
  for (std::size_t id = 0; id < truth_.size(); ++id) {
    if (truth_[id] + predicted_[id] == 0) continue;
    sum += F1(id);
    ++occurring;
  }
  return occurring == 0 ? 0.0 : sum / static_cast<double>(occurring);
}

void CheckClassIds(std::initializer_list<std::span<const model::ClassId>> spans, std::size_t classes) {
  for (const auto span : spans) {
    if (span.size() != spans.begin()->size()) {
      throw base::Error(base::ErrorCode::kInvalidArgument, "Labels and predictions do not cover the same samples.");
    }
    for (const auto id : span) {
      if (id == model::kNoClass || id < classes) continue;
      throw base::Error(base::ErrorCode::kInvalidArgument, "There is no class " + std::to_string(id) + ".");
    }
  }
}

}  // namespace burnish::insight

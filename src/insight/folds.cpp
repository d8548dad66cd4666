#include "insight/folds.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "base/error.hpp"
#include "math/random.hpp"

namespace burnish::insight {
namespace {

// Byte-equal samples.
struct Group {
  std::vector<std::uint32_t> members;  // positions, rising
  ClassId label = kNoClass;            // the most common one; kNoClass when none has a label
  std::uint64_t place = 0;             // decided by seed and content: the order within a class
};

std::uint64_t Place(const base::ContentHash& content, std::uint64_t seed) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    high = high << 8U | content.bytes[i];
    low = low << 8U | content.bytes[i + 8];
  }
  return math::Mix(math::Mix(math::Mix(seed) ^ high) ^ low);
}

ClassId MostCommonLabel(const Group& group, std::span<const ClassId> labels) {
  std::map<ClassId, std::size_t> counts;
  for (const auto i : group.members) {
    if (labels[i] != kNoClass) ++counts[labels[i]];
  }
  ClassId best = kNoClass;
  for (const auto& [label, count] : counts) {
    if (best == kNoClass || count > counts[best]) best = label;
  }
  return best;
}

// All groups, by class, then in the order that seed and content decide.
std::vector<Group> GroupByContent(std::span<const base::ContentHash> content, std::span<const ClassId> labels,
                                  std::uint64_t seed) {
  if (content.size() != labels.size()) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one label entry for each sample.");
  }
  std::vector<std::uint32_t> order(content.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](auto a, auto b) { return content[a] < content[b]; });
  std::vector<Group> groups;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || content[order[i]] != content[order[i - 1]]) {
      groups.push_back({{}, kNoClass, Place(content[order[i]], seed)});
    }
    groups.back().members.push_back(order[i]);
  }
  for (auto& group : groups) group.label = MostCommonLabel(group, labels);
  // Stable: should two contents share a place, their own order decides.
  std::ranges::stable_sort(groups, [](const Group& a, const Group& b) {
    return a.label != b.label ? a.label < b.label : a.place < b.place;
  });
  return groups;
}

class FoldCounts {
 public:
  explicit FoldCounts(std::size_t folds) : in_all_(folds, 0) {}

  void Add(ClassId label, std::size_t fold, std::size_t count) {
    OfClass(label)[fold] += count;
    in_all_[fold] += count;
  }

  std::size_t Emptiest(ClassId label) {
    const auto& of_class = OfClass(label);
    std::size_t best = 0;
    for (std::size_t fold = 1; fold < in_all_.size(); ++fold) {
      if (of_class[fold] < of_class[best] || (of_class[fold] == of_class[best] && in_all_[fold] < in_all_[best])) {
        best = fold;
      }
    }
    return best;
  }

 private:
  std::vector<std::size_t>& OfClass(ClassId label) {
    auto& counts = of_class_[label];
    counts.resize(in_all_.size(), 0);
    return counts;
  }

  std::vector<std::size_t> in_all_;
  std::map<ClassId, std::vector<std::size_t>> of_class_;
};

}  // namespace

std::vector<std::uint8_t> AssignFolds(std::span<const base::ContentHash> content, std::span<const ClassId> labels,
                                      const FoldOptions& options, std::span<const std::uint8_t> previous) {
  if (options.folds < 2 || options.folds > 100 || (!previous.empty() && previous.size() != content.size())) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "There must be 2 to 100 folds, and one previous fold for each sample or none.");
  }
  const auto groups = GroupByContent(content, labels, options.seed);
  const auto labeled = [&](const Group& group) {
    return static_cast<std::size_t>(
        std::ranges::count_if(group.members, [&](auto i) { return labels[i] != kNoClass; }));
  };
  std::vector<std::size_t> chosen(groups.size(), options.folds);
  FoldCounts counts(options.folds);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const auto i : groups[g].members) {
      if (previous.empty() || chosen[g] < options.folds || previous[i] >= options.folds) continue;
      chosen[g] = previous[i];
      counts.Add(groups[g].label, chosen[g], labeled(groups[g]));
    }
  }
  std::vector<std::uint8_t> folds(content.size(), kNoFold);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].label == kNoClass) continue;
    if (chosen[g] == options.folds) {
      chosen[g] = counts.Emptiest(groups[g].label);
      counts.Add(groups[g].label, chosen[g], labeled(groups[g]));
    }
    for (const auto i : groups[g].members) {
      if (labels[i] != kNoClass) folds[i] = static_cast<std::uint8_t>(chosen[g]);
    }
  }
  return folds;
}

std::vector<model::Split> SuggestSplit(std::span<const base::ContentHash> content, std::span<const ClassId> labels,
                                       const SplitShares& shares, std::uint64_t seed) {
  const std::array<double, 3> wanted = {shares.train, shares.validation, shares.test};
  const std::array<model::Split, 3> splits = {model::Split::kTrain, model::Split::kValidation, model::Split::kTest};
  if (std::ranges::any_of(wanted, [](double share) { return !(share >= 0); }) ||
      std::abs(shares.train + shares.validation + shares.test - 1) > 1e-6) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "The shares of the splits must not be negative and must sum to 1.");
  }
  const auto groups = GroupByContent(content, labels, seed);
  std::vector<model::Split> result(content.size(), model::Split::kTrain);
  for (std::size_t begin = 0; begin < groups.size();) {
    std::size_t end = begin;
    double total = 0;
    for (; end < groups.size() && groups[end].label == groups[begin].label; ++end) {
      total += static_cast<double>(groups[end].members.size());
    }
    std::array<double, 3> lacking = {wanted[0] * total, wanted[1] * total, wanted[2] * total};
    for (std::size_t g = begin; g < end; ++g) {
      std::size_t best = static_cast<std::size_t>(std::ranges::max_element(lacking) - lacking.begin());
      if (end - begin == 1) best = 0;
      lacking[best] -= static_cast<double>(groups[g].members.size());
      for (const auto i : groups[g].members) result[i] = splits[best];
    }
    begin = end;
  }
  return result;
}

}  // namespace burnish::insight

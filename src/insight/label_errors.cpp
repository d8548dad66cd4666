#include "insight/label_errors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <type_traits>

#include "base/error.hpp"
#include "insight/class_counts.hpp"
#include "math/lanes.hpp"
#include "math/parallel.hpp"

namespace burnish::insight {
namespace {

using math::IntLanes;
using math::kLanes;
using math::Lanes;
using math::LoadLanes;

// cleanlab's constant for comparing floating point numbers, and the least threshold that it allows.
constexpr double kSlack = 1e-6;
constexpr double kLeastThreshold = 2 * kSlack;

constexpr std::size_t kRowsAtOnce = 4096;

// The samples and classes that are judged, the classes numbered 0 .. classes - 1 among themselves. Refers to the
// probabilities it was made of.
struct Judged {
  math::MatrixView probabilities;
  std::vector<ClassId> class_ids;
  std::vector<std::uint32_t> positions;
  std::vector<std::size_t> labels;
  std::vector<double> sums;  // of the judged columns; 1 where all are judged, so that nothing is scaled
  std::size_t Classes() const { return class_ids.size(); }
  // Then nothing is scaled, and a row is what was given.
  bool AreAll() const { return class_ids.size() == probabilities.width; }
  double At(std::size_t i, std::size_t k) const { return probabilities.Row(positions[i])[class_ids[k]] / sums[i]; }
  void CopyRow(std::size_t i, std::span<double> row) const {
    const auto from = probabilities.Row(positions[i]);
    if (AreAll()) {
      std::ranges::copy(from, row.begin());
      return;
    }
    for (std::size_t k = 0; k < row.size(); ++k) row[k] = from[class_ids[k]] / sums[i];
  }
};

double SumOf(std::span<const float> row) {
  Lanes sums{};
  std::size_t k = 0;
  for (; k + kLanes <= row.size(); k += kLanes) sums += LoadLanes(&row[k]);
  double sum = math::Sum(sums);
  for (; k < row.size(); ++k) sum += row[k];
  return sum;
}

// Of the judged columns. Where all are judged nobody asks for more than whether there is one (a sample without
// probabilities has NaN), so f32 will do.
std::vector<double> SumsOf(math::MatrixView probabilities, std::span<const ClassId> columns) {
  std::vector<double> sums(probabilities.rows, 0.0);
  math::ParallelFor(probabilities.rows, kRowsAtOnce, {}, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = probabilities.Row(i);
      if (columns.size() == row.size()) {
        sums[i] = SumOf(row);
      } else {
        for (const auto id : columns) sums[i] += row[id];
      }
    }
  });
  return sums;
}

Judged SelectJudged(math::MatrixView probabilities, std::span<const ClassId> labels, std::size_t minimum,
                    std::vector<ClassId>& not_judged) {
  std::vector<std::size_t> counts(probabilities.width, 0);
  for (const auto label : labels) {
    if (label != kNoClass) ++counts[label];
  }
  Judged judged{probabilities, {}, {}, {}, {}};
  std::vector<std::size_t> place(probabilities.width, 0);
  for (std::size_t id = 0; id < counts.size(); ++id) {
    // A class that nobody has stays a column, as in cleanlab.
    if (counts[id] > 0 && counts[id] < minimum) {
      not_judged.push_back(static_cast<ClassId>(id));
      continue;
    }
    place[id] = judged.class_ids.size();
    judged.class_ids.push_back(static_cast<ClassId>(id));
  }
  const auto sums = SumsOf(probabilities, judged.class_ids);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == kNoClass || std::ranges::binary_search(not_judged, labels[i]) || !(sums[i] > 0)) continue;
    judged.positions.push_back(static_cast<std::uint32_t>(i));
    judged.labels.push_back(place[labels[i]]);
    judged.sums.push_back(not_judged.empty() ? 1.0 : sums[i]);
  }
  return judged;
}

// Of each class the mean probability that its own samples give it (Northcutt et al. 2021, equation 2).
std::vector<double> ConfidentThresholds(const Judged& judged) {
  std::vector<double> sums(judged.Classes(), 0.0);
  std::vector<double> counts(judged.Classes(), 0.0);
  for (std::size_t i = 0; i < judged.labels.size(); ++i) {
    sums[judged.labels[i]] += judged.At(i, judged.labels[i]);
    counts[judged.labels[i]] += 1;
  }
  std::vector<double> thresholds;
  for (std::size_t k = 0; k < judged.Classes(); ++k) {
    thresholds.push_back(counts[k] > 0 ? std::max(sums[k] / counts[k], kLeastThreshold) : 2.0);
  }
  return thresholds;
}

// Rounds to integers with the sum that they had, as cleanlab: the entries that rounding moved most give way.
std::vector<std::int64_t> RoundKeepingSum(std::span<const double> values) {
  std::vector<double> whole;
  for (const double value : values) whole.push_back(std::nearbyint(value));
  const double wanted = std::nearbyint(std::accumulate(values.begin(), values.end(), 0.0));
  double sum = std::accumulate(whole.begin(), whole.end(), 0.0);
  while (std::abs(sum - wanted) > kSlack) {
    const double step = wanted > sum ? 1.0 : -1.0;
    const auto changes = std::min(static_cast<std::size_t>(std::abs(wanted - sum)), values.size());
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order,
                             [&](std::size_t a, std::size_t b) { return values[a] - whole[a] < values[b] - whole[b]; });
    if (step > 0) std::ranges::reverse(order);
    for (std::size_t i = 0; i < changes; ++i) whole[order[i]] += step;
    sum = std::accumulate(whole.begin(), whole.end(), 0.0);
  }
  return {whole.begin(), whole.end()};
}

// NumPy's pairwise sum. Scaled counts are often exact halves, and the last bit of their sum decides how they round.
double PairwiseSum(std::span<const double> values) {
  if (values.size() > 128) {
    const std::size_t half = values.size() / 2 / 8 * 8;
    return PairwiseSum(values.first(half)) + PairwiseSum(values.subspan(half));
  }
  if (values.size() < 8) return std::accumulate(values.begin(), values.end(), 0.0);
  std::array<double, 8> sums{};
  std::size_t i = 0;
  for (; i + 8 <= values.size(); i += 8) {
    for (std::size_t lane = 0; lane < 8; ++lane) sums[lane] += values[i + lane];
  }
  const double total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(), total);
}

// The class of which alone the probability reaches its least; the most probable one where several do, and as many as
// there are classes where none does.
template <typename Number>
std::uint32_t ConfidentGuess(std::span<const Number> row, std::span<const Number> least) {
  std::int32_t above = 0;
  std::int32_t guess = 0;  // all those above, or'ed: the class itself where it is one
  std::size_t k = 0;
  if constexpr (std::is_same_v<Number, float>) {
    IntLanes counts{};
    IntLanes guesses{};
    IntLanes classes = {0, 1, 2, 3};
    for (; k + kLanes <= row.size(); k += kLanes, classes += static_cast<std::int32_t>(kLanes)) {
      const IntLanes reached = LoadLanes(&row[k]) >= LoadLanes(&least[k]);
      counts -= reached;
      guesses |= reached & classes;
    }
    above = math::Sum(counts);
    guess = math::AnyBits(guesses);
  }
  for (; k < row.size(); ++k) {
    if (row[k] < least[k]) continue;
    ++above;
    guess |= static_cast<std::int32_t>(k);
  }
  if (above > 1) return static_cast<std::uint32_t>(std::ranges::max_element(row) - row.begin());
  return static_cast<std::uint32_t>(above == 1 ? static_cast<std::size_t>(guess) : row.size());
}

// The least f32 that is not below, so that comparing with it says the same of every f32.
float RoundedUp(double value) {
  const auto rounded = static_cast<float>(value);
  return rounded < value ? std::nextafter(rounded, std::numeric_limits<float>::infinity()) : rounded;
}

std::vector<std::uint32_t> ConfidentGuesses(const Judged& judged) {
  auto least = ConfidentThresholds(judged);
  for (double& threshold : least) threshold -= kSlack;
  std::vector<float> least_given;
  std::ranges::transform(least, std::back_inserter(least_given), RoundedUp);
  std::vector<std::uint32_t> guesses(judged.labels.size());
  math::ParallelFor(guesses.size(), kRowsAtOnce, {}, [&](std::size_t begin, std::size_t end) {
    std::vector<double> row(judged.AreAll() ? 0 : judged.Classes());
    for (std::size_t i = begin; i < end; ++i) {
      if (judged.AreAll()) {
        guesses[i] = ConfidentGuess<float>(judged.probabilities.Row(judged.positions[i]), least_given);
      } else {
        judged.CopyRow(i, row);
        guesses[i] = ConfidentGuess<double>(row, least);
      }
    }
  });
  return guesses;
}

// Given label x confidently estimated label, scaled so that rows sum to the number of given labels.
std::vector<std::int64_t> ConfidentJoint(const Judged& judged) {
  const std::size_t classes = judged.Classes();
  const auto guesses = ConfidentGuesses(judged);
  std::vector<double> joint(classes * classes, 0.0);
  std::vector<double> given(classes, 0.0);
  for (std::size_t i = 0; i < judged.labels.size(); ++i) {
    given[judged.labels[i]] += 1;
    if (guesses[i] < classes) joint[judged.labels[i] * classes + guesses[i]] += 1;
  }
  double total = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    joint[k * classes + k] = std::max(joint[k * classes + k], 1.0);
    const auto row = std::span(joint).subspan(k * classes, classes);
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& value : row) value = value / sum * given[k];
    total += given[k];
  }
  std::vector<double> by_true_class;  // the order of cleanlab's array in memory
  for (std::size_t k = 0; k < classes; ++k) {
    for (std::size_t given_class = 0; given_class < classes; ++given_class) {
      by_true_class.push_back(joint[given_class * classes + k]);
    }
  }
  const double sum = PairwiseSum(by_true_class);
  std::vector<std::int64_t> rounded;
  for (double& value : joint) value = value / std::max(sum, 1e-100) * total;
  for (std::size_t k = 0; k < classes; ++k) {
    const auto row = RoundKeepingSum(std::span(joint).subspan(k * classes, classes));
    rounded.insert(rounded.end(), row.begin(), row.end());
  }
  return rounded;
}

// How many samples of each given class (row) to take out for each true class; leaves at least one of the class.
std::vector<std::int64_t> PruneCounts(std::span<const std::int64_t> joint, std::size_t classes) {
  std::vector<std::int64_t> counts(joint.begin(), joint.end());
  for (std::size_t given = 0; given < classes; ++given) {
    const auto row = std::span(counts).subspan(given * classes, classes);
    const std::int64_t missing = std::max<std::int64_t>(1 - row[given], 0);
    const auto filled = static_cast<double>(std::ranges::count_if(row, [](auto value) { return value != 0; }));
    const double less = static_cast<double>(missing) / std::max(filled - 1, 1.0);
    for (std::size_t k = 0; k < classes; ++k) {
      if (k != given) row[k] = static_cast<std::int64_t>(std::max(static_cast<double>(row[k]) - less, 0.0));
    }
    row[given] += missing;
  }
  return counts;
}

// True where the given label's probability is, but for rounding, the highest.
bool PredictedAsGiven(std::span<const double> row, std::size_t label) {
  const double own = row[label] + kSlack;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (k != label && (row[k] > own || (row[k] == own && k < label))) return false;
  }
  return true;
}

// The samples with the `wanted` highest margins, of equal ones those that came first.
class HighestMargins {
 public:
  explicit HighestMargins(std::size_t wanted) : wanted_(wanted) {}

  // What is no higher is not among them.
  double Bound() const {
    return kept_.size() < wanted_ ? -std::numeric_limits<double>::infinity() : kept_.front().margin;
  }

  // Samples come in rising order.
  void Add(double margin, std::size_t sample) {
    if (margin <= Bound()) return;
    if (kept_.size() == wanted_) {
      std::ranges::pop_heap(kept_, IsHigher);
      kept_.pop_back();
    }
    kept_.push_back({margin, sample});
    std::ranges::push_heap(kept_, IsHigher);
  }

  template <typename Use>
  void ForEach(const Use& use) const {
    for (const Candidate& candidate : kept_) use(candidate.sample);
  }

 private:
  struct Candidate {
    double margin;
    std::size_t sample;
  };
  static bool IsHigher(const Candidate& a, const Candidate& b) {
    return a.margin != b.margin ? a.margin > b.margin : a.sample < b.sample;
  }

  std::size_t wanted_;
  std::vector<Candidate> kept_;  // a heap, the lowest in front
};

// Of the samples of one given class the highest margins for each other class that some are to be taken out for.
class MarginsOfClass {
 public:
  MarginsOfClass(std::size_t given, std::span<const std::int64_t> wanted)
      : given_(given), near_(wanted.size(), std::numeric_limits<float>::infinity()), highest_(wanted.size()) {
    for (std::size_t other = 0; other < wanted.size(); ++other) {
      if (other == given || wanted[other] <= 0) continue;
      highest_[other].emplace(static_cast<std::size_t>(wanted[other]));
      near_[other] = -near_[other];
      none_ = false;
    }
  }

  bool AreNone() const { return none_; }

  template <typename Number>
  void Add(std::span<const Number> row, std::size_t sample) {
    for (std::size_t first = 0; first < row.size(); first += kAtOnce) {
      const std::size_t end = std::min(first + kAtOnce, row.size());
      if constexpr (std::is_same_v<Number, float>) {
        if (end - first == kAtOnce && !AnyIsNear(&row[first], row[given_], first)) continue;
      }
      for (std::size_t other = first; other < end; ++other) {
        if (highest_[other]) AddTo(other, static_cast<double>(row[other]) - static_cast<double>(row[given_]), sample);
      }
    }
  }

  void Mark(std::span<std::uint8_t> suspect) {
    for (auto& margins : highest_) {
      if (margins) margins->ForEach([&](std::size_t i) { suspect[i] = 1; });
    }
  }

 private:
  static constexpr std::size_t kAtOnce = 16;
  static constexpr float kRoundings = 1e-6F;  // more than f32 errs in a difference of two probabilities

  // Whether one of the next margins may be above its bound. Few are, once the first samples have set the bounds.
  bool AnyIsNear(const float* row, float own, std::size_t first) const {
    IntLanes any{};
    for (std::size_t k = 0; k < kAtOnce; k += kLanes) any |= (LoadLanes(row + k) - own) > LoadLanes(&near_[first + k]);
    return math::AnyBits(any) != 0;
  }

  void AddTo(std::size_t other, double margin, std::size_t sample) {
    HighestMargins& highest = *highest_[other];
    highest.Add(margin, sample);
    near_[other] = static_cast<float>(highest.Bound()) - kRoundings;
  }

  std::size_t given_;
  std::vector<float> near_;  // just below the bound of each class; of those that are not wanted, above all
  std::vector<std::optional<HighestMargins>> highest_;
  bool none_ = true;
};

// Marks those of `members`, rising and all of class `given`, that have the highest margins for each other class.
void PruneClass(const Judged& judged, std::span<const std::size_t> members, std::size_t given,
                std::span<const std::int64_t> wanted, std::span<std::uint8_t> suspect) {
  MarginsOfClass margins(given, wanted);
  if (margins.AreNone() || members.size() <= 1) return;
  std::vector<double> row(judged.Classes());
  for (const std::size_t i : members) {
    if (judged.AreAll()) {
      margins.Add<float>(judged.probabilities.Row(judged.positions[i]), i);
    } else {
      judged.CopyRow(i, row);
      margins.Add<double>(row, i);
    }
  }
  margins.Mark(suspect);
  for (const std::size_t i : members) {
    if (suspect[i] == 0) continue;
    judged.CopyRow(i, row);
    if (PredictedAsGiven(row, given)) suspect[i] = 0;
  }
}

std::vector<std::uint8_t> Prune(const Judged& judged, std::span<const std::int64_t> counts) {
  const std::size_t classes = judged.Classes();
  std::vector<std::vector<std::size_t>> members(classes);
  for (std::size_t i = 0; i < judged.labels.size(); ++i) members[judged.labels[i]].push_back(i);
  std::vector<std::uint8_t> suspect(judged.labels.size(), 0);
  math::ParallelFor(classes, 1, {}, [&](std::size_t begin, std::size_t end) {
    for (std::size_t given = begin; given < end; ++given)
      PruneClass(judged, members[given], given, counts.subspan(given * classes, classes), suspect);
  });
  return suspect;
}

SuspectedLabel Describe(const Judged& judged, std::size_t i) {
  std::vector<double> row(judged.Classes());
  judged.CopyRow(i, row);
  const std::size_t given = judged.labels[i];
  std::size_t best = given == 0 ? 1 : 0;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (k != given && row[k] > row[best]) best = k;
  }
  return {judged.positions[i], judged.class_ids[given], judged.class_ids[best], static_cast<float>(row[given]),
          static_cast<float>((row[given] - row[best] + 1) / 2)};
}

std::vector<SuspectedPair> GroupByPair(std::span<const SuspectedLabel> suspects) {
  std::vector<SuspectedPair> pairs;
  for (const auto& suspect : suspects) pairs.push_back({suspect.given, suspect.suggested, 1});
  const auto by_classes = [](const SuspectedPair& a, const SuspectedPair& b) {
    return a.given != b.given ? a.given < b.given : a.suggested < b.suggested;
  };
  std::ranges::sort(pairs, by_classes);
  std::vector<SuspectedPair> grouped;
  for (const auto& pair : pairs) {
    if (!grouped.empty() && grouped.back().given == pair.given && grouped.back().suggested == pair.suggested) {
      ++grouped.back().count;
    } else {
      grouped.push_back(pair);
    }
  }
  std::ranges::stable_sort(grouped, std::greater<>(), &SuspectedPair::count);
  return grouped;
}

}  // namespace

LabelErrors FindLabelErrors(math::MatrixView probabilities, std::span<const ClassId> labels,
                            const LabelErrorOptions& options) {
  if (probabilities.rows != labels.size() || probabilities.values.size() != probabilities.rows * probabilities.width) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one row of probabilities for each label.");
  }
  CheckClassIds({labels}, probabilities.width);
  LabelErrors result;
  result.joint.assign(probabilities.width * probabilities.width, 0);
  const auto judged = SelectJudged(probabilities, labels, options.minimum_per_class, result.not_judged);
  const std::size_t classes = judged.Classes();
  if (classes < 2 || judged.labels.empty()) return result;
  const auto joint = ConfidentJoint(judged);
  for (std::size_t given = 0; given < classes; ++given) {
    for (std::size_t k = 0; k < classes; ++k) {
      result.joint[judged.class_ids[given] * probabilities.width + judged.class_ids[k]] = joint[given * classes + k];
    }
  }
  const auto suspect = Prune(judged, PruneCounts(joint, classes));
  for (std::size_t i = 0; i < suspect.size(); ++i) {
    if (suspect[i] != 0) result.suspects.push_back(Describe(judged, i));
  }
  std::ranges::stable_sort(result.suspects, std::less<>(), &SuspectedLabel::normalized_margin);
  result.pairs = GroupByPair(result.suspects);
  return result;
}

}  // namespace burnish::insight

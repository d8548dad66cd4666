#include "store/vectors/index_builder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "math/knn.hpp"
#include "math/random.hpp"
#include "store/vectors/rotation.hpp"
#include "store/vectors/vector_index.hpp"

namespace burnish::store {
namespace {

constexpr std::size_t kSampleOfList = 48;
constexpr std::size_t kIterations = 6;
constexpr std::size_t kPiece = 16'384;  // rows at once
constexpr std::size_t kJudges = 200;    // rows whose true neighbours are looked for
constexpr std::size_t kTrue = 100;      // of each
constexpr std::size_t kThinning = 10;   // the nearest 100 of every tenth row stand for the nearest 1,000
constexpr std::uint64_t kSeed = 0x6C69737473ULL;

// Rows of length one; a row without a direction is zeros.
math::Matrix UnitRows(const StoredRows& rows, std::span<const std::uint32_t> chosen) {
  math::Matrix unit(chosen.size(), rows.dimensions);
  math::ParallelFor(chosen.size(), 512, {}, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = unit.Row(i);
      base::ToFloat(std::span(rows.Row(chosen[i]), rows.dimensions), row);
      const double square = std::inner_product(row.begin(), row.end(), row.begin(), 0.0);
      const bool directed = square > 0 && std::isfinite(square);
      for (float& value : row) value = directed ? static_cast<float>(value / std::sqrt(square)) : 0.0F;
    }
  });
  return unit;
}

std::vector<std::uint32_t> Sequence(std::size_t first, std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(first));
  return rows;
}

// `count` different rows of [0, rows), rising.
std::vector<std::uint32_t> Draw(std::size_t rows, std::size_t count, std::uint64_t purpose) {
  std::vector<std::uint32_t> drawn = Sequence(0, rows);
  math::Stream random(kSeed, purpose);
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(drawn[i], drawn[i + random.Below(static_cast<std::uint32_t>(rows - i))]);
  }
  drawn.resize(count);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

std::vector<std::uint32_t> NearestCentres(const math::Matrix& centres, const math::Matrix& rows,
                                          const math::RunControl& control) {
  return math::FindNearest(centres, rows, 1, math::Metric::kEuclidean, {}, control).indices;
}

// A list that got next to nothing starts again at a row of one that got far too much.
void Reseed(math::Matrix& centres, const math::Matrix& sample, std::span<const std::uint32_t> lists,
            std::span<const std::uint32_t> sizes, math::Stream& random) {
  const std::size_t mean = std::max<std::size_t>(1, sample.rows / centres.rows);
  std::vector<std::uint32_t> by_size = Sequence(0, centres.rows);
  std::stable_sort(by_size.begin(), by_size.end(), [&](auto a, auto b) { return sizes[a] < sizes[b]; });
  std::vector<std::vector<std::uint32_t>> members(centres.rows);
  for (std::size_t i = 0; i < lists.size(); ++i) members[lists[i]].push_back(static_cast<std::uint32_t>(i));
  for (std::size_t i = 0; i < by_size.size() / 2; ++i) {
    const std::uint32_t small = by_size[i];
    const std::uint32_t large = by_size[by_size.size() - 1 - i];
    if (sizes[small] > mean / 8 || sizes[large] < 2 * mean || sizes[large] < 2) return;
    const std::uint32_t seed = members[large][random.Below(sizes[large])];
    std::ranges::copy(sample.Row(seed), centres.Row(small).begin());
  }
}

// The centres of k-means on a sample, rounded to halves as they are stored.
math::Matrix FindCentres(const StoredRows& rows, std::size_t count, std::size_t lists,
                         const math::RunControl& control) {
  const math::Matrix sample = UnitRows(rows, Draw(count, std::min(count, lists * kSampleOfList), 1));
  math::Matrix centres(lists, sample.width);
  const auto first = Draw(sample.rows, lists, 2);
  for (std::size_t list = 0; list < lists; ++list) {
    std::ranges::copy(sample.Row(first[list]), centres.Row(list).begin());
  }
  math::Stream random(kSeed, 3);
  for (std::size_t round = 0; round < kIterations; ++round) {
    const auto part = control.Part(static_cast<double>(round) / kIterations, (round + 1.0) / kIterations);
    const auto nearest = NearestCentres(centres, sample, part);
    std::vector<std::uint32_t> sizes(lists, 0);
    std::vector<double> sums(lists * sample.width, 0.0);
    for (std::size_t i = 0; i < sample.rows; ++i) {
      ++sizes[nearest[i]];
      double* sum = sums.data() + nearest[i] * sample.width;
      for (std::size_t j = 0; j < sample.width; ++j) sum[j] += sample.Row(i)[j];
    }
    for (std::size_t list = 0; list < lists; ++list) {
      if (sizes[list] == 0) continue;
      for (std::size_t j = 0; j < sample.width; ++j) {
        centres.Row(list)[j] = static_cast<float>(sums[list * sample.width + j] / sizes[list]);
      }
    }
    if (round + 1 < kIterations) Reseed(centres, sample, nearest, sizes, random);
  }
  std::vector<base::Half> halves(centres.values.size());
  base::ToHalf(centres.values, halves);
  base::ToFloat(halves, centres.values);
  return centres;
}

// Codes rows against their centres.
class Encoder {
 public:
  explicit Encoder(const math::Matrix& centres)
      : centres_(centres), rotation_(centres.width), rotated_centres_(centres.rows, rotation_.RotatedWidth()) {
    for (std::size_t list = 0; list < centres.rows; ++list) {
      rotation_.Apply(centres.Row(list), rotated_centres_.Row(list));
    }
  }

  std::size_t Words() const { return rotation_.RotatedWidth() / 64; }

  // The estimate that vector_index.hpp speaks of, from which a row's part that its centre shares with the query is
  // taken exactly: only the angle to the rest is left to the code (Gao and Long, RaBitQ, 2024, section 3).
  CodeTerms Encode(std::span<const float> unit, std::uint32_t list, std::span<std::uint64_t> code) const {
    std::vector<float> residual(unit.size());
    std::vector<float> rotated(rotation_.RotatedWidth());
    const auto centre = centres_.Row(list);
    double square = 0;
    double along = 0;
    for (std::size_t j = 0; j < unit.size(); ++j) {
      residual[j] = unit[j] - centre[j];
      square += static_cast<double>(residual[j]) * residual[j];
      along += static_cast<double>(residual[j]) * centre[j];
    }
    rotation_.Apply(residual, rotated);
    const auto rotated_centre = rotated_centres_.Row(list);
    double length = 0;  // of the residual along its code
    double shift = 0;
    std::ranges::fill(code, 0);
    for (std::size_t j = 0; j < rotated.size(); ++j) {
      const bool positive = rotated[j] >= 0;
      code[j / 64] |= std::uint64_t{positive} << (j % 64);
      length += std::abs(rotated[j]);
      shift += positive ? rotated_centre[j] : -rotated_centre[j];
    }
    CodeTerms terms;
    terms.list = list;
    terms.scale = length > 0 ? static_cast<float>(square / length) : 0.0F;
    terms.offset = static_cast<float>(along - terms.scale * shift);
    return terms;
  }

 private:
  const math::Matrix& centres_;
  Rotation rotation_;
  math::Matrix rotated_centres_;
};

// Finds out how many lists hold the true neighbours of some rows.
class Judges {
 public:
  Judges(const StoredRows& rows, std::size_t count)
      : rows_(Draw(count, std::min(count, kJudges), 4)),
        unit_(UnitRows(rows, rows_)),
        of_all_(rows_.size()),
        of_some_(rows_.size()) {}

  // Rows from `first` on.
  void See(const math::Matrix& rows, std::size_t first, const math::RunControl& control) {
    Merge(rows, Sequence(first, rows.rows), of_all_, control);
    math::Matrix thin(0, rows.width);
    std::vector<std::uint32_t> names;
    for (std::size_t i = 0; i < rows.rows; ++i) {
      if ((first + i) % kThinning != 0) continue;
      thin.values.insert(thin.values.end(), rows.Row(i).begin(), rows.Row(i).end());
      names.push_back(static_cast<std::uint32_t>(first + i));
    }
    thin.rows = names.size();
    if (thin.rows > 0) Merge(thin, names, of_some_, control);
  }

  std::array<std::uint32_t, kMeasuredCounts.size()> Visits(const math::Matrix& centres,
                                                           std::span<const std::uint32_t> list_of_row) const {
    std::array<std::vector<std::uint32_t>, kMeasuredCounts.size()> places;
    const auto order = math::FindNearest(centres, unit_, centres.rows, math::Metric::kEuclidean);
    std::vector<std::uint32_t> place_of_list(centres.rows);
    for (std::size_t judge = 0; judge < rows_.size(); ++judge) {
      const auto lists = order.IndicesOf(judge);
      for (std::uint32_t place = 0; place < lists.size(); ++place) place_of_list[lists[place]] = place;
      for (std::size_t i = 0; i < of_all_[judge].size(); ++i) {
        const std::uint32_t place = place_of_list[list_of_row[of_all_[judge][i].row]];
        if (i < kMeasuredCounts[0]) places[0].push_back(place);
        places[1].push_back(place);
      }
      for (const True& found : of_some_[judge]) places[2].push_back(place_of_list[list_of_row[found.row]]);
    }
    std::array<std::uint32_t, kMeasuredCounts.size()> visits{};
    for (std::size_t i = 0; i < visits.size(); ++i) {
      std::sort(places[i].begin(), places[i].end());
      const auto enough = static_cast<std::size_t>(VectorIndex::kRecall * static_cast<double>(places[i].size()));
      visits[i] = places[i].empty() ? static_cast<std::uint32_t>(centres.rows)
                                    : places[i][std::min(enough, places[i].size() - 1)] + 1;
      if (i > 0) visits[i] = std::max(visits[i], visits[i - 1]);
    }
    return visits;
  }

 private:
  struct True {
    float distance = 0;
    std::uint32_t row = 0;
  };

  void Merge(const math::Matrix& rows, const std::vector<std::uint32_t>& names, std::vector<std::vector<True>>& known,
             const math::RunControl& control) const {
    const auto found =
        math::FindNearest(rows, unit_, std::min(kTrue + 1, rows.rows), math::Metric::kCosine, {}, control);
    for (std::size_t judge = 0; judge < rows_.size(); ++judge) {
      for (std::size_t i = 0; i < found.k; ++i) {
        const std::uint32_t index = found.IndicesOf(judge)[i];
        if (index == math::kNoNeighbour || names[index] == rows_[judge]) continue;
        known[judge].push_back({found.DistancesOf(judge)[i], names[index]});
      }
      std::stable_sort(known[judge].begin(), known[judge].end(),
                       [](const True& a, const True& b) { return a.distance < b.distance; });
      if (known[judge].size() > kTrue) known[judge].resize(kTrue);
    }
  }

  std::vector<std::uint32_t> rows_;
  math::Matrix unit_;
  std::vector<std::vector<True>> of_all_;
  std::vector<std::vector<True>> of_some_;
};

// By slot: rows in the order of their lists, and of their numbers within one.
std::unique_ptr<IndexFile> Arrange(const IndexHeader& header, const math::Matrix& centres,
                                   std::span<const CodeTerms> terms, std::span<const std::uint64_t> codes) {
  auto index = std::make_unique<IndexFile>(header);
  const IndexFile::Parts& parts = index->Edit();
  base::ToHalf(centres.values, parts.centres);
  for (const CodeTerms& row : terms) ++parts.starts[row.list + 1];
  std::partial_sum(parts.starts.begin(), parts.starts.end(), parts.starts.begin());
  std::vector<std::uint32_t> next(parts.starts.begin(), parts.starts.end());
  for (const CodeTerms& row : terms) {
    const std::size_t slot = next[row.list]++;
    parts.terms[slot] = row;
    std::ranges::copy(codes.subspan(std::size_t{row.row} * header.words, header.words),
                      parts.codes.subspan(slot * header.words).begin());
  }
  return index;
}

std::size_t ListsFor(std::size_t rows) {
  return static_cast<std::size_t>(std::ceil(2 * std::sqrt(static_cast<double>(rows))));
}

}  // namespace

std::unique_ptr<IndexFile> BuildIndex(const FixedPack& pack, std::uint32_t rows, std::uint32_t lists,
                                      const math::RunControl& control) {
  const StoredRows stored = StoredRows::Of(pack);
  IndexHeader header;
  header.dimensions = stored.dimensions;
  header.rows = rows;
  header.lists = std::min(lists == 0 ? static_cast<std::uint32_t>(ListsFor(rows)) : lists, rows);
  header.content = pack.Fingerprint(rows);
  const math::Matrix centres = FindCentres(stored, rows, header.lists, control.Part(0, 0.4));
  const Encoder encoder(centres);
  header.words = static_cast<std::uint32_t>(encoder.Words());
  std::vector<CodeTerms> terms(rows);
  std::vector<std::uint64_t> codes(std::size_t{rows} * header.words);
  std::vector<std::uint32_t> list_of_row(rows);
  Judges judges(stored, rows);
  for (std::size_t first = 0; first < rows; first += kPiece) {
    const auto part = control.Part(0.4 + 0.6 * static_cast<double>(first) / rows,
                                   0.4 + 0.6 * std::min(1.0, static_cast<double>(first + kPiece) / rows));
    const math::Matrix unit = UnitRows(stored, Sequence(first, std::min<std::size_t>(kPiece, rows - first)));
    const auto nearest = NearestCentres(centres, unit, part);
    math::ParallelFor(unit.rows, 256, part, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const std::size_t row = first + i;
        list_of_row[row] = nearest[i];
        terms[row] =
            encoder.Encode(unit.Row(i), nearest[i], std::span(codes).subspan(row * header.words, header.words));
        terms[row].row = static_cast<std::uint32_t>(row);
      }
    });
    judges.See(unit, first, math::RunControl{.threads = control.threads, .stop = control.stop, .progress = {}});
  }
  header.visits = judges.Visits(centres, list_of_row);
  return Arrange(header, centres, terms, codes);
}

}  // namespace burnish::store

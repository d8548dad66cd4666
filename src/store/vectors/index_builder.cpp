#include "store/vectors/index_builder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "math/knn.hpp"
#include "math/random.hpp"
#include "store/vectors/rotation.hpp"
#include "store/vectors/stored_rows.hpp"
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
      base::ToFloat(rows.Row(chosen[i]), row);
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

// Half the distance of two levels of a fine code, in deviations of the numbers coded: what errs least for 16 levels of
// normal numbers (Max 1960, table II).
constexpr double kFineStep = 0.3352 / 2;

// Where what is kept about a row goes.
struct Slot {
  CodeTerms& terms;
  std::span<std::uint64_t> code;
  FineTerms& fine_terms;
  std::span<std::uint8_t> fine_code;
};

Slot SlotOf(const IndexFile::Parts& parts, const IndexHeader& header, std::size_t slot) {
  const std::size_t fine = IndexFile::FineBytesOf(header);
  return {parts.terms[slot], parts.codes.subspan(slot * header.words, header.words), parts.fine_terms[slot],
          parts.fine_codes.subspan(slot * fine, fine)};
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

  // The estimate that index_file.hpp speaks of, from which a row's part that its centre shares with the query is
  // taken exactly: only the angle to the rest is left to the code (Gao and Long, RaBitQ, 2024, section 3).
  void Encode(std::span<const float> unit, const Slot& slot) const {
    std::vector<float> residual(unit.size());
    std::vector<float> rotated(rotation_.RotatedWidth());
    const auto centre = centres_.Row(slot.terms.list);
    double square = 0;
    double along = 0;
    for (std::size_t j = 0; j < unit.size(); ++j) {
      residual[j] = unit[j] - centre[j];
      square += static_cast<double>(residual[j]) * residual[j];
      along += static_cast<double>(residual[j]) * centre[j];
    }
    rotation_.Apply(residual, rotated);
    const double step = kFineStep * std::sqrt(square / static_cast<double>(rotated.size()));
    const auto rotated_centre = rotated_centres_.Row(slot.terms.list);
    Along signs;
    Along levels;
    for (std::size_t j = 0; j < rotated.size(); ++j) {
      const bool positive = rotated[j] >= 0;
      slot.code[j / 64] |= std::uint64_t{positive} << (j % 64);
      signs.Add(positive ? 1.0F : -1.0F, rotated[j], rotated_centre[j]);
      const double place = step > 0 ? std::floor(rotated[j] / (2 * step)) + kFineLevels / 2 : 0;
      const int level = static_cast<int>(std::clamp<double>(place, 0, kFineLevels - 1));
      slot.fine_code[j / 64 * 32 + j % 32] |= static_cast<std::uint8_t>(level << (j % 64 < 32 ? 0 : 4));
      levels.Add(static_cast<float>(2 * level - (kFineLevels - 1)), rotated[j], rotated_centre[j]);
    }
    signs.Solve(square, along, slot.terms);
    levels.Solve(square, along, slot.fine_terms);
  }

 private:
  // A code's products with what it stands for and with the centre.
  struct Along {
    double length = 0;
    double shift = 0;
    void Add(float code, float residual, float centre) {
      length += static_cast<double>(code) * residual;
      shift += static_cast<double>(code) * centre;
    }
    void Solve(double square, double along, auto& terms) const {
      terms.scale = length > 0 ? static_cast<float>(square / length) : 0.0F;
      terms.offset = static_cast<float>(along - terms.scale * shift);
    }
  };

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

// Gives each row its slot, in the order of their lists, and of their numbers within one. Returns the slots by row.
std::vector<std::uint32_t> Arrange(std::span<const std::uint32_t> list_of_row, const IndexFile::Parts& parts) {
  for (const std::uint32_t list : list_of_row) ++parts.starts[list + 1];
  std::partial_sum(parts.starts.begin(), parts.starts.end(), parts.starts.begin());
  std::vector<std::uint32_t> next(parts.starts.begin(), parts.starts.end());
  std::vector<std::uint32_t> slots;
  slots.reserve(list_of_row.size());
  for (const std::uint32_t list : list_of_row) {
    const std::uint32_t slot = next[list]++;
    parts.terms[slot].row = static_cast<std::uint32_t>(slots.size());
    parts.terms[slot].list = list;
    slots.push_back(slot);
  }
  return slots;
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
  // Calls `work(unit rows, first row, control)` for a piece of rows after another.
  const auto for_pieces = [&](double from, double to, const auto& work) {
    for (std::size_t first = 0; first < rows; first += kPiece) {
      const std::size_t count = std::min<std::size_t>(kPiece, rows - first);
      const auto done = [&](std::size_t row) { return from + (to - from) * static_cast<double>(row) / rows; };
      work(UnitRows(stored, Sequence(first, count)), first, control.Part(done(first), done(first + count)));
    }
  };
  std::vector<std::uint32_t> list_of_row(rows);
  Judges judges(stored, rows);
  for_pieces(0.4, 0.9, [&](const math::Matrix& unit, std::size_t first, const math::RunControl& part) {
    std::ranges::copy(NearestCentres(centres, unit, part), list_of_row.begin() + static_cast<std::ptrdiff_t>(first));
    judges.See(unit, first, math::RunControl{.threads = control.threads, .stop = control.stop, .progress = {}});
  });
  header.visits = judges.Visits(centres, list_of_row);
  auto index = std::make_unique<IndexFile>(header);
  const IndexFile::Parts& parts = index->Edit();
  base::ToHalf(centres.values, parts.centres);
  const std::vector<std::uint32_t> slots = Arrange(list_of_row, parts);
  for_pieces(0.9, 1.0, [&](const math::Matrix& unit, std::size_t first, const math::RunControl& part) {
    math::ParallelFor(unit.rows, 256, part, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) encoder.Encode(unit.Row(i), SlotOf(parts, header, slots[first + i]));
    });
    if (part.progress) part.progress(1);
  });
  return index;
}

}  // namespace burnish::store

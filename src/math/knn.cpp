#include "math/knn.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "math/bounded_search.hpp"
#include "math/exact_ranking.hpp"
#include "math/kernels.hpp"
#include "math/panels.hpp"
#include "math/projection.hpp"

namespace burnish::math {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Candidates beyond k that the f32 pass keeps, for the f64 ranking to choose from.
constexpr std::size_t kSpare = 8;
// A block of queries in packed form should stay in the second-level cache.
constexpr std::size_t kBlockBytes = 512 * 1024;

struct Candidate {
  float score = -kInfinity;  // higher is nearer
  std::uint32_t index = kNoNeighbour;
};

// The best `room` candidates, best first; of equal scores the lower index. Offer them in rising order of index.
class Shortlist {
 public:
  explicit Shortlist(std::size_t room) : room_(room) { entries_.reserve(room + 1); }

  // What a candidate's score must exceed to enter.
  float Bound() const { return entries_.size() < room_ ? -kInfinity : entries_.back().score; }

  void Offer(float score, std::uint32_t index) {
    if (entries_.size() == room_) entries_.pop_back();
    auto place = entries_.end();
    while (place != entries_.begin() && std::prev(place)->score < score) --place;
    entries_.insert(place, Candidate{score, index});
  }

  const std::vector<Candidate>& Entries() const { return entries_; }

 private:
  std::size_t room_;
  std::vector<Candidate> entries_;
};

// Ranks the shortlist by distances summed in f64 and writes the k nearest.
void WriteNearest(const Shortlist& shortlist, MatrixView base, std::span<const float> query, Metric metric,
                  std::size_t row, Neighbours& result) {
  std::vector<Ranked> ranked;
  ranked.reserve(shortlist.Entries().size());
  for (const auto& candidate : shortlist.Entries()) {
    const double distance = ExactDistance(base.Row(candidate.index), query, metric);
    ranked.push_back({static_cast<float>(distance), candidate.index});
  }
  std::ranges::sort(ranked, Nearer);
  WriteRanked(ranked, row, result);
}

Neighbours EmptyResult(std::size_t rows, std::size_t k) {
  return {rows, k, std::vector<std::uint32_t>(rows * k, kNoNeighbour), std::vector<float>(rows * k, kInfinity)};
}

bool Contains(RowSet set, std::size_t row) {
  return set.empty() || (row / 64 < set.size() && ((set[row / 64] >> (row % 64)) & 1U) != 0);
}

std::vector<std::uint32_t> AllowedRows(std::size_t rows, RowSet allowed) {
  std::vector<std::uint32_t> list;
  for (std::size_t row = 0; row < rows; ++row) {
    if (Contains(allowed, row)) list.push_back(static_cast<std::uint32_t>(row));
  }
  return list;
}

// Exact search by blocks: score = query . row, less half the row's square for the Euclidean metric, which orders as
// the distance does. `own`: for each query its own row in the base, which is left out; empty: nothing is.
class BlockSearch {
 public:
  BlockSearch(MatrixView base, MatrixView queries, Metric metric, std::vector<std::uint32_t> columns,
              std::vector<std::uint32_t> own, const RunControl& control)
      : kernels_(Kernels()),
        base_(base),
        queries_(queries),
        metric_(metric),
        columns_(std::move(columns)),
        own_(std::move(own)),
        control_(control),
        packed_(columns_.size(), base.width + 1, kernels_.tile_columns) {
    ParallelFor(columns_.size(), 16 * kernels_.tile_columns, control, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        const auto row = base_.Row(columns_[c]);
        const bool lowered = metric_ == Metric::kEuclidean;
        packed_.Put(c, row, lowered ? -0.5F * kernels_.dot(row.data(), row.data(), row.size()) : 0.0F);
      }
    });
  }

  Neighbours Run(std::size_t k) {
    Neighbours result = EmptyResult(queries_.rows, k);
    if (k == 0 || columns_.empty()) return result;
    const std::size_t row_bytes = std::max<std::size_t>(base_.width, 1) * sizeof(float) * kernels_.tile_rows;
    const std::size_t block = std::clamp<std::size_t>(kBlockBytes / row_bytes, 2, 16) * kernels_.tile_rows;
    ProgressMeter progress(control_, queries_.rows);
    ParallelFor(queries_.rows, block, control_, [&](std::size_t begin, std::size_t end) {
      SearchBlock(begin, end, result);
      progress.Add(end - begin);
    });
    return result;
  }

 private:
  void SearchBlock(std::size_t begin, std::size_t end, Neighbours& result) const {
    // One entry more than the rows have lowers each score by half its row's square.
    const std::size_t depth = base_.width + 1;
    Panels packed(end - begin, depth, kernels_.tile_rows);
    for (std::size_t row = begin; row < end; ++row) packed.Put(row - begin, queries_.Row(row), 1.0F);
    std::vector<Shortlist> shortlists(end - begin, Shortlist(std::min(result.k + kSpare, columns_.size())));
    OfferProductsAbove(packed, end - begin, packed_, columns_.size(), control_,
                       [&](std::size_t place, std::size_t column, float score) {
                         const bool itself = !own_.empty() && columns_[column] == own_[begin + place];
                         if (!itself) shortlists[place].Offer(score, columns_[column]);
                         return shortlists[place].Bound();
                       });
    for (std::size_t row = begin; row < end; ++row) {
      WriteNearest(shortlists[row - begin], base_, queries_.Row(row), metric_, row, result);
    }
  }

  const KernelTable& kernels_;
  MatrixView base_;
  MatrixView queries_;
  Metric metric_;
  std::vector<std::uint32_t> columns_;
  std::vector<std::uint32_t> own_;
  const RunControl& control_;
  Panels packed_;
};

void CheckShape(std::size_t values, std::size_t rows, std::size_t width) {
  if (values != rows * width || rows >= kNoNeighbour) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "The rows do not have the stated shape.");
  }
}

// Distances do not change, and the f32 scores lose no digits to a common offset.
Matrix Centred(Matrix&& matrix, std::span<const float> mean, const RunControl& control) {
  Matrix result = std::move(matrix);
  ParallelFor(result.rows, 256, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t j = 0; j < result.width; ++j) result.Row(row)[j] -= mean[j];
    }
  });
  return result;
}

Matrix CentredAtMean(Matrix&& matrix, const RunControl& control) {
  const auto mean = FitStandardisation(matrix, control).mean;
  return Centred(std::move(matrix), mean, control);
}

std::vector<double> Squares(MatrixView matrix, const RunControl& control) {
  std::vector<double> squares(matrix.rows, 0.0);
  ParallelFor(matrix.rows, 256, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (const float value : matrix.Row(row)) squares[row] += static_cast<double>(value) * value;
    }
  });
  return squares;
}

}  // namespace

Neighbours NearestNeighbours(MatrixView rows, std::size_t k, Metric metric, const RunControl& control) {
  CheckShape(rows.values.size(), rows.rows, rows.width);
  return NearestNeighbours(CopyOf(rows), k, metric, control);
}

Neighbours NearestNeighbours(Matrix&& rows, std::size_t k, Metric metric, const RunControl& control) {
  CheckShape(rows.values.size(), rows.rows, rows.width);
  const Matrix prepared =
      metric == Metric::kCosine ? NormaliseRows(std::move(rows), control) : CentredAtMean(std::move(rows), control);
  const auto squares = metric == Metric::kEuclidean ? Squares(prepared, control) : std::vector<double>{};
  const auto projection = FindProjection(prepared, squares, k, control);
  std::vector<std::uint32_t> all(prepared.rows);
  std::iota(all.begin(), all.end(), 0U);
  if (!projection) return BlockSearch(prepared, prepared, metric, all, all, control).Run(k);
  Neighbours result = EmptyResult(prepared.rows, k);
  const auto left = SearchByBounds(prepared, *projection, squares, metric, result, control.Part(0, 0.9));
  if (left.empty()) return result;
  Matrix queries(left.size(), prepared.width);
  for (std::size_t i = 0; i < left.size(); ++i) std::ranges::copy(prepared.Row(left[i]), queries.Row(i).begin());
  const auto rest = BlockSearch(prepared, queries, metric, all, left, control.Part(0.9, 1)).Run(k);
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::ranges::copy(rest.IndicesOf(i), result.indices.begin() + static_cast<std::ptrdiff_t>(left[i] * k));
    std::ranges::copy(rest.DistancesOf(i), result.distances.begin() + static_cast<std::ptrdiff_t>(left[i] * k));
  }
  return result;
}

Neighbours FindNearest(MatrixView base, MatrixView queries, std::size_t k, Metric metric, RowSet allowed,
                       const RunControl& control) {
  CheckShape(base.values.size(), base.rows, base.width);
  CheckShape(queries.values.size(), queries.rows, queries.width);
  if (base.width != queries.width) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "Rows and queries differ in width.");
  }
  auto columns = AllowedRows(base.rows, allowed);
  if (metric == Metric::kCosine) {
    const Matrix unit_base = NormaliseRows(base, control);
    const Matrix unit_queries = NormaliseRows(queries, control);
    return BlockSearch(unit_base, unit_queries, metric, std::move(columns), {}, control).Run(k);
  }
  const auto mean = FitStandardisation(base, control).mean;
  const Matrix centred_base = Centred(CopyOf(base), mean, control);
  const Matrix centred_queries = Centred(CopyOf(queries), mean, control);
  return BlockSearch(centred_base, centred_queries, metric, std::move(columns), {}, control).Run(k);
}

Neighbours FindNearest(HalfMatrixView base, MatrixView queries, std::size_t k, RowSet allowed,
                       const RunControl& control) {
  CheckShape(base.values.size(), base.rows, base.width);
  CheckShape(queries.values.size(), queries.rows, queries.width);
  if (base.width != queries.width) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "Rows and queries differ in width.");
  }
  Neighbours result = EmptyResult(queries.rows, k);
  if (k == 0) return result;
  const auto& kernels = Kernels();
  const Matrix unit = NormaliseRows(queries, control);
  constexpr std::size_t kPiece = 4096;
  const std::size_t pieces = (base.rows + kPiece - 1) / kPiece;
  // Each piece keeps its own shortlists; pieces are merged in order, so that ties fall to the lower row.
  std::vector<std::vector<Shortlist>> found(pieces);
  ParallelFor(base.rows, kPiece, control, [&](std::size_t begin, std::size_t end) {
    auto& shortlists = found[begin / kPiece];
    shortlists.assign(queries.rows, Shortlist(k + kSpare));
    std::vector<float> wide(base.width);
    for (std::size_t row = begin; row < end; ++row) {
      if (!Contains(allowed, row)) continue;
      base::ToFloat(base.Row(row), wide);
      const float square = kernels.dot(wide.data(), wide.data(), wide.size());
      const float scale = square > 0 ? 1.0F / std::sqrt(square) : 0.0F;
      for (std::size_t query = 0; query < queries.rows; ++query) {
        const float score = scale * kernels.dot(wide.data(), unit.Row(query).data(), wide.size());
        if (score > shortlists[query].Bound()) shortlists[query].Offer(score, static_cast<std::uint32_t>(row));
      }
    }
  });
  for (std::size_t query = 0; query < queries.rows; ++query) {
    Shortlist merged(k + kSpare);
    for (const auto& piece : found) {
      for (const auto& candidate : piece[query].Entries()) {
        if (candidate.score > merged.Bound()) merged.Offer(candidate.score, candidate.index);
      }
    }
    // The few that are left, as f32 rows of length one under their places in the shortlist.
    std::vector<std::uint32_t> rows;
    for (const auto& candidate : merged.Entries()) rows.push_back(candidate.index);
    std::ranges::sort(rows);
    const Matrix finalists = NormaliseRows(WidenRows(base, rows, control), control);
    Shortlist places(std::max<std::size_t>(rows.size(), 1));
    for (std::size_t i = 0; i < rows.size(); ++i) places.Offer(0.0F, static_cast<std::uint32_t>(i));
    WriteNearest(places, finalists, unit.Row(query), Metric::kCosine, query, result);
    for (std::size_t i = query * k; i < (query + 1) * k; ++i) {
      if (result.indices[i] != kNoNeighbour) result.indices[i] = rows[result.indices[i]];
    }
  }
  return result;
}

std::vector<float> MeanDirection(MatrixView rows) {
  const Matrix unit = NormaliseRows(rows);
  std::vector<double> sums(rows.width, 0.0);
  for (std::size_t row = 0; row < unit.rows; ++row) {
    for (std::size_t j = 0; j < unit.width; ++j) sums[j] += unit.Row(row)[j];
  }
  std::vector<float> mean(rows.width, 0.0F);
  for (std::size_t j = 0; rows.rows > 0 && j < rows.width; ++j) {
    mean[j] = static_cast<float>(sums[j] / static_cast<double>(rows.rows));
  }
  return mean;
}

}  // namespace burnish::math

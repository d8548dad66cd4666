#include "math/map_layout.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "math/kernels.hpp"
#include "math/lanes.hpp"
#include "math/random.hpp"

namespace burnish::math {
namespace {

constexpr std::size_t kGroups = 16;
constexpr int kFrames = 40;
constexpr float kMostPull = 4.0F;  // as umap-learn clips each coordinate of a step
constexpr float kStartExtent = 10.0F;
constexpr std::size_t kPointGrain = 128;
constexpr std::size_t kLeastPointGrain = 16;  // a piece of fewer costs more to hand over than to move

void CheckGraph(const Neighbours& graph, std::size_t targets) {
  if (graph.indices.size() != graph.rows * graph.k || graph.distances.size() != graph.rows * graph.k ||
      std::ranges::any_of(graph.indices, [&](auto index) { return index != kNoNeighbour && index >= targets; })) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "The neighbours do not have the stated shape.");
  }
}

// How strongly a point belongs with each of its neighbours, in (0, 1]: exp(-(d - rho) / sigma), where rho is the
// nearest distance above 0, and sigma makes the strengths sum to log2(k + 1) (umap-learn counts the point itself in k).
std::vector<float> Memberships(const Neighbours& graph, const RunControl& control) {
  double sum = 0;
  std::size_t known = 0;
  for (std::size_t i = 0; i < graph.distances.size(); ++i) {
    if (graph.indices[i] == kNoNeighbour) continue;
    sum += graph.distances[i];
    ++known;
  }
  const double mean_of_all = known == 0 ? 0 : sum / static_cast<double>(known);
  std::vector<float> strengths(graph.indices.size(), 0.0F);
  ParallelFor(graph.rows, 512, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::vector<double> distances;
      for (std::size_t i = 0; i < graph.k && graph.IndicesOf(row)[i] != kNoNeighbour; ++i) {
        distances.push_back(graph.DistancesOf(row)[i]);
      }
      if (distances.empty()) continue;
      const auto nearest = std::ranges::find_if(distances, [](double d) { return d > 0; });
      const double rho = nearest == distances.end() ? 0.0 : *nearest;
      const double target = std::log2(static_cast<double>(graph.k) + 1);
      double low = 0;
      double high = std::numeric_limits<double>::infinity();
      double sigma = 1;
      for (int iteration = 0; iteration < 64; ++iteration) {
        double total = 0;
        for (const double d : distances) total += d > rho ? std::exp(-(d - rho) / sigma) : 1.0;
        if (std::abs(total - target) < 1e-5) break;
        (total > target ? high : low) = sigma;
        sigma = std::isinf(high) ? sigma * 2 : (low + high) / 2;
      }
      const double mean =
          std::accumulate(distances.begin(), distances.end(), 0.0) / static_cast<double>(distances.size());
      sigma = std::max(sigma, 1e-3 * (rho > 0 ? mean : mean_of_all));
      for (std::size_t i = 0; i < distances.size(); ++i) {
        const bool touching = distances[i] <= rho || sigma == 0;
        strengths[row * graph.k + i] = touching ? 1.0F : static_cast<float>(std::exp(-(distances[i] - rho) / sigma));
      }
    }
  });
  return strengths;
}

struct Edge {
  std::uint32_t other;
  float rate;  // times per epoch that the edge pulls, up to 1
};

// Edges of each point, one after another.
struct EdgeList {
  std::vector<std::size_t> first;  // points + 1
  std::vector<Edge> edges;
  std::span<const Edge> Of(std::size_t point) const {
    return std::span(edges).subspan(first[point], first[point + 1] - first[point]);
  }
};

EdgeList FromArcs(std::size_t points, std::vector<std::vector<Edge>> arcs, int epochs) {
  float strongest = 0;
  for (const auto& own : arcs) {
    for (const auto& edge : own) strongest = std::max(strongest, edge.rate);
  }
  EdgeList list;
  list.first.push_back(0);
  for (std::size_t point = 0; point < points; ++point) {
    for (const auto& edge : arcs[point]) {
      const float rate = edge.rate / strongest;
      // An edge too weak to be drawn once is none.
      if (rate * static_cast<float>(epochs) >= 1.0F) list.edges.push_back({edge.other, rate});
    }
    list.first.push_back(list.edges.size());
  }
  return list;
}

// The fuzzy union of both directions: a + b - ab.
EdgeList UnionOfDirections(const Neighbours& graph, std::span<const float> strengths, int epochs) {
  std::vector<std::vector<Edge>> arcs(graph.rows);
  for (std::size_t row = 0; row < graph.rows; ++row) {
    for (std::size_t i = 0; i < graph.k; ++i) {
      const auto other = graph.IndicesOf(row)[i];
      if (other == kNoNeighbour || other == row) continue;
      arcs[row].push_back({other, strengths[row * graph.k + i]});
      arcs[other].push_back({static_cast<std::uint32_t>(row), strengths[row * graph.k + i]});
    }
  }
  for (auto& own : arcs) {
    std::ranges::sort(
        own, [](const Edge& a, const Edge& b) { return a.other != b.other ? a.other < b.other : a.rate < b.rate; });
    std::vector<Edge> merged;
    for (const auto& edge : own) {
      if (!merged.empty() && merged.back().other == edge.other) {
        merged.back().rate += edge.rate - merged.back().rate * edge.rate;
      } else {
        merged.push_back(edge);
      }
    }
    own = std::move(merged);
  }
  return FromArcs(graph.rows, std::move(arcs), epochs);
}

bool Due(float rate, int epoch) {
  const auto draws = [rate](int epochs) { return static_cast<int>(static_cast<double>(rate) * epochs); };
  return draws(epoch + 1) > draws(epoch);
}

inline Lanes FromBits(IntLanes bits) { return std::bit_cast<Lanes>(bits); }

// base^exponent for base >= 0 (0 counts as about 2^-127) and exponents of map curves (above 0, below 1), to six digits:
// 2^(exponent * log2(base)), both from short series. The layout spends half of its time here.
inline Lanes Power(Lanes base, float exponent) {
  // base = 2^whole * part, part within [sqrt(1/2), sqrt(2)).
  const auto bits = std::bit_cast<IntLanes>(base);
  const IntLanes whole = (bits - 0x3F3504F3) >> 23;
  const Lanes part = FromBits(bits - whole * 0x800000);
  // log2(part) = 2 / ln(2) * (s + s^3 / 3 + s^5 / 5 + ...)
  const Lanes s = (part - 1.0F) / (part + 1.0F);
  const Lanes square = s * s;
  const Lanes log =
      __builtin_convertvector(whole, Lanes) + s * (2.885390082F + square * (0.9617966939F + square * 0.5770780164F));
  const Lanes scaled = log * exponent;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
  const Lanes nearest = (scaled + kRound) - kRound;
  const Lanes r = (scaled - nearest) * 0.6931471806F;
  const Lanes fraction = 1.0F + r * (1.0F + r * (0.5F + r * (1.0F / 6 + r * (1.0F / 24 + r * (1.0F / 120)))));
  return fraction * FromBits((__builtin_convertvector(nearest, IntLanes) + 127) * 0x800000);
}

inline Lanes Clipped(Lanes value) {
  const Lanes most = {kMostPull, kMostPull, kMostPull, kMostPull};
  const Lanes above = value > most ? most : value;
  return above < -most ? -most : above;
}

// The forces of UMAP's cross entropy under the curve 1 / (1 + a d^2b).
class Forces {
 public:
  explicit Forces(const MapOptions& options) {
    const auto curve = FitMapCurve(options.min_distance, options.spread);
    a_ = static_cast<float>(curve.a);
    b_ = static_cast<float>(curve.b);
  }

  // What one drawn edge does to `point`: it is pulled `pulls` times towards the other end and pushed away from `count`
  // places that the stream draws, but not from `self`. All forces are those where the point is now, so that they are
  // computed beside each other; the one after the other of umap-learn gives maps of the same quality in twice the
  // time.
  // The pull ends at the other end: two near equal points that leap over each other in turn walk off the map, because
  // here a draw moves one end only (umap-learn moves both against each other, so their middle stays).
  void Move(Point& point, Point towards, float pulls, std::span<const Point> places, std::size_t self, int count,
            Stream& stream, float step) const {
    const Point from = point;
    const auto draw = [&] {
      const auto drawn = stream.Below(static_cast<std::uint32_t>(places.size()));
      return drawn == self ? from : places[drawn];  // who stands where the point does has no force
    };
    const auto push = [&](int number) { return number < count ? draw() : from; };
    // In the order of the stream.
    const Point p0 = push(0), p1 = push(1), p2 = push(2), p3 = push(3), p4 = push(4);
    const Moved low = Along(from, {towards, p0, p1, p2}, pulls, 1 / (pulls * step));
    const Moved high = Along(from, {p3, p4, from, from});
    point.x += step * Sum(low.x + high.x);
    point.y += step * Sum(low.y + high.y);
    for (int done = 5; done < count; done += static_cast<int>(kLanes)) {
      const Point q0 = push(done), q1 = push(done + 1), q2 = push(done + 2), q3 = push(done + 3);
      const Moved more = Along(from, {q0, q1, q2, q3});
      point.x += step * Sum(more.x);
      point.y += step * Sum(more.y);
    }
  }

 private:
  struct Four {
    Point a, b, c, d;
  };
  struct Moved {
    Lanes x;
    Lanes y;
  };

  // The first of the four others pulls that many times, with at most that force; with 0 pulls, and the others anyway,
  // they push.
  Moved Along(Point from, const Four& others, float pulls = 0, float most = 0) const {
    const Lanes x = from.x - Lanes{others.a.x, others.b.x, others.c.x, others.d.x};
    const Lanes y = from.y - Lanes{others.a.y, others.b.y, others.c.y, others.d.y};
    const Lanes square = x * x + y * y;
    const Lanes power = Power(square, b_);
    const Lanes curve = a_ * power + 1.0F;
    Lanes force = 2 * b_ / ((0.001F + square) * curve);
    if (pulls == 0) return {Clipped(force * x), Clipped(force * y)};
    force[0] = square[0] > 0 ? -std::min(most, 2 * a_ * b_ * power[0] / (square[0] * curve[0])) : 0.0F;
    const Lanes weights = {pulls, 1, 1, 1};
    return {weights * Clipped(force * x), weights * Clipped(force * y)};
  }

  float a_ = 1;
  float b_ = 1;
};

std::vector<Point> StartingPlaces(MatrixView start, std::size_t points, std::uint64_t seed) {
  std::vector<Point> places(points);
  for (std::size_t axis = 0; axis < std::min<std::size_t>(2, start.width); ++axis) {
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (std::size_t i = 0; i < points; ++i) {
      low = std::min(low, start.Row(i)[axis]);
      high = std::max(high, start.Row(i)[axis]);
    }
    const float scale = high > low ? kStartExtent / (high - low) : 0.0F;
    for (std::size_t i = 0; i < points; ++i) {
      (axis == 0 ? places[i].x : places[i].y) = (start.Row(i)[axis] - low) * scale;
    }
  }
  // So that equal samples can part.
  for (std::size_t i = 0; i < points; ++i) {
    Stream stream(seed, i, ~std::uint64_t{0});
    places[i].x += static_cast<float>(stream.Unit() * 2e-3 - 1e-3);
    places[i].y += static_cast<float>(stream.Unit() * 2e-3 - 1e-3);
  }
  return places;
}

void Centre(std::vector<Point>& points) {
  double x = 0;
  double y = 0;
  for (const auto& point : points) {
    x += point.x;
    y += point.y;
  }
  const auto count = static_cast<double>(points.size());
  for (auto& point : points) {
    point.x -= static_cast<float>(x / count);
    point.y -= static_cast<float>(y / count);
  }
}

// A small group in so many pieces that no thread waits long for the last.
std::size_t PointGrain(std::size_t members) { return std::clamp(members / 8, kLeastPointGrain, kPointGrain); }

int Epochs(const MapOptions& options, std::size_t points) {
  if (options.epochs > 0) return options.epochs;
  return points <= 10'000 ? 500 : 200;
}

}  // namespace

std::vector<Point> LayOutMap(const Neighbours& graph, MatrixView start, const MapOptions& options,
                             const RunControl& control) {
  CheckGraph(graph, graph.rows);
  if (start.rows != graph.rows || start.values.size() != start.rows * start.width) {
    throw base::Error(base::ErrorCode::kInvalidArgument, "There is not one starting place for each point.");
  }
  const std::size_t points = graph.rows;
  if (points == 0) return {};
  auto places = StartingPlaces(start, points, options.seed);
  const int epochs = Epochs(options, points);
  const auto edges = UnionOfDirections(graph, Memberships(graph, control), epochs);
  const Forces forces(options);
  ProgressMeter progress(control, static_cast<std::size_t>(epochs));
  std::vector<Point> moved(points);
  for (int epoch = 0; epoch < epochs && points > 3; ++epoch) {
    control.ThrowIfStopped();
    const float step = 1.0F - static_cast<float>(epoch) / static_cast<float>(epochs);
    for (std::size_t group = 0; group < kGroups; ++group) {
      // The points of a group see the places that all others have now; theirs change together at the end.
      const std::size_t members = (points + kGroups - 1 - group) / kGroups;
      ParallelFor(members, PointGrain(members), control, [&](std::size_t begin, std::size_t end) {
        for (std::size_t member = begin; member < end; ++member) {
          const std::size_t i = group + member * kGroups;
          Stream stream(options.seed, i, static_cast<std::uint64_t>(epoch));
          Point own = places[i];
          for (const auto& edge : edges.Of(i)) {
            if (!Due(edge.rate, epoch)) continue;
            // Twice: umap-learn draws each edge from both ends, and each draw moves both ends.
            forces.Move(own, places[edge.other], 2, places, i, options.negative_samples, stream, step);
          }
          moved[i] = own;
        }
      });
      for (std::size_t i = group; i < points; i += kGroups) places[i] = moved[i];
    }
    progress.Add(1);
    if (options.on_frame && (epoch + 1) % std::max(1, epochs / kFrames) == 0) {
      auto frame = places;
      Centre(frame);
      options.on_frame(epoch + 1, epochs, frame);
    }
  }
  Centre(places);
  return places;
}

std::vector<Point> PlaceNew(std::span<const Point> placed, const Neighbours& neighbours, const MapOptions& options,
                            const RunControl& control) {
  CheckGraph(neighbours, placed.size());
  const std::size_t points = neighbours.rows;
  const int epochs = options.epochs > 0 ? options.epochs : 100;
  const auto strengths = Memberships(neighbours, control);
  std::vector<std::vector<Edge>> arcs(points);
  for (std::size_t row = 0; row < points; ++row) {
    for (std::size_t i = 0; i < neighbours.k && neighbours.IndicesOf(row)[i] != kNoNeighbour; ++i) {
      arcs[row].push_back({neighbours.IndicesOf(row)[i], strengths[row * neighbours.k + i]});
    }
  }
  const auto edges = FromArcs(points, arcs, epochs);
  const Forces forces(options);
  std::vector<Point> places(points);
  ProgressMeter progress(control, points);
  // Each new point walks alone among those that stay.
  ParallelFor(points, kPointGrain, control, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (arcs[i].empty()) continue;
      double x = 0;
      double y = 0;
      double weight = 0;
      for (const auto& arc : arcs[i]) {
        x += static_cast<double>(arc.rate) * placed[arc.other].x;
        y += static_cast<double>(arc.rate) * placed[arc.other].y;
        weight += arc.rate;
      }
      Point own{static_cast<float>(x / weight), static_cast<float>(y / weight)};
      for (int epoch = 0; epoch < epochs; ++epoch) {
        // A quarter of a full layout's step, as umap-learn's transform.
        const float step = 0.25F * (1.0F - static_cast<float>(epoch) / static_cast<float>(epochs));
        Stream stream(options.seed, i, static_cast<std::uint64_t>(epoch));
        for (const auto& edge : edges.Of(i)) {
          if (!Due(edge.rate, epoch)) continue;
          forces.Move(own, placed[edge.other], 1, placed, placed.size(), options.negative_samples, stream, step);
        }
      }
      places[i] = own;
    }
    progress.Add(end - begin);
  });
  return places;
}

MapCurve FitMapCurve(double min_distance, double spread) {
  constexpr int kSamples = 300;
  double a = 1;
  double b = 1;
  double damping = 1e-3;
  struct Fit {
    double error = 0, aa = 0, ab = 0, bb = 0, ga = 0, gb = 0;
  };
  const auto evaluate = [&](double trial_a, double trial_b) {
    Fit fit;
    for (int i = 0; i < kSamples; ++i) {
      const double x = 3 * spread * i / (kSamples - 1);
      const double wanted = x < min_distance ? 1.0 : std::exp(-(x - min_distance) / spread);
      const double power = x > 0 ? std::pow(x, 2 * trial_b) : 0.0;
      const double value = 1 / (1 + trial_a * power);
      const double by_a = -power * value * value;
      const double by_b = x > 0 ? by_a * trial_a * 2 * std::log(x) : 0.0;
      fit.error += (value - wanted) * (value - wanted);
      fit.aa += by_a * by_a;
      fit.ab += by_a * by_b;
      fit.bb += by_b * by_b;
      fit.ga += by_a * (value - wanted);
      fit.gb += by_b * (value - wanted);
    }
    return fit;
  };
  // Levenberg and Marquardt.
  Fit best = evaluate(a, b);
  for (int iteration = 0; iteration < 200; ++iteration) {
    const double aa = best.aa * (1 + damping);
    const double bb = best.bb * (1 + damping);
    const double divisor = aa * bb - best.ab * best.ab;
    const double next_a = a - (bb * best.ga - best.ab * best.gb) / divisor;
    const double next_b = b - (aa * best.gb - best.ab * best.ga) / divisor;
    const Fit next = next_a > 0 && next_b > 0 ? evaluate(next_a, next_b) : best;
    if (next.error < best.error) {
      const bool settled = best.error - next.error < 1e-14 * best.error;
      a = next_a;
      b = next_b;
      best = next;
      damping *= 0.3;
      if (settled) break;
    } else {
      damping *= 10;
      if (damping > 1e12) break;
    }
  }
  return {a, b};
}

double Trustworthiness(MatrixView rows, std::span<const Point> map, std::size_t k, const RunControl& control) {
  const std::size_t n = rows.rows;
  if (map.size() != n || k == 0 || 2 * k >= n) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "Trustworthiness needs a place for each row and k below half of them.");
  }
  Matrix plane(n, 2);
  for (std::size_t i = 0; i < n; ++i) {
    plane.Row(i)[0] = map[i].x;
    plane.Row(i)[1] = map[i].y;
  }
  const auto near_on_map = NearestNeighbours(plane, k, Metric::kEuclidean, control);
  std::vector<double> penalties(n, 0.0);
  ParallelFor(n, 16, control, [&](std::size_t begin, std::size_t end) {
    std::vector<float> squares(n);
    std::vector<float> difference(rows.width);
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t t = 0; t < rows.width; ++t) difference[t] = rows.Row(i)[t] - rows.Row(j)[t];
        squares[j] = Kernels().dot(difference.data(), difference.data(), rows.width);
      }
      for (const auto other : near_on_map.IndicesOf(i)) {
        std::size_t nearer = 0;  // rank among the others, from 0
        for (std::size_t j = 0; j < n; ++j) {
          nearer +=
              j != i && j != other && (squares[j] < squares[other] || (squares[j] == squares[other] && j < other));
        }
        penalties[i] += nearer >= k ? static_cast<double>(nearer + 1 - k) : 0.0;
      }
    }
  });
  const auto count = static_cast<double>(n);
  const auto kept = static_cast<double>(k);
  return 1 - 2 / (count * kept * (2 * count - 3 * kept - 1)) * std::accumulate(penalties.begin(), penalties.end(), 0.0);
}

}  // namespace burnish::math

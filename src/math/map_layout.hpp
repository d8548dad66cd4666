#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "math/knn.hpp"
#include "math/matrix.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

struct Point {
  float x = 0;
  float y = 0;
  bool operator==(const Point&) const = default;
};

struct MapOptions {
  float min_distance = 0.1F;
  float spread = 1.0F;
  int epochs = 0;  // 0: 500 up to 10,000 points, else 200 (as umap-learn)
  int negative_samples = 5;
  std::uint64_t seed = 0;
  // Called after some epochs with the layout so far, from the calling thread: the picture that grows.
  std::function<void(int epoch, int epochs, std::span<const Point>)> on_frame;
};

// The 2-D map: UMAP (McInnes, Healy and Melville 2018). `graph` holds each point's nearest neighbours without
// itself (k = 14 equals umap-learn's n_neighbors = 15), `start` the first two principal components (scores: rows x 2
// or more; PCA instead of a spectral start: a picture at once, and no eigenvectors of the Laplacian).
// Within an epoch the points move in 16 fixed groups, each group from the positions that the groups before it
// left: the same bits for a seed at any number of threads. Centred on the mean.
// No points: no positions. One to three points, or none with neighbours: where `start` puts them.
std::vector<Point> LayOutMap(const Neighbours& graph, MatrixView start, const MapOptions& options,
                             const RunControl& control = {});

// Positions for new points beside a map that stays as it is. `neighbours` holds for each new point its nearest
// placed points. Starts at the mean of the neighbours' positions, weighted by membership, then moves only the new
// points. A new point without neighbours lands at the origin.
std::vector<Point> PlaceNew(std::span<const Point> placed, const Neighbours& neighbours, const MapOptions& options,
                            const RunControl& control = {});

// The curve 1 / (1 + a d^2b) nearest to exp(-(d - min_distance) / spread) beyond min_distance (least squares).
struct MapCurve {
  double a = 0;
  double b = 0;
};
MapCurve FitMapCurve(double min_distance, double spread);

// How many of each point's k nearest on the map are far in the data: 1 is best (Venna and Kaski 2001, as
// scikit-learn). O(rows^2): for checks on samples of the data.
double Trustworthiness(MatrixView rows, std::span<const Point> map, std::size_t k, const RunControl& control = {});

}  // namespace burnish::math

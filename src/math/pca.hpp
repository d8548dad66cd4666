#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "math/matrix.hpp"
#include "math/parallel.hpp"

namespace burnish::math {

// Principal components of the centred rows, strongest first. The sign of a component is such that its
// entry of largest size is positive.
struct PrincipalComponents {
  std::vector<float> mean;       // width
  Matrix components;             // count x width, orthonormal rows
  std::vector<float> variances;  // count
  Matrix scores;                 // rows x count: the centred rows in these axes
};

// Randomised subspace iteration (Halko, Martinsson and Tropp 2011). At most 12 components; fewer when the
// data has fewer rows or columns. The same bits for a seed.
PrincipalComponents FindPrincipalComponents(MatrixView rows, std::size_t count, std::uint64_t seed,
                                            const RunControl& control = {});

}  // namespace burnish::math

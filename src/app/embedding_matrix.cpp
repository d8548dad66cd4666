#include "app/embedding_matrix.hpp"

#include "base/half.hpp"

namespace burnish::app {

math::Matrix GatherEmbeddings(const store::VectorSpace& vectors, std::span<const model::Ordinal> ordinals) {
  math::Matrix matrix(ordinals.size(), vectors.Dimensions());
  for (std::size_t i = 0; i < ordinals.size(); ++i) base::ToFloat(vectors.Vector(ordinals[i]), matrix.Row(i));
  return matrix;
}

}  // namespace burnish::app

#pragma once

#include <span>

#include "math/matrix.hpp"
#include "store/vectors/vector_space.hpp"

namespace burnish::app {

// The embeddings of these samples, widened, in their order. Each must have one.
math::Matrix GatherEmbeddings(const store::VectorSpace& vectors, std::span<const model::Ordinal> ordinals);

}  // namespace burnish::app

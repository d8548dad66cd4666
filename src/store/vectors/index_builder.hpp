#pragma once

#include <cstdint>
#include <memory>

#include "math/parallel.hpp"
#include "store/artifacts/fixed_pack.hpp"
#include "store/vectors/index_file.hpp"

namespace burnish::store {

// Makes the index of the first `rows` rows of a pack of f16 vectors (vector_index.hpp): centres by k-means on a sample,
// each row's list and code, and how many lists searches must visit, measured on rows of the pack against an exact scan.
// The same rows give the same index for any number of threads. `lists` 0: twice the root of the rows. Throws
// kCancelled.
std::unique_ptr<IndexFile> BuildIndex(const FixedPack& pack, std::uint32_t rows, std::uint32_t lists = 0,
                                      const math::RunControl& control = {});

}  // namespace burnish::store

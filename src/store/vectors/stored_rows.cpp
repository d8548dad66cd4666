#include "store/vectors/stored_rows.hpp"

#include <cmath>

#include "store/vectors/code_kernels.hpp"

namespace burnish::store {

StoredRows StoredRows::Of(const FixedPack& pack) {
  return {pack.Row(0).data(), static_cast<std::size_t>(pack.Row(1).data() - pack.Row(0).data()),
          static_cast<std::uint32_t>(pack.RecordBytes() / sizeof(base::Half))};
}

float CosineOf(std::span<const base::Half> row, std::span<const float> unit) {
  static const CodeKernels& kernels = ChooseCodeKernels();
  const Product product = kernels.multiply(row.data(), unit.data(), unit.size());
  return product.square > 0 && std::isfinite(product.square) ? product.dot / std::sqrt(product.square) : 0.0F;
}

}  // namespace burnish::store

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/half.hpp"

namespace burnish::store {

// A query's numbers are cut into this many bits each; plane p holds bit p of all of them.
inline constexpr std::size_t kPlanes = 4;

struct Product {
  float dot = 0;
  float square = 0;  // of the stored row with itself
};

// The inner loops of vector search, once per instruction set.
struct CodeKernels {
  const char* name;
  // out[i] = sum over planes p of 2^p * (bits in which a code differs from plane p). A code has `words` words, and code
  // n starts at codes[n * words]. Takes the codes `slots` names, or the first `count` when that is null.
  void (*differences)(const std::uint64_t* codes, std::size_t words, const std::uint32_t* slots, std::size_t count,
                      const std::uint64_t* planes, std::uint32_t* out);
  Product (*multiply)(const base::Half* row, const float* query, std::size_t count);
  // out[r] = dot(row r, query), of `rows` rows of `count` numbers, one after the other. `count`: a multiple of 64, and
  // small enough that no sum passes 31 bits.
  void (*dots)(const std::int8_t* first, std::size_t rows, const std::int16_t* query, std::size_t count,
               std::int32_t* out);
  // The product of a fine code (index_file.hpp) with `width` numbers, a multiple of 64: of its levels as 0 to 15.
  std::int32_t (*fine_dot)(const std::uint8_t* code, const std::int8_t* query, std::size_t width);
};

// The best for this machine, chosen once.
const CodeKernels& ChooseCodeKernels();
// All that this machine can run, weakest first.
std::vector<const CodeKernels*> SupportedCodeKernels();

}  // namespace burnish::store

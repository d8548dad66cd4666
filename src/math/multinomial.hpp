#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "math/random.hpp"

// Resamples of counted observations. Used by src/math only.
namespace burnish::math {

// A whole number by given weights, in one draw (Walker 1977, built as by Vose 1991). Only IEEE's multiplication,
// division and sums make the table, and whole numbers draw from it: the same on every machine.
class AliasTable {
 public:
  // The number first + i has weights[i], of which one at least must be positive.
  AliasTable(std::uint32_t first, std::vector<double> weights);

  std::uint32_t Draw(Stream& stream) const {
    const std::uint64_t word = stream.Next();
    const Entry& entry = entries_[word >> (64U - bits_)];
    return entry.number[word << bits_ < entry.below ? 1 : 0];  // no branch: it could not be foreseen
  }

 private:
  struct Entry {
    std::uint64_t below = 0;
    std::array<std::uint32_t, 2> number = {};  // from `below` on, and below it
  };
  unsigned bits_ = 1;
  std::vector<Entry> entries_;  // 2^bits_
};

// Draws with replacement as many observations as were counted: a multinomial. Many observations of few kinds cost what
// the kinds do: the kinds' counts are drawn as Poisson numbers that in all fall a little short, and given their sum
// these are a multinomial of that sum; what is missing is drawn one by one.
class Multinomial {
 public:
  explicit Multinomial(std::span<const std::uint32_t> counts);

  // `drawn` has one entry for each kind.
  void Draw(Stream& stream, std::span<std::uint32_t> drawn) const;

 private:
  // A part of a kind's mean: sums of Poisson numbers are Poisson, so that few tables serve all counts.
  struct Part {
    std::uint32_t kind;
    std::uint32_t table;
  };
  std::uint64_t total_ = 0;
  std::vector<AliasTable> kind_;  // none without observations
  std::vector<Part> parts_;       // empty: all are drawn one by one
  std::vector<AliasTable> poisson_;
};

}  // namespace burnish::math

#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "store/columns/bitset.hpp"
#include "store/columns/column.hpp"
#include "store/columns/two_threads.hpp"

namespace burnish::store {

// Sets bit i of `words` where values[i] passes the test. Fills 64 answers at a time, so that the compiler can keep
// them in a register.
template <class T, class Test>
void ScanValues(std::span<const T> values, std::span<std::uint64_t> words, Test&& test) {
  for (std::size_t i = 0; i < values.size(); i += 64) {
    const std::size_t end = std::min<std::size_t>(64, values.size() - i);
    std::uint64_t word = 0;
    for (std::size_t k = 0; k < end; ++k) word |= static_cast<std::uint64_t>(test(values[i + k])) << k;
    words[i / 64] = word;
  }
}

// From here on a scan takes longer than to start a thread.
inline constexpr std::size_t kTwoThreadsFrom = 2'000'000;

// Calls scan(values, words) for each chunk of the column, with the words of the result that are its own.
template <class T, class Scan>
Bitset ScanChunks(const Column<T>& column, std::size_t size, Scan&& scan) {
  Bitset result(size);
  const std::span<std::uint64_t> words = result.Words();
  OnTwoThreads(column.ChunkCount(), size >= kTwoThreadsFrom, [&](std::size_t chunk) {
    const std::size_t first = chunk * kChunkRows;
    if (first >= size) return;
    const std::span<const T> values = column.Chunk(chunk);
    scan(values.first(std::min(values.size(), size - first)), words.subspan(first / 64));
  });
  return result;
}

template <class T, class Test>
Bitset ScanColumn(const Column<T>& column, std::size_t size, Test&& test) {
  return ScanChunks(column, size, [&](std::span<const T> values, std::span<std::uint64_t> words) {
    ScanValues(values, words, test);
  });
}

// The ordinals below `size` that pass the test.
template <class Test>
Bitset ScanOrdinals(std::size_t size, Test&& test) {
  Bitset result(size);
  const std::span<std::uint64_t> words = result.Words();
  OnTwoThreads((size + kChunkRows - 1) / kChunkRows, size >= kTwoThreadsFrom, [&](std::size_t chunk) {
    const std::size_t last = std::min(size, (chunk + 1) * kChunkRows);
    for (std::size_t first = chunk * kChunkRows; first < last; first += 64) {
      const std::size_t count = std::min<std::size_t>(64, last - first);
      std::uint64_t word = 0;
      for (std::size_t k = 0; k < count; ++k) word |= static_cast<std::uint64_t>(test(first + k)) << k;
      words[first / 64] = word;
    }
  });
  return result;
}

template <class T, class Test>
Bitset ScanVector(const std::vector<T>& values, std::size_t size, Test&& test) {
  Bitset result = ScanOrdinals(std::min(values.size(), size), [&](std::size_t i) { return test(values[i]); });
  result.Resize(size);
  return result;
}

// The same for "is one of these codes", by instructions that compare many codes at once where the processor has them.
// A code is compared without its lowest `drop` bits. Many wanted codes are better looked up in a table.
inline constexpr std::size_t kMostWantedCodes = 16;
void MatchCodes(std::span<const std::uint8_t> codes, std::span<const std::uint8_t> wanted,
                std::span<std::uint64_t> words);
void MatchCodes(std::span<const std::uint16_t> codes, std::span<const std::uint16_t> wanted,
                std::span<std::uint64_t> words);
void MatchCodes(std::span<const std::uint32_t> codes, std::span<const std::uint32_t> wanted,
                std::span<std::uint64_t> words, unsigned drop = 0);

}  // namespace burnish::store

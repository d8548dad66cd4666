#include <array>
#include <cstring>

#include "store/artifacts/pack.hpp"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace burnish::store {

namespace {

constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? 0x82F63B78U : 0U);
    table[i] = value;
  }
  return table;
}

std::uint32_t CrcByTable(std::span<const std::byte> bytes, std::uint32_t crc) {
  static constexpr std::array<std::uint32_t, 256> kTable = MakeTable();
  for (const std::byte byte : bytes) crc = (crc >> 8U) ^ kTable[(crc ^ static_cast<std::uint32_t>(byte)) & 0xFFU];
  return crc;
}

#if defined(__x86_64__)
constexpr std::size_t kStretch = 1024;

// What a checksum becomes by kStretch zero bytes is linear in its bits: a table for each of its four bytes.
std::uint32_t AfterZeros(std::uint32_t crc) {
  static const auto kTables = [] {
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    const std::array<std::byte, kStretch> zeros{};
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
      const auto after = CrcByTable(zeros, 1U << bit);
      for (std::uint32_t value = 0; value < 256; ++value)
        tables[bit / 8][value] ^= ((value >> (bit % 8)) & 1U) != 0 ? after : 0;
    }
    return tables;
  }();
  return kTables[0][crc & 0xFFU] ^ kTables[1][(crc >> 8U) & 0xFFU] ^ kTables[2][(crc >> 16U) & 0xFFU] ^
         kTables[3][crc >> 24U];
}

std::uint64_t WordAt(std::span<const std::byte> bytes, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

__attribute__((target("sse4.2"))) std::uint32_t CrcByInstruction(std::span<const std::byte> bytes, std::uint32_t crc) {
  std::size_t i = 0;
  // The instruction takes three cycles but one can begin in each: three stretches beside each other, put together
  // after.
  for (; i + 3 * kStretch <= bytes.size(); i += 3 * kStretch) {
    std::array<std::uint64_t, 3> lanes{crc, 0, 0};
    for (std::size_t k = 0; k < kStretch; k += 8) {
      for (std::size_t lane = 0; lane < 3; ++lane)
        lanes[lane] = _mm_crc32_u64(lanes[lane], WordAt(bytes, i + lane * kStretch + k));
    }
    const auto narrow = [&](std::size_t lane) { return static_cast<std::uint32_t>(lanes[lane]); };
    crc = AfterZeros(AfterZeros(narrow(0)) ^ narrow(1)) ^ narrow(2);
  }
  std::uint64_t wide = crc;
  for (; i + 8 <= bytes.size(); i += 8) wide = _mm_crc32_u64(wide, WordAt(bytes, i));
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; i < bytes.size(); ++i) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(bytes[i]));
  return narrow;
}
#endif

}  // namespace

std::uint32_t Crc32c(std::span<const std::byte> bytes, std::uint32_t crc) {
  crc = ~crc;
#if defined(__x86_64__)
  static const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
  if (kHasInstruction) return ~CrcByInstruction(bytes, crc);
#endif
  return ~CrcByTable(bytes, crc);
}

}  // namespace burnish::store

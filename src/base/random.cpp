#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cstring>
#include <span>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace burnish::base {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

std::string Base32(std::span<const unsigned char> bytes) {
  std::string text;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const unsigned char byte : bytes) {
    buffer = (buffer << 8U) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text.push_back(kAlphabet[(buffer >> static_cast<unsigned>(bits)) & 31U]);
    }
  }
  if (bits > 0) text.push_back(kAlphabet[(buffer << static_cast<unsigned>(5 - bits)) & 31U]);
  return text;
}

}  // namespace

bool LooksLikeId(const std::string& text) {
  if (text.empty() || text.size() > 64) return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

void SystemRandom::Fill(void* bytes, std::size_t count) {
  auto* cursor = static_cast<unsigned char*>(bytes);
  while (count > 0) {
    const ssize_t got = getrandom(cursor, count, 0);
    if (got < 0) throw Error(ErrorCode::kInternal, "The system has no randomness to give.");
    cursor += got;
    count -= static_cast<std::size_t>(got);
  }
}

void SeededRandom::Fill(void* bytes, std::size_t count) {
  const std::scoped_lock lock(mutex_);
  auto* cursor = static_cast<unsigned char*>(bytes);
  while (count > 0) {
    const std::uint64_t word = engine_();
    const std::size_t take = count < sizeof word ? count : sizeof word;
    std::memcpy(cursor, &word, take);
    cursor += take;
    count -= take;
  }
}

std::string NewIdText(Random& random) {
  std::array<unsigned char, 16> bytes{};
  random.Fill(bytes.data(), bytes.size());
  return Base32(bytes);
}

std::string NewSecret(Random& random) {
  std::array<unsigned char, 32> bytes{};
  random.Fill(bytes.data(), bytes.size());
  return Base32(bytes);
}

}  // namespace burnish::base

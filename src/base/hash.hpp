#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace burnish::base {

// BLAKE2b with 128 bits (RFC 7693): names media by content, and artifacts.
struct ContentHash {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const ContentHash&) const = default;
  std::string Hex() const;
  // Throws kInvalidArgument unless `hex` is 32 hexadecimal digits.
  static ContentHash FromHex(std::string_view hex);
};

ContentHash HashContent(std::span<const std::byte> bytes);

// BLAKE2b with 256 bits: names blobs, digests of views and versions, and stored secrets.
// Feed it in pieces; Finish once.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void Update(std::span<const std::byte> bytes);
  void Update(std::string_view text);
  // Little-endian, so that a digest is the same on every machine.
  void UpdateU64(std::uint64_t value);
  // Length, then bytes: no two lists of texts feed the same bytes.
  void UpdateText(std::string_view text);
  std::string FinishHex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string DigestHex(std::string_view text);

}  // namespace burnish::base

template <>
struct std::hash<burnish::base::ContentHash> {
  using is_avalanching = void;  // each bit is as good as any other: Boost's flat tables take the value as it is
  std::size_t operator()(const burnish::base::ContentHash& content) const noexcept {
    std::size_t value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8U) | content.bytes[i];
    return value;
  }
};

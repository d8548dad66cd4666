#include "base/hash.hpp"

#include <sodium.h>

#include "base/error.hpp"

namespace burnish::base {
namespace {

std::string ToHex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

const unsigned char* Raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::string ContentHash::Hex() const { return ToHex(bytes); }

ContentHash ContentHash::FromHex(std::string_view hex) {
  ContentHash hash;
  if (hex.size() != hash.bytes.size() * 2)
    throw Error(ErrorCode::kInvalidArgument, "A content hash has 32 hexadecimal digits.");
  for (std::size_t i = 0; i < hash.bytes.size(); ++i) {
    const int high = HexValue(hex[2 * i]);
    const int low = HexValue(hex[2 * i + 1]);
    if (high < 0 || low < 0) throw Error(ErrorCode::kInvalidArgument, "A content hash has 32 hexadecimal digits.");
    hash.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return hash;
}

ContentHash HashContent(std::span<const std::byte> bytes) {
  ContentHash hash;
  crypto_generichash(hash.bytes.data(), hash.bytes.size(), Raw(bytes), bytes.size(), nullptr, 0);
  return hash;
}

struct Digest::State {
  crypto_generichash_state blake{};
};

Digest::Digest() : state_(std::make_unique<State>()) { crypto_generichash_init(&state_->blake, nullptr, 0, 32); }
Digest::~Digest() = default;

void Digest::Update(std::span<const std::byte> bytes) {
  crypto_generichash_update(&state_->blake, Raw(bytes), bytes.size());
}

void Digest::Update(std::string_view text) { Update(std::as_bytes(std::span(text.data(), text.size()))); }

void Digest::UpdateU64(std::uint64_t value) {
  std::array<std::byte, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
  Update(bytes);
}

void Digest::UpdateText(std::string_view text) {
  UpdateU64(text.size());
  Update(text);
}

std::string Digest::FinishHex() {
  std::array<std::uint8_t, 32> out{};
  crypto_generichash_final(&state_->blake, out.data(), out.size());
  return ToHex(out);
}

std::string DigestHex(std::string_view text) {
  Digest digest;
  digest.Update(text);
  return digest.FinishHex();
}

}  // namespace burnish::base

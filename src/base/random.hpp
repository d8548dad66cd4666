#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace burnish::base {

// Injected wherever randomness is needed. Any thread may call.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(void* bytes, std::size_t count) = 0;
};

// The kernel's generator; fit for tokens.
class SystemRandom final : public Random {
 public:
  void Fill(void* bytes, std::size_t count) override;
};

// Repeats itself for a seed; for tests and simulations only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void Fill(void* bytes, std::size_t count) override;

 private:
  std::mutex mutex_;  // guards engine_
  std::mt19937_64 engine_;
};

// 128 random bits as 26 characters of base32: the text of a new id.
std::string NewIdText(Random& random);
// 256 random bits as 52 characters of base32: a login token or session secret.
std::string NewSecret(Random& random);

}  // namespace burnish::base

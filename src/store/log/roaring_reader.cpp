#include "store/log/roaring_reader.hpp"

#include <utility>

#include "base/error.hpp"

namespace burnish::store {
namespace {

// Names and numbers of the format's specification.
constexpr std::uint32_t kCookieWithoutRuns = 12346;
constexpr std::uint32_t kCookie = 12347;
constexpr std::uint32_t kNoOffsetThreshold = 4;
constexpr std::uint32_t kLargestArray = 4096;
constexpr std::uint32_t kBitsetBytes = 8192;

[[noreturn]] void ThrowBad() {
  throw base::Error(base::ErrorCode::kInvalidArgument, "The stored edit is not in a form that Burnish writes.");
}

class RoaringReader {
 public:
  RoaringReader(std::string_view bytes, std::uint32_t count) : bytes_(bytes), count_(count) {}

  std::vector<std::uint32_t> Read() {
    const std::uint32_t cookie = U32();
    const bool with_runs = (cookie & 0xFFFFU) == kCookie;
    if (!with_runs && cookie != kCookieWithoutRuns) ThrowBad();
    const std::uint32_t containers = with_runs ? (cookie >> 16U) + 1 : U32();
    if (containers > 65'536) ThrowBad();
    const std::string_view run_flags = with_runs ? Take((containers + 7) / 8) : std::string_view();
    const std::string_view descriptions = Take(std::size_t{4} * containers);
    if (!with_runs || containers >= kNoOffsetThreshold) Take(std::size_t{4} * containers);
    for (std::uint32_t i = 0; i < containers; ++i) {
      key_ = std::uint32_t{U16At(descriptions, std::size_t{4} * i)} << 16U;
      const std::uint32_t cardinality = std::uint32_t{U16At(descriptions, std::size_t{4} * i + 2)} + 1;
      const std::size_t before = values_.size();
      const bool is_run = with_runs && ((static_cast<std::uint8_t>(run_flags[i / 8]) >> (i % 8)) & 1U) != 0;
      if (is_run) {
        ReadRuns();
      } else if (cardinality <= kLargestArray) {
        for (std::uint32_t j = 0; j < cardinality; ++j) Add(U16());
      } else {
        ReadBitset();
      }
      if (values_.size() - before != cardinality) ThrowBad();
    }
    if (!bytes_.empty() || values_.size() != count_) ThrowBad();
    return std::move(values_);
  }

 private:
  static std::uint16_t U16At(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<std::uint8_t>(bytes[at]) | static_cast<std::uint8_t>(bytes[at + 1])
                                                                                 << 8U);
  }

  std::string_view Take(std::size_t length) {
    if (length > bytes_.size()) ThrowBad();
    const std::string_view taken = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return taken;
  }
  std::uint16_t U16() { return U16At(Take(2), 0); }
  std::uint32_t U32() {
    const std::uint32_t low = U16();
    return low | std::uint32_t{U16()} << 16U;
  }

  void Add(std::uint32_t low) {
    const std::uint32_t value = key_ | low;
    if (values_.size() == count_ || (!values_.empty() && value <= values_.back())) ThrowBad();
    values_.push_back(value);
  }

  void ReadRuns() {
    const std::uint32_t runs = U16();
    for (std::uint32_t run = 0; run < runs; ++run) {
      const std::uint32_t start = U16();
      const std::uint32_t last = start + U16();
      if (last > 0xFFFF) ThrowBad();
      for (std::uint32_t low = start; low <= last; ++low) Add(low);
    }
  }

  void ReadBitset() {
    const std::string_view bits = Take(kBitsetBytes);
    for (std::uint32_t low = 0; low < 65'536; ++low) {
      if (((static_cast<std::uint8_t>(bits[low / 8]) >> (low % 8)) & 1U) != 0) Add(low);
    }
  }

  std::string_view bytes_;
  std::uint32_t count_;
  std::uint32_t key_ = 0;
  std::vector<std::uint32_t> values_;
};

}  // namespace

std::vector<std::uint32_t> ReadRoaring(std::string_view bytes, std::uint32_t count) {
  return RoaringReader(bytes, count).Read();
}

}  // namespace burnish::store

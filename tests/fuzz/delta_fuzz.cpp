#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "store/log/delta_codec.hpp"

// Any bytes are refused, or are exactly what the delta that they hold is written as.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    if (burnish::store::EncodeDelta(burnish::store::DecodeDelta(bytes)) != bytes) std::abort();
  } catch (const burnish::base::Error&) {
    // refused
  }
  try {
    static_cast<void>(burnish::store::DeltaFromJson(bytes));
  } catch (const burnish::base::Error&) {
    // refused
  }
  return 0;
}

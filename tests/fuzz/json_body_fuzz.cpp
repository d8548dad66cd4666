#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "formats/text.hpp"
#include "http/gate.hpp"
#include "http/json_reader.hpp"

namespace {

using namespace burnish;
using http::JsonReader;

template <class Read>
void Try(Read&& read) {
  try {
    read();
  } catch (const base::Error& refused) {
    // The sentence goes to a person, and the place to a program.
    if (refused.Code() != base::ErrorCode::kInvalidArgument || *refused.what() == '\0') std::abort();
  }
}

void ReadMembers(const JsonReader& body) {
  Try([&] {
    if (body.Text("t", 5).size() > 20) std::abort();
  });
  Try([&] { body.TextIfAny("t", 5); });
  Try([&] {
    if (body.Choice("c", {"a", "b"}) > 1) std::abort();
  });
  Try([&] {
    if (const auto i = body.Integer("i", -3, 9); i < -3 || i > 9) std::abort();
  });
  Try([&] { body.Integer("i"); });
  Try([&] {
    if (!std::isfinite(body.Number("n"))) std::abort();
  });
  Try([&] { body.BooleanOr("b", true); });
  Try([&] {
    if (body.Texts("l", 4, 3).size() > 4) std::abort();
  });
  Try([&] {
    if (body.Ordinals("o", 4).size() > 4) std::abort();
  });
  Try([&] { body.Objects("x", {"t"}, 4); });
  Try([&] { body.Object("y", {"t"}).Text("t"); });
}

}  // namespace

// The body of a write: parsed to a limited depth, then read member by member.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Try([&] {
    http::Admission admission;
    http::Gate::TakeJson(admission, text);
    ReadMembers(admission.request.Body({"t", "c", "i", "n", "b", "l", "o", "x", "y"}));
  });
  return 0;
}

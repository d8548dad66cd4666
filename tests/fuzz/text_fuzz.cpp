#include <cstdlib>

#include "formats/file_set.hpp"
#include "formats/limits.hpp"
#include "formats/table_format.hpp"
#include "formats/text.hpp"

// Paths, numbers and times as tables write them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace burnish::formats;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ProblemCode why{};
  for (const auto& path : {CleanPath(text, why), ResolvePath("a/b", text, why)}) {
    if (!path) continue;
    const bool climbs = ("/" + *path + "/").find("/../") != std::string::npos;
    if (path->empty() || path->front() == '/' || climbs || path->size() > kMaxPathBytes || !IsUtf8(*path) ||
        HasControl(*path))
      std::abort();
  }
  if (!IsUtf8(Printable(text)) || HasControl(Printable(text))) std::abort();
  if (const auto number = ParseNumber(text); number && ParseNumber(NumberText(*number)) != number) std::abort();
  if (const auto time = ParseTime(text); time && ParseTime(TimeText(*time)) != time) std::abort();
  return 0;
}

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/ids.hpp"

namespace burnish::model {

using base::Ordinal;
using base::SequenceNumber;

// Train, validation, test, or pool (not used for training or testing).
enum class Split : std::uint8_t { kTrain = 0, kValidation = 1, kTest = 2, kPool = 3 };
inline constexpr std::array<std::string_view, 4> kSplitNames = {"train", "validation", "test", "pool"};
std::string_view SplitName(Split split);
std::optional<Split> SplitFromName(std::string_view name);

enum class MediaKind : std::uint8_t {
  kImage = 0,
  kVideo = 1,
  kAudio = 2,
  kText = 3,
  kTextPair = 4,
  kPoints = 5,
  kVolume = 6
};

// Where the bytes of a medium are: below a media root of the server (`root` names it), or in the
// blob store of the data folder (`root` empty, `path` the blob's name).
struct MediaLocation {
  std::string root;
  std::string path;
  auto operator<=>(const MediaLocation&) const = default;
};

// One medium of a sample. Rows are append-only within a project; a sample whose file changed points
// to a new row, so that older versions still name the bytes they had.
struct Media {
  MediaKind kind = MediaKind::kImage;
  MediaLocation location;
  base::ContentHash content;
  std::uint64_t bytes = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

// A typed property that the user's data brings.
enum class FieldType : std::uint8_t { kText = 0, kNumber = 1, kBoolean = 2, kTime = 3 };
inline constexpr std::array<std::string_view, 4> kFieldTypeNames = {"text", "number", "boolean", "time"};

struct Field {
  std::string
      name;  // as the data has it; unique in the project; any UTF-8 text without control characters, 1 to 120 bytes
  FieldType type = FieldType::kText;
  auto operator<=>(const Field&) const = default;
};

// A value of a field; nothing when the data has none. Time is microseconds since 1970 UTC, as a number.
struct FieldValue {
  bool missing = true;
  double number = 0;  // kNumber, kBoolean (0 or 1), kTime
  std::string text;   // kText
  auto operator<=>(const FieldValue&) const = default;
};

}  // namespace burnish::model

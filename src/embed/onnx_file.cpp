#include "embed/onnx_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace burnish::embed {
namespace {

constexpr int kMaxDepth = 64;

enum class Message { kModel, kGraph, kFunction, kNode, kAttribute, kTensor, kSparseTensor };

// The fields of onnx.proto (IR version 10) through which a TensorProto can be reached.
struct Way {
  Message from;
  std::uint64_t field;
  Message to;
};
constexpr std::array kWays = {
    Way{Message::kModel, 7, Message::kGraph},
    Way{Message::kModel, 25, Message::kFunction},
    Way{Message::kGraph, 1, Message::kNode},
    Way{Message::kGraph, 5, Message::kTensor},
    Way{Message::kGraph, 15, Message::kSparseTensor},
    Way{Message::kFunction, 7, Message::kNode},
    Way{Message::kFunction, 11, Message::kAttribute},
    Way{Message::kNode, 5, Message::kAttribute},
    Way{Message::kAttribute, 5, Message::kTensor},
    Way{Message::kAttribute, 6, Message::kGraph},
    Way{Message::kAttribute, 10, Message::kTensor},
    Way{Message::kAttribute, 11, Message::kGraph},
    Way{Message::kAttribute, 22, Message::kSparseTensor},
    Way{Message::kAttribute, 23, Message::kSparseTensor},
    Way{Message::kSparseTensor, 1, Message::kTensor},
    Way{Message::kSparseTensor, 2, Message::kTensor},
};
constexpr std::uint64_t kExternalData = 13;  // of TensorProto
constexpr std::uint64_t kDataLocation = 14;

struct Field {
  std::uint64_t number = 0;
  std::uint64_t varint = 0;            // wire type 0
  std::span<const std::byte> content;  // wire type 2
  bool is_content = false;
};

class Wire {
 public:
  explicit Wire(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool AtEnd() const { return bytes_.empty(); }

  // Nothing if the bytes make no sense.
  std::optional<Field> Next() {
    const auto key = Varint();
    if (!key) return std::nullopt;
    Field field;
    field.number = *key >> 3U;
    switch (*key & 7U) {
      case 0: {
        const auto value = Varint();
        if (!value) return std::nullopt;
        field.varint = *value;
        return field;
      }
      case 1:
        return Skip(8) ? std::optional(field) : std::nullopt;
      case 2: {
        const auto size = Varint();
        if (!size || *size > bytes_.size()) return std::nullopt;
        field.content = bytes_.first(*size);
        field.is_content = true;
        bytes_ = bytes_.subspan(*size);
        return field;
      }
      case 5:
        return Skip(4) ? std::optional(field) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  bool Skip(std::size_t count) {
    if (count > bytes_.size()) return false;
    bytes_ = bytes_.subspan(count);
    return true;
  }

  std::optional<std::uint64_t> Varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint64_t>(bytes_.front());
      bytes_ = bytes_.subspan(1);
      value |= (byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  std::span<const std::byte> bytes_;
};

bool Suspicious(Message message, std::span<const std::byte> bytes, int depth) {
  if (depth > kMaxDepth) return true;
  Wire wire(bytes);
  while (!wire.AtEnd()) {
    const auto field = wire.Next();
    if (!field) return true;
    if (message == Message::kTensor && field->number == kExternalData) return true;
    if (message == Message::kTensor && field->number == kDataLocation && field->varint != 0) return true;
    const auto way = std::find_if(kWays.begin(), kWays.end(),
                                  [&](const Way& each) { return each.from == message && each.field == field->number; });
    if (way == kWays.end()) continue;
    if (!field->is_content || Suspicious(way->to, field->content, depth + 1)) return true;
  }
  return false;
}

}  // namespace

bool NamesOtherFiles(std::span<const std::byte> model) { return Suspicious(Message::kModel, model, 0); }

}  // namespace burnish::embed

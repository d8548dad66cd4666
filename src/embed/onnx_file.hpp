#pragma once

#include <span>
#include <string>

namespace burnish::embed {

// True if an ONNX model (bytes of a ModelProto) names weights in other files, which we never open: the names come from
// the model's author. Also true for bytes whose protobuf structure makes no sense.
bool NamesOtherFiles(std::span<const std::byte> model);

}  // namespace burnish::embed

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/change.hpp"

namespace burnish::store {

// A delta as bytes. Integers are little-endian.
//
//   8 bytes   "BRNDELTA"
//   u32       version, 1
//   u32       count of aspects
//   u32       length of the JSON part
//   aspects, ascending by (kind, key), each:
//     u8      kind (model::AspectKind)
//     u8      form of the before values: 0 one constant, 1 one per ordinal
//     u8      form of the after values
//     u8      0
//     u32     key
//     u32     count of ordinals, at least 1
//     u32     length of the bitmap
//     bytes   the ordinals as a Roaring bitmap, portable format (github.com/RoaringBitmap/RoaringFormatSpec)
//     u32[]   before values: 1 or `count` of them, in the order of the ordinals
//     u32[]   after values, likewise
//   bytes     JSON part: {"classes":[...],"tags":[...]}, as in the inline form
//
// Nothing follows. Equal deltas have equal bytes: constants are always written as form 0.
std::string EncodeDelta(const model::Delta& delta);
// Throws kInvalidArgument for anything but what EncodeDelta writes; never trusts a length.
model::Delta DecodeDelta(std::string_view bytes);

// The inline form, for small deltas: one JSON object
//   {"aspects":[{"kind":0,"key":0,"ordinals":[..],"before":[..],"after":[..]}],
//    "classes":[{"before":{"id":0,"name":"..","retired":false,"merged_into":null},"after":{..}}],
//    "tags":[{"id":0,"name":".."}]}
std::string DeltaToJson(const model::Delta& delta);
model::Delta DeltaFromJson(std::string_view json);

}  // namespace burnish::store

#include "store/log/delta_codec.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <roaring/roaring.hh>

#include "base/error.hpp"
#include "store/log/roaring_reader.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using model::AspectDelta;
using model::Delta;
using model::Ordinal;
namespace json = boost::json;

constexpr std::string_view kMagic = "BRNDELTA";
constexpr std::uint32_t kVersion = 1;
// A few bytes can say "four billion samples": beyond what any project holds, memory is not spent on it.
constexpr std::uint32_t kMostSamples = 1U << 27U;
constexpr std::uint8_t kConstant = 0;
constexpr std::uint8_t kArray = 1;

[[noreturn]] void ThrowBad() {
  throw Error(ErrorCode::kInvalidArgument, "The stored edit is not in a form that Burnish writes.");
}

void PutU32(std::string& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xFFU));
}

// Takes from the front of bytes that nobody vouches for.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  std::string_view Take(std::size_t count) {
    if (count > bytes_.size()) ThrowBad();
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  std::uint8_t U8() { return static_cast<std::uint8_t>(Take(1)[0]); }
  std::uint32_t U32() {
    const std::string_view taken = Take(4);
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i)
      value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(taken[i])) << (8 * i);
    return value;
  }
  std::size_t Left() const noexcept { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

bool IsConstant(const std::vector<std::uint32_t>& values) {
  return std::all_of(values.begin(), values.end(), [&](std::uint32_t value) { return value == values.front(); });
}

void PutValues(std::string& out, const std::vector<std::uint32_t>& values) {
  const std::size_t count = IsConstant(values) ? 1 : values.size();
  for (std::size_t i = 0; i < count; ++i) PutU32(out, values[i]);
}

std::vector<std::uint32_t> TakeValues(Input& input, std::uint8_t form, std::size_t count) {
  if (form == kConstant) return std::vector<std::uint32_t>(count, input.U32());
  if (form != kArray || input.Left() / 4 < count) ThrowBad();
  std::vector<std::uint32_t> values(count);
  for (std::uint32_t& value : values) value = input.U32();
  // A constant has one way of being written.
  if (IsConstant(values)) ThrowBad();
  return values;
}

Roaring BitmapOf(const std::vector<Ordinal>& ordinals) {
  Roaring bitmap(ordinals.size(), ordinals.data());
  bitmap.runOptimize();
  return bitmap;
}

std::string SerializeBitmap(const std::vector<Ordinal>& ordinals) {
  const Roaring bitmap = BitmapOf(ordinals);
  std::string bytes(bitmap.getSizeInBytes(), '\0');
  bitmap.write(bytes.data());
  return bytes;
}

// One set of samples has one way of being written.
std::vector<Ordinal> ParseBitmap(std::string_view bytes, std::uint32_t count) {
  std::vector<Ordinal> ordinals = ReadRoaring(bytes, count);
  if (SerializeBitmap(ordinals) != bytes) ThrowBad();
  return ordinals;
}

void PutAspect(std::string& out, const AspectDelta& delta) {
  out.push_back(static_cast<char>(delta.aspect.kind));
  out.push_back(static_cast<char>(IsConstant(delta.before) ? kConstant : kArray));
  out.push_back(static_cast<char>(IsConstant(delta.after) ? kConstant : kArray));
  out.push_back('\0');
  PutU32(out, delta.aspect.key);
  const std::string bitmap = SerializeBitmap(delta.ordinals);
  PutU32(out, static_cast<std::uint32_t>(delta.ordinals.size()));
  PutU32(out, static_cast<std::uint32_t>(bitmap.size()));
  out += bitmap;
  PutValues(out, delta.before);
  PutValues(out, delta.after);
}

model::AspectKind KindFrom(std::uint64_t number) {
  if (number > static_cast<std::uint64_t>(model::AspectKind::kRegions)) ThrowBad();
  return static_cast<model::AspectKind>(number);
}

void CheckAspect(const AspectDelta& delta, const std::vector<AspectDelta>& earlier) {
  if (!earlier.empty() && !(earlier.back().aspect < delta.aspect)) ThrowBad();
  if (delta.aspect.key != 0 && delta.aspect.kind != model::AspectKind::kTag) ThrowBad();
  for (std::size_t i = 0; i < delta.ordinals.size(); ++i) {
    if (delta.before[i] == delta.after[i]) ThrowBad();
  }
}

AspectDelta TakeAspect(Input& input) {
  AspectDelta delta;
  delta.aspect.kind = KindFrom(input.U8());
  const std::uint8_t before_form = input.U8();
  const std::uint8_t after_form = input.U8();
  if (input.U8() != 0) ThrowBad();
  delta.aspect.key = input.U32();
  const std::uint32_t count = input.U32();
  if (count == 0 || count > kMostSamples) ThrowBad();
  const std::uint32_t bitmap_bytes = input.U32();
  delta.ordinals = ParseBitmap(input.Take(bitmap_bytes), count);
  delta.before = TakeValues(input, before_form, count);
  delta.after = TakeValues(input, after_form, count);
  return delta;
}

json::object ClassToJson(const model::Class& value) {
  json::object object{{"id", value.id}, {"name", value.name}, {"retired", value.retired}, {"merged_into", nullptr}};
  if (value.merged_into) object["merged_into"] = *value.merged_into;
  return object;
}

json::object NamesToJson(const Delta& delta) {
  json::array classes;
  for (const model::ClassEdit& edit : delta.classes) {
    json::value before = nullptr;
    if (edit.before) before = ClassToJson(*edit.before);
    classes.push_back({{"before", before}, {"after", ClassToJson(edit.after)}});
  }
  json::array tags;
  for (const model::TagAdded& tag : delta.tags) tags.push_back({{"id", tag.id}, {"name", tag.name}});
  return {{"classes", std::move(classes)}, {"tags", std::move(tags)}};
}

template <class Number>
Number NumberFrom(const json::value& value) {
  const std::uint64_t number = value.to_number<std::uint64_t>();
  if (number > std::numeric_limits<Number>::max()) ThrowBad();
  return static_cast<Number>(number);
}

std::string TextFrom(const json::value& value) {
  const json::string& text = value.as_string();
  return {text.data(), text.size()};
}

model::Class ClassFromJson(const json::value& value) {
  const json::object& object = value.as_object();
  model::Class result{NumberFrom<model::ClassId>(object.at("id")), TextFrom(object.at("name")),
                      object.at("retired").as_bool(), std::nullopt};
  if (!object.at("merged_into").is_null()) result.merged_into = NumberFrom<model::ClassId>(object.at("merged_into"));
  return result;
}

void NamesFromJson(const json::object& object, Delta& delta) {
  for (const json::value& edit : object.at("classes").as_array()) {
    model::ClassEdit& added = delta.classes.emplace_back();
    if (!edit.at("before").is_null()) added.before = ClassFromJson(edit.at("before"));
    added.after = ClassFromJson(edit.at("after"));
  }
  for (const json::value& tag : object.at("tags").as_array()) {
    delta.tags.push_back({NumberFrom<std::uint32_t>(tag.at("id")), TextFrom(tag.at("name"))});
  }
}

json::array ToJson(const std::vector<std::uint32_t>& values) { return json::array(values.begin(), values.end()); }

std::vector<std::uint32_t> NumbersFromJson(const json::value& value) {
  std::vector<std::uint32_t> numbers;
  for (const json::value& item : value.as_array()) numbers.push_back(NumberFrom<std::uint32_t>(item));
  return numbers;
}

AspectDelta AspectFromJson(const json::value& value) {
  const json::object& object = value.as_object();
  AspectDelta delta;
  delta.aspect = {KindFrom(NumberFrom<std::uint8_t>(object.at("kind"))), NumberFrom<std::uint32_t>(object.at("key"))};
  delta.ordinals = NumbersFromJson(object.at("ordinals"));
  delta.before = NumbersFromJson(object.at("before"));
  delta.after = NumbersFromJson(object.at("after"));
  const std::size_t count = delta.ordinals.size();
  if (count == 0 || delta.before.size() != count || delta.after.size() != count) ThrowBad();
  for (std::size_t i = 1; i < count; ++i) {
    if (delta.ordinals[i] <= delta.ordinals[i - 1]) ThrowBad();
  }
  return delta;
}

}  // namespace

std::string EncodeDelta(const Delta& delta) {
  const std::string names = json::serialize(NamesToJson(delta));
  std::string out(kMagic);
  PutU32(out, kVersion);
  PutU32(out, static_cast<std::uint32_t>(delta.aspects.size()));
  PutU32(out, static_cast<std::uint32_t>(names.size()));
  for (const AspectDelta& aspect : delta.aspects) PutAspect(out, aspect);
  return out + names;
}

Delta DecodeDelta(std::string_view bytes) {
  Input input(bytes);
  if (input.Take(kMagic.size()) != kMagic || input.U32() != kVersion) ThrowBad();
  const std::uint32_t aspects = input.U32();
  const std::uint32_t names_bytes = input.U32();
  Delta delta;
  for (std::uint32_t i = 0; i < aspects; ++i) {
    AspectDelta aspect = TakeAspect(input);
    CheckAspect(aspect, delta.aspects);
    delta.aspects.push_back(std::move(aspect));
  }
  if (input.Left() != names_bytes) ThrowBad();
  const std::string_view names = input.Take(names_bytes);
  try {
    NamesFromJson(json::parse(json::string_view(names.data(), names.size())).as_object(), delta);
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    ThrowBad();
  }
  if (json::serialize(NamesToJson(delta)) != names) ThrowBad();
  return delta;
}

std::string DeltaToJson(const Delta& delta) {
  json::array aspects;
  for (const AspectDelta& aspect : delta.aspects) {
    aspects.push_back({{"kind", static_cast<int>(aspect.aspect.kind)},
                       {"key", aspect.aspect.key},
                       {"ordinals", ToJson(aspect.ordinals)},
                       {"before", ToJson(aspect.before)},
                       {"after", ToJson(aspect.after)}});
  }
  json::object object = NamesToJson(delta);
  object["aspects"] = std::move(aspects);
  return json::serialize(object);
}

Delta DeltaFromJson(std::string_view text) {
  try {
    const json::value value = json::parse(json::string_view(text.data(), text.size()));
    const json::object& object = value.as_object();
    Delta delta;
    for (const json::value& item : object.at("aspects").as_array()) {
      AspectDelta aspect = AspectFromJson(item);
      CheckAspect(aspect, delta.aspects);
      delta.aspects.push_back(std::move(aspect));
    }
    NamesFromJson(object, delta);
    return delta;
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {
    ThrowBad();
  }
}

}  // namespace burnish::store

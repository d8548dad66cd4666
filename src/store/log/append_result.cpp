#include "store/log/append_result.hpp"

#include <boost/json.hpp>

namespace burnish::store {
namespace {

namespace json = boost::json;

json::object ToJson(const SampleConflict& conflict) {
  return {{"kind", static_cast<int>(conflict.aspect.kind)},
          {"key", conflict.aspect.key},
          {"ordinal", conflict.ordinal},
          {"expected", conflict.expected},
          {"present", conflict.present},
          {"wanted", conflict.wanted},
          {"sequence", conflict.sequence},
          {"author", conflict.author.Text()},
          {"at", conflict.at}};
}

template <class Number>
Number NumberOf(const json::object& object, json::string_view key) {
  return object.at(key).to_number<Number>();
}

SampleConflict ConflictFrom(const json::object& object) {
  SampleConflict conflict;
  conflict.aspect = {static_cast<model::AspectKind>(NumberOf<std::uint8_t>(object, "kind")),
                     NumberOf<std::uint32_t>(object, "key")};
  conflict.ordinal = NumberOf<Ordinal>(object, "ordinal");
  conflict.expected = NumberOf<std::uint32_t>(object, "expected");
  conflict.present = NumberOf<std::uint32_t>(object, "present");
  conflict.wanted = NumberOf<std::uint32_t>(object, "wanted");
  conflict.sequence = NumberOf<SequenceNumber>(object, "sequence");
  conflict.author = base::PersonId(std::string(object.at("author").as_string()));
  conflict.at = NumberOf<base::Micros>(object, "at");
  return conflict;
}

}  // namespace

std::string ResultToJson(const AppendResult& result) {
  json::array skipped;
  for (const SampleConflict& conflict : result.skipped) skipped.push_back(ToJson(conflict));
  json::object object{{"sequence", result.sequence},
                      {"recorded", result.recorded},
                      {"samples", result.samples},
                      {"skipped", std::move(skipped)},
                      {"skipped_count", result.skipped_count},
                      {"restored", result.restored},
                      {"kept", result.kept},
                      {"classes_restored", result.classes_restored},
                      {"classes_kept", result.classes_kept}};
  if (result.first_ordinal) object["first_ordinal"] = *result.first_ordinal;
  if (result.undoes) object["undoes"] = *result.undoes;
  return json::serialize(object);
}

AppendResult ResultFromJson(std::string_view text) {
  const json::value value = json::parse(json::string_view(text.data(), text.size()));
  const json::object& object = value.as_object();
  AppendResult result;
  result.sequence = NumberOf<SequenceNumber>(object, "sequence");
  result.recorded = object.at("recorded").as_bool();
  result.samples = NumberOf<std::uint64_t>(object, "samples");
  for (const json::value& item : object.at("skipped").as_array())
    result.skipped.push_back(ConflictFrom(item.as_object()));
  result.skipped_count = NumberOf<std::uint64_t>(object, "skipped_count");
  result.restored = NumberOf<std::uint64_t>(object, "restored");
  result.kept = NumberOf<std::uint64_t>(object, "kept");
  result.classes_restored = NumberOf<std::uint64_t>(object, "classes_restored");
  result.classes_kept = NumberOf<std::uint64_t>(object, "classes_kept");
  if (object.contains("first_ordinal")) result.first_ordinal = NumberOf<Ordinal>(object, "first_ordinal");
  if (object.contains("undoes")) result.undoes = NumberOf<SequenceNumber>(object, "undoes");
  return result;
}

}  // namespace burnish::store

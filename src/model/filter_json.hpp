#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "model/filter.hpp"

namespace burnish::model {

// The JSON form of filters and sorts (api/openapi.yaml: Filter, Sort). One object is one node:
//   {"all":[F...]} {"any":[F...]} {"not":F}
//   {"split":["train"]} {"tag":["blurry"]} (empty list: any tag) {"excluded":true}
//   {"label":{"set":"truth","class":["Shirt"],"state":["set"],"missing":true}}
//   {"prediction":{"run":"probe","class":["Shirt"],"correct":false,"confidence":[0.5,1],"margin":[null,0.1],"missing":false}}
//   {"region":{"set":"truth","class":["Wheel"],"confidence":[0.5,1],"missing":false}}
//   {"field":"site","in":["Hamburg",3,true]} {"field":"age","range":[1,null]} {"field":"site","missing":true}
//   {"field":"site","text":"burg"}
//   {"quality":"width","range":[0,64]} {"path":"img_"} {"duplicate":true} {"near_duplicate":true}
//   {"suspect":{"suspected":true,"given":["Shirt"],"suggested":["Coat"]}}
//   {"similar":{"to":[1,2],"count":200}} {"polygon":[[x,y],...]} {"stored_set":"<id>"} {"ordinals":[1,2]}
//   {"import":["<id>"]} {"changed":{"after":3,"upto":9}}
// Ranges are closed, null is an open end. Unknown keys are refused.
inline constexpr std::size_t kMaxFilterBytes = 4U << 20U;
inline constexpr int kMaxFilterDepth = 24;  // of nodes
inline constexpr std::size_t kMaxFilterNodes = 1'000;
inline constexpr std::size_t kMaxFilterValues = 200'000;  // in one list

// All throw kInvalidArgument with the path of the part at fault ("all[2].prediction.confidence") as the thing.
Filter ParseFilter(std::string_view json);
Filter FilterFromJson(const boost::json::value& json);
boost::json::value FilterToJson(const Filter& filter);
// {"by":"confidence","descending":true} or {"by":"field","field":"site"}.
Sort SortFromJson(const boost::json::value& json);
boost::json::value SortToJson(const Sort& sort);
std::string_view SortKeyName(SortKey key);

}  // namespace burnish::model

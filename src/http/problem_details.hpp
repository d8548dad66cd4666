#pragma once

#include <boost/json/object.hpp>
#include <functional>

#include "base/error.hpp"

namespace burnish::http {

// What a problem document says beyond code, sentence and thing; an empty object for most failures.
using ProblemDetails = std::function<boost::json::object(const base::Error&)>;

}  // namespace burnish::http

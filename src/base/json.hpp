#pragma once

#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/value.hpp>
#include <string_view>

namespace burnish::base {

// The value of a JSON text (RFC 8259), null with `failure` set when it is none. Each number that is no whole one is the
// double nearest to what is written; boost::json::parse of 1.81 may give a neighbour of it, so that a number that was
// written and read again would not be the same.
boost::json::value ParseJson(std::string_view text, boost::json::error_code& failure,
                             const boost::json::parse_options& options = {});

}  // namespace burnish::base

#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "http/request.hpp"
#include "http/url.hpp"

namespace burnish::http {

// Makes requests: used by the gate, and by tests of handlers.
class RequestBuilder {
 public:
  static Request Build(Method method, std::string path, std::string request_id, std::string session_secret,
                       std::optional<app::Caller> caller, PathParameters path_parameters, QueryParameters query,
                       Headers headers, std::stop_token stop) {
    Request request;
    request.method_ = method;
    request.path_ = std::move(path);
    request.request_id_ = std::move(request_id);
    request.session_secret_ = std::move(session_secret);
    request.caller_ = std::move(caller);
    request.path_parameters_ = std::move(path_parameters);
    request.query_ = std::move(query);
    request.headers_ = std::move(headers);
    request.stop_ = std::move(stop);
    return request;
  }
  static void SetBody(Request& request, boost::json::value body) { request.body_ = std::move(body); }
  static void SetUpload(Request& request, UploadedFile file) { request.upload_ = std::move(file); }
};

}  // namespace burnish::http

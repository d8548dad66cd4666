#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace burnish::http {

// One file of the built web app, as cmake/embed_ui.cmake puts it into the binary.
struct EmbeddedFile {
  std::string_view path;          // "index.html", "assets/index-Bq3x.js"
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view etag;          // quoted
  bool immutable = false;         // its name holds a hash of its content
  std::span<const std::byte> plain;
  std::span<const std::byte> brotli;  // empty: not compressed
  std::span<const std::byte> gzip;
};

// The web app's files, sorted by path; empty in a build without the UI.
class EmbeddedFiles {
 public:
  EmbeddedFiles() = default;
  explicit EmbeddedFiles(std::span<const EmbeddedFile> files) : files_(files) {}
  const EmbeddedFile* Find(std::string_view path) const;
  bool Empty() const noexcept { return files_.empty(); }

 private:
  std::span<const EmbeddedFile> files_;
};

// Defined by the generated source of the build.
EmbeddedFiles WebApp();

}  // namespace burnish::http

#include "http/embedded_files.hpp"

#include <algorithm>

namespace burnish::http {

const EmbeddedFile* EmbeddedFiles::Find(std::string_view path) const {
  const auto found =
      std::lower_bound(files_.begin(), files_.end(), path,
                       [](const EmbeddedFile& file, std::string_view wanted) { return file.path < wanted; });
  return found == files_.end() || found->path != path ? nullptr : &*found;
}

}  // namespace burnish::http

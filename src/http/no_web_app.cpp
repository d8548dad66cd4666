// In place of the generated table where the build has no web app.
#include "http/embedded_files.hpp"

namespace burnish::http {

EmbeddedFiles WebApp() { return {}; }

}  // namespace burnish::http

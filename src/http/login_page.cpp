#include "http/login_page.hpp"

namespace burnish::http {
namespace {

constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Burnish</title>
<link rel="stylesheet" href="/login.css">
<main>
<h1>Burnish</h1>
<p id="state" role="status">Coming in …</p>
<noscript><p>Burnish needs JavaScript.</p></noscript>
</main>
<script src="/login.js"></script>
</html>
)html";

constexpr std::string_view kStyle = R"css(:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; display: grid; place-items: center; min-height: 100vh; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.25rem; font-weight: 600; margin: 0 0 .5rem; }
)css";

constexpr std::string_view kScript = R"js('use strict';
const say = (text) => { document.getElementById('state').textContent = text; };
const token = location.hash.slice(1);
history.replaceState(null, '', '/login');
const help = 'Run "burnish login" in the terminal where Burnish was started to get a new link.';
if (!token) {
  say('This link has no token. ' + help);
} else {
  fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token }) })
    .then(async (response) => {
      if (response.ok) { location.replace('/'); return; }
      const problem = await response.json().catch(() => ({}));
      say(problem.detail || 'That did not work. ' + help);
    })
    .catch(() => say('Burnish does not answer. Is it still running?'));
}
)js";

Response Page(std::string_view text, std::string_view content_type) {
  Response response;
  response.content_type = content_type;
  response.exposure = Exposure::kPage;
  response.body = std::string(text);
  return response;
}

}  // namespace

std::optional<Response> LoginPage(std::string_view path) {
  if (path == "/login") return Page(kPage, "text/html; charset=utf-8");
  if (path == "/login.css") return Page(kStyle, "text/css; charset=utf-8");
  if (path == "/login.js") return Page(kScript, "text/javascript; charset=utf-8");
  return std::nullopt;
}

std::string LoginLink(const std::string& origin, const std::string& token) { return origin + "/login#" + token; }

}  // namespace burnish::http

#include "http/login_page.hpp"

namespace burnish::http {
namespace {

// Looks as the app does (ui/src/shared/theme/tokens.css), and needs nothing of it.
constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Burnish</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/login.css">
<script src="/color-scheme.js"></script>
<main>
<svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="13"/><circle cx="16" cy="16" r="5"/></svg>
<h1>Burnish</h1>
<p id="state" role="status">Coming in …</p>
<p id="help" hidden>A link works once. Run <code>burnish login</code> on the machine that Burnish runs on for another, and open it here.</p>
<p id="ways" hidden><a href="/">Go on to the projects</a></p>
<noscript><p>Burnish needs JavaScript.</p></noscript>
</main>
<script src="/login.js"></script>
</html>
)html";

constexpr std::string_view kStyle = R"css(:root {
  color-scheme: light;
  --ground: #f4f4f2; --ink: #1d1e1f; --ink-soft: #55585a; --hover: #ececea; --line-strong: #c4c4bf; --raised: #ffffff; --accent: #b4652f;
}
:root[data-mantine-color-scheme='dark'] {
  color-scheme: dark;
  --ground: #141516; --ink: #e7e7e4; --ink-soft: #aeb1b3; --hover: #26282a; --line-strong: #45494d; --raised: #232527; --accent: #e0935a;
}
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 13px/1.4 'Inter Variable', Inter, system-ui, sans-serif; text-align: center;
}
main { max-width: 420px; padding: 24px; display: grid; gap: 12px; justify-items: center; }
circle { fill: none; stroke: var(--accent); stroke-width: 4; }
circle + circle { fill: var(--accent); stroke: none; }
h1 { font-size: 20px; font-weight: 600; margin: 0; }
p { margin: 0; }
#state { font-weight: 600; }
#help { color: var(--ink-soft); }
code { font: 12px ui-monospace, monospace; background: var(--hover); padding: 1px 4px; border-radius: 4px; }
a { display: inline-block; padding: 6px 14px; border: 1px solid var(--line-strong); border-radius: 4px; background: var(--raised); color: var(--ink); font-size: 12px; font-weight: 600; text-decoration: none; }
a:hover { background: var(--hover); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
[hidden] { display: none; }
)css";

constexpr std::string_view kScript = R"js('use strict';
const part = (id) => document.getElementById(id);
const stay = (text, help) => {
  part('state').textContent = text;
  part('help').hidden = !help;
  // Whose browser is in already goes on; anyone else comes to the app's own page for coming in.
  part('ways').hidden = false;
};
const token = location.hash.slice(1);
history.replaceState(null, '', '/login');
if (!token) {
  stay('This link has no token.', true);
} else {
  fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token }) })
    .then(async (response) => {
      if (response.ok) { location.replace('/'); return; }
      const problem = await response.json().catch(() => ({}));
      stay(problem.detail || 'That did not work.', !problem.detail);
    })
    .catch(() => stay('Burnish does not answer. Is it still running?', false));
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

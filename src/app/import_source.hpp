#pragma once

#include <memory>
#include <string>

#include "app/import_session.hpp"

namespace burnish::app {

// A source, opened.
struct OpenedSource {
  std::shared_ptr<formats::FileSet> files;
  std::string table;  // the only table that counts, for a source that is one
  std::string name;   // what the paths are relative to
  formats::Problems problems;
};

// The folder of the server that `root` names. Throws kNotFound.
formats::MediaRoot FindRoot(const Services& services, const std::string& root);

// Opens what a session brings; unpacks an archive, once, into its staging folder. `media_base` matters for a table of
// the server: its paths start there. Throws kNotFound with a sentence when the source is not there.
OpenedSource OpenSource(const Services& services, const formats::Reader& reader, ImportSession& session,
                        const std::optional<std::string>& media_base, jobs::Context& job);

FolderListing ListFolderOf(const formats::MediaRoot& root, const std::string& path);

}  // namespace burnish::app

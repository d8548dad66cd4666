#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "store/catalog/accounts.hpp"
#include "store/catalog/session.hpp"

namespace burnish::store {

// A project as one of its members sees it. To everybody else it does not exist.
struct Project {
  base::ProjectId id;
  std::string name;
  std::string settings;  // a JSON object: "banner", ...
  base::Micros created = 0;
  std::optional<base::Micros> trashed;
  base::SequenceNumber head = 0;  // the project's last change
  std::uint32_t samples = 0;      // ordinals given so far, withdrawn ones included
  Role role = Role::kViewer;      // of the person who asked
};

// Names are 1 to 200 bytes and unique among the projects that the person can see and that are not
// in the trash (kConflict). All of these write an audit row.
Project CreateProject(Writer& writer, const base::PersonId& owner, std::string_view name,
                      std::string_view settings = "{}");
std::optional<Project> FindProject(Reader& reader, const base::PersonId& person, const base::ProjectId& project);
// By name; those in the trash only when `trashed`.
std::vector<Project> ListProjects(Reader& reader, const base::PersonId& person, bool trashed = false);
// Throw kNotFound when the person is no member.
void RenameProject(Writer& writer, const base::PersonId& person, const base::ProjectId& project, std::string_view name);
void SaveProjectSettings(Writer& writer, const base::PersonId& person, const base::ProjectId& project,
                         std::string_view settings);
void TrashProject(Writer& writer, const base::PersonId& person, const base::ProjectId& project);
void BringBackProject(Writer& writer, const base::PersonId& person, const base::ProjectId& project);

// For the server itself (views, jobs), never for a request: all projects, those in the trash included.
std::vector<base::ProjectId> AllProjects(Reader& reader);

// A folder of the server that this project's media locations may name.
struct MediaRoot {
  std::string name;
  std::string path;  // absolute
};
// Adds the root, or does nothing when it is there with this path. Throws kConflict when the name has another path.
void AddMediaRoot(Writer& writer, const base::ProjectId& project, const MediaRoot& root);
std::vector<MediaRoot> ListMediaRoots(Reader& reader, const base::ProjectId& project);

}  // namespace burnish::store

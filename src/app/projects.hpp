#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/models.hpp"
#include "app/workspace.hpp"

namespace burnish::app {

struct ProjectCard {
  store::Project project;
  std::uint64_t samples = 0;  // that count by default
  std::uint64_t labeled = 0;
  std::uint64_t excluded = 0;
  base::Micros changed_at = 0;         // of the latest change, or the project's making
  std::vector<model::Ordinal> covers;  // whose thumbnails stand on the card
  std::string banner;                  // empty: none
};

struct ClassCount {
  model::Class value;
  std::uint64_t count = 0;
};

struct Advice {
  std::string code;  // of the contract
  std::string sentence;
};

struct ProjectView {
  ProjectCard card;
  base::SequenceNumber as_of = 0;
  std::string banner;                 // empty: none
  std::vector<std::uint64_t> splits;  // samples by split
  std::vector<ClassCount> classes;
  std::vector<std::string> tags;
  std::vector<model::Field> fields;
  std::vector<RunInfo> runs;
  std::vector<std::pair<std::string, ViewState>> views;  // name and state
  std::vector<Advice> advice;                            // what to do next, most urgent first
};

// The wall of projects, and what one of them holds.
class Projects {
 public:
  Projects(Workspace& workspace, Models& models) : workspace_(workspace), models_(models) {}

  std::vector<ProjectCard> List(const Caller& caller, bool trashed);
  ProjectCard Create(const Caller& caller, const base::OperationId& operation, const std::string& name,
                     const std::string& settings = "{}");
  ProjectView Get(const Caller& caller, const base::ProjectId& project);
  ProjectCard Update(const Caller& caller, const base::ProjectId& project, const std::optional<std::string>& name,
                     std::optional<bool> trashed);
  // Classes that were not merged away, with the samples that carry them and count by default.
  std::pair<base::SequenceNumber, std::vector<ClassCount>> Classes(const Caller& caller,
                                                                   const base::ProjectId& project);

 private:
  ProjectCard CardOf(const Caller& caller, store::Project project);

  Workspace& workspace_;
  Models& models_;
};

}  // namespace burnish::app

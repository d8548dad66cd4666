#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/edit_outcome.hpp"
#include "store/catalog/versions.hpp"

namespace burnish::app {

struct VersionView {
  store::Version version;
  std::uint64_t samples = 0;  // that counted by default at that moment
};

// A state by name: a version, "import" (the last import of samples), or "now".
struct NamedState {
  std::string name;
  base::SequenceNumber sequence = 0;
};

struct StateDiff {
  NamedState from;
  NamedState to;
  std::uint64_t samples_added = 0;
  std::uint64_t samples_withdrawn = 0;
  struct Move {
    std::optional<std::string> before;
    std::optional<std::string> after;
    std::uint64_t count = 0;
  };
  std::vector<Move> labels;  // most first
  std::vector<Move> splits;
  std::uint64_t excluded = 0;
  std::uint64_t included = 0;
  struct TagMove {
    std::string tag;
    std::uint64_t added = 0;
    std::uint64_t removed = 0;
  };
  std::vector<TagMove> tags;
  std::vector<std::string> classes;  // sentences
};

// Named, immutable states, and what changed between two.
class Versions {
 public:
  explicit Versions(Workspace& workspace) : workspace_(workspace) {}

  std::vector<VersionView> List(const Caller& caller, const base::ProjectId& project);
  // Throws kConflict for a taken name, kInvalidArgument for "import" and "now", which mean something else.
  VersionView Publish(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                      const std::string& name, const std::string& note);
  StateDiff Diff(const Caller& caller, const base::ProjectId& project, const std::string& from, const std::string& to);

 private:
  Workspace& workspace_;
};

// Throws kNotFound for a name that the project does not have.
NamedState FindState(const Services& services, const OpenProject& project, const std::string& name);

}  // namespace burnish::app

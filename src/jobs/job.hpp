#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace burnish::jobs {

enum class State : std::uint8_t { kQueued = 0, kRunning = 1, kDone = 2, kFailed = 3, kCancelled = 4 };
inline constexpr std::array<std::string_view, 5> kStateNames = {"queued", "running", "done", "failed", "cancelled"};

// What goes first. Within a priority: the order of arrival.
enum class Priority : std::uint8_t {
  kPerson = 0,      // somebody looks at its progress: import, export
  kSoon = 1,        // follows from an edit: the probe
  kBackground = 2,  // fills in: thumbnails, embeddings, the map
};

struct Progress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;  // 0: not known
  std::string unit;         // "photographs"
  std::string phase;        // "Reading headers"
  double rate = 0;          // units a second over the last seconds; 0: not known
  std::optional<double> seconds_left;
  bool operator==(const Progress&) const = default;
};

// A job as lists show it and as it is stored. A value.
struct Job {
  base::JobId id;
  base::ProjectId project;  // empty: of no project
  base::PersonId person;    // who caused it
  std::string kind;         // "import"
  std::string key;          // jobs of one kind, project and key never run at the same time
  std::string title;        // for people: "Import 'photos.zip'"
  std::string parameters;   // JSON text, the kind's own
  State state = State::kQueued;
  Priority priority = Priority::kBackground;
  Progress progress;
  std::string result;  // JSON text once done
  std::string error;   // a sentence once failed, or while it waits for another try
  base::Micros created_at = 0;
  base::Micros started_at = 0;
  base::Micros ended_at = 0;
  int starts = 0;  // how often it was begun: a job that takes the process down is not begun for ever

  bool Ended() const noexcept { return state >= State::kDone; }
};

}  // namespace burnish::jobs

#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace burnish::base {

// A 128-bit random id as 26 characters of Crockford base32, lower case. Distinct types: swapping
// two must not compile. No permission relies on an id being unguessable.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  const std::string& Text() const noexcept { return text_; }
  bool Empty() const noexcept { return text_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string text_;
};

// True for text that could be an id (1 to 64 of a-z, 0-9, '-'): checked before any look-up.
bool LooksLikeId(const std::string& text);

using ProjectId = Id<struct ProjectTag>;
using PersonId = Id<struct PersonTag>;
using JobId = Id<struct JobTag>;
using RunId = Id<struct RunTag>;              // a model run; "probe" is the probe's current run
using OperationId = Id<struct OperationTag>;  // the Idempotency-Key of a write: 8 to 64 characters of [A-Za-z0-9_-]
using VersionId = Id<struct VersionTag>;
using StoredSetId = Id<struct StoredSetTag>;
using ImportId = Id<struct ImportTag>;

// Dense position of a sample in its project, given at import, never reused.
using Ordinal = std::uint32_t;
// Counts the changes of one project from 1, without gaps. 0: nothing has happened yet.
using SequenceNumber = std::uint64_t;

}  // namespace burnish::base

template <class Tag>
struct std::hash<burnish::base::Id<Tag>> {
  std::size_t operator()(const burnish::base::Id<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.Text());
  }
};

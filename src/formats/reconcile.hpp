#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.hpp"

namespace burnish::formats {

// A sample of the project, from the same source as the one that is read now (or, `same_source` false, from another).
struct KnownSample {
  std::uint32_t ordinal = 0;
  std::string path;
  base::ContentHash content;
  std::optional<std::string> label;  // its truth
  bool same_source = true;
};

struct IncomingSample {
  std::string path;
  base::ContentHash content;
  std::optional<std::string> label;
};

// What becomes of one incoming sample. Identity is the path within the source.
enum class Fate : std::uint8_t {
  kNew,             // appended
  kUnchanged,       // same path, same content
  kContentDiffers,  // same path, other content: the person chooses
};

struct Reconciled {
  Fate fate = Fate::kNew;
  std::optional<std::uint32_t> ordinal;     // of the known sample with this path
  bool label_differs = false;               // the source says another class than truth; truth stays unless chosen
  bool fills_label = false;                 // truth has no label yet and the source has one
  std::optional<std::string> duplicate_of;  // another path, known or earlier in this import, with the same content
};

struct Reconciliation {
  std::vector<Reconciled> samples;     // one for each incoming sample, in order
  std::vector<std::uint32_t> missing;  // known samples of this source that are not there any more: only listed
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t content_differs = 0;
  std::uint64_t label_differs = 0;
  std::uint64_t fills_label = 0;
  std::uint64_t duplicates = 0;  // new samples whose content is also elsewhere; imported, never merged
};

// Pure. Incoming paths are unique (ReadSamples sees to it).
Reconciliation Reconcile(const std::vector<KnownSample>& known, const std::vector<IncomingSample>& incoming);

}  // namespace burnish::formats

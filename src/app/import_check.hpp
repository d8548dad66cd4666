#pragma once

#include <memory>

#include "app/import_session.hpp"
#include "app/workspace.hpp"
#include "formats/reconcile.hpp"
#include "media/decoder.hpp"

namespace burnish::app {

struct CheckResult {
  std::shared_ptr<const CheckedImport> checked;
  std::shared_ptr<const ReadyImport> ready;  // nothing when it cannot be committed
};

// Detects or takes the format, applies the choices, and reads every picture's header.
CheckResult CheckSource(const Services& services, const formats::Reader& reader, OpenProject& project,
                        ImportSession& session, const ImportChoices& choices, jobs::Context& job);

// What a picture that cannot be read is called among the problems.
formats::ProblemCode ProblemOf(media::DecodeCode code);
// The project's samples as the reconciliation wants them; withdrawn ones do not count. Labels by name.
std::vector<formats::KnownSample> KnownSamples(const store::Snapshot& snapshot, const std::string& source);
// Finds samples of a snapshot by path, for model results.
formats::SampleFinder FinderOf(store::SnapshotPtr snapshot);
// The names of the classes that take labels.
std::vector<std::string> ClassNames(const store::Snapshot& snapshot);

}  // namespace burnish::app

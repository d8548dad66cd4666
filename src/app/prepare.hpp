#pragma once

#include <functional>

#include "app/workspace.hpp"
#include "base/hash.hpp"
#include "media/decoder.hpp"

namespace burnish::app {

// What one decode of a photograph should give so that nothing is decoded twice: both thumbnails,
// quality and hashes; and the model's input where `with_model_input`.
media::DecodeWants WantsOf(const Services& services, bool with_model_input);
// Keeps thumbnails and quality of what was decoded, by its content. The packs are synced by the caller.
void KeepDecoded(OpenProject& project, const base::ContentHash& content, const media::Decoded& decoded);

// Makes thumbnails, quality and embeddings of what has none, without anybody asking: after an import,
// and at start for what was lost. What an import decoded for the model is not decoded again; while children decode the
// rest, the model runs.
class Prepare {
 public:
  // Registers the job's kind. `embedded` is called at the end of a run that added embeddings.
  Prepare(Workspace& workspace, std::function<void(OpenProject&)> embedded);

  // When a project is opened: attaches what is there, and sees what is missing.
  void Restore(OpenProject& project);
  // After a commit: starts the job when samples have come that lack something.
  void Follow(OpenProject& project);
  // When thumbnails turn out to be damaged: starts the job, which finds what is missing now.
  void MakeAgain(OpenProject& project);

 private:
  void Submit(const OpenProject& project);
  void Run(jobs::Context& context);

  Workspace& workspace_;
  std::function<void(OpenProject&)> embedded_;
};

}  // namespace burnish::app

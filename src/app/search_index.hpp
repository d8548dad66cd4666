#pragma once

#include "app/workspace.hpp"

namespace burnish::app {

// Keeps the index that searches among many embeddings use: an artifact of the embedding recipe and the embeddings
// themselves, made in the background. Until it is there, and for what came after it, searches compare one by one.
class SearchIndex {
 public:
  // Projects with at most `exact_up_to` embeddings get none.
  explicit SearchIndex(Workspace& workspace, std::size_t exact_up_to = store::VectorSpace::kExactUpTo);

  // When a project is opened, before its vectors are: brings back the index that was made before, if it is whole and of
  // these embeddings.
  void Restore(OpenProject& project);
  // Starts the job when the index is missing or knows too few of the embeddings.
  void Follow(OpenProject& project);

 private:
  void Run(jobs::Context& context);

  Workspace& workspace_;
  std::size_t exact_up_to_;
};

}  // namespace burnish::app

#pragma once

#include "app/workspace.hpp"

namespace burnish::app {

// Makes the 2-D map once the embeddings are there. A map never moves under an edit: samples that come
// later are placed among their neighbours, and only they get a position.
class MapMaker {
 public:
  explicit MapMaker(Workspace& workspace);

  // When a project is opened: attaches the map that was made before.
  void Restore(OpenProject& project);
  // Starts the job when samples with an embedding have no position.
  void Follow(OpenProject& project);

 private:
  void Run(jobs::Context& context);

  Workspace& workspace_;
};

}  // namespace burnish::app

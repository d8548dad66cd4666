#include "app/workspace.hpp"

#include <gtest/gtest.h>

#include "app/test_project.hpp"

namespace burnish::app {
namespace {

// What is derived (qualities, embeddings, the map) is attached by ordinal: an observer that ran on a project that is
// still loading would find no samples, and the views would stay empty until somebody edits.
TEST(WorkspaceTest, AProjectIsLoadedBeforeItsObserversBringBackWhatWasDerived) {
  TestProject project({{"a", "Shirt"}, {"b", "Coat"}});
  Workspace again(project.Space().Parts());
  std::size_t seen = 0;
  again.WhenOpened([&](OpenProject& opened) { seen = opened.Latest()->Size(); });
  again.OpenForServer(project.Id());
  EXPECT_EQ(seen, 2U);
}

}  // namespace
}  // namespace burnish::app

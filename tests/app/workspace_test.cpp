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

TEST(WorkspaceTest, AProjectIsAtHandOnlyForWhoWasLetInAndUntilSomethingIsCommitted) {
  TestProject project(std::vector<PlainSample>{{"a", "Shirt"}, {"b", "Coat"}});
  auto& space = project.Space();
  const auto opened = space.Open(project.Owner(), project.Id()).open;
  EXPECT_EQ(space.AtHand(project.Owner(), project.Id()), opened);
  const Caller outsider{base::PersonId("outsider"), "Mallory", Role::kOwner};
  EXPECT_EQ(space.AtHand(outsider, project.Id()), nullptr);
  EXPECT_EQ(space.AtHand({project.Owner().person, "Owner", Role::kLabeler}, project.Id()), nullptr);

  project.Relabel({0}, "Coat");
  EXPECT_EQ(space.AtHand(project.Owner(), project.Id()), nullptr);
  space.Open(project.Owner(), project.Id());
  EXPECT_EQ(space.AtHand(project.Owner(), project.Id()), opened);
}

}  // namespace
}  // namespace burnish::app

#include "formats/reconcile.hpp"

#include <gtest/gtest.h>

namespace burnish::formats {
namespace {

base::ContentHash Content(std::uint8_t value) {
  base::ContentHash hash;
  hash.bytes[0] = value;
  return hash;
}

std::string Describe(const Reconciliation& all) {
  std::string text;
  for (const auto& one : all.samples) {
    text += one.fate == Fate::kNew ? "new" : one.fate == Fate::kUnchanged ? "unchanged" : "content differs";
    if (one.ordinal) text += " " + std::to_string(*one.ordinal);
    if (one.label_differs) text += ", label differs";
    if (one.fills_label) text += ", fills label";
    if (one.duplicate_of) text += ", same as " + *one.duplicate_of;
    text += "\n";
  }
  for (const auto ordinal : all.missing) text += "missing " + std::to_string(ordinal) + "\n";
  return text;
}

TEST(ReconcileTest, IdentityIsThePath) {
  const std::vector<KnownSample> known = {{0, "a", Content(1), "cat"},
                                          {1, "b", Content(2), "dog"},
                                          {2, "c", Content(3), std::nullopt},
                                          {3, "gone", Content(4), "cat"}};
  const std::vector<IncomingSample> incoming = {{"a", Content(1), "cat"},        {"b", Content(9), "cat"},
                                                {"c", Content(3), "owl"},        {"d", Content(1), "dog"},
                                                {"e", Content(7), std::nullopt}, {"f", Content(7), "cat"}};
  EXPECT_EQ(Describe(Reconcile(known, incoming)),
            "unchanged 0\ncontent differs 1, label differs\nunchanged 2, fills label\nnew, same as a\nnew\nnew, same "
            "as e\nmissing 3\n");
}

TEST(ReconcileTest, ThePathOfAnotherSourceIsAnotherSample) {
  const std::vector<KnownSample> known = {{0, "a", Content(1), "cat", false}};
  EXPECT_EQ(Describe(Reconcile(known, {{"a", Content(1), "cat"}, {"b", Content(2), "cat"}})), "new, same as a\nnew\n");
}

TEST(ReconcileTest, TheSameAgainChangesNothing) {
  const std::vector<KnownSample> known = {{0, "a", Content(1), "cat"}, {1, "b", Content(1), "dog"}};
  const auto again = Reconcile(known, {{"b", Content(1), "dog"}, {"a", Content(1), "cat"}});
  EXPECT_EQ(again.unchanged, 2U);
  EXPECT_EQ(again.added + again.content_differs + again.label_differs + again.duplicates + again.missing.size(), 0U);
}

}  // namespace
}  // namespace burnish::formats

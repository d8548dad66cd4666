#include "http/events.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace burnish::http {
namespace {

const base::ProjectId kClothes("clothes");
const base::ProjectId kBottles("bottles");

class Page final : public EventHub::Listener {
 public:
  explicit Page(std::size_t room = 100) : room_(room) {}
  bool Offer(std::shared_ptr<const std::string> text) override {
    if (heard.size() >= room_) return false;
    heard.push_back(*text);
    return true;
  }
  void Drop() override { dropped = true; }

  std::vector<std::string> heard;
  bool dropped = false;

 private:
  std::size_t room_;
};

class EventHubTest : public testing::Test {
 protected:
  EventHub hub_{[](const app::Caller& caller, const base::ProjectId& project) {
    return caller.name == "Ann" || project == kBottles;
  }};
  const app::Caller ann_{base::PersonId("ann"), "Ann", app::Role::kOwner};
  const app::Caller bob_{base::PersonId("bob"), "Bob", app::Role::kViewer};
};

TEST_F(EventHubTest, TellsAPageOfItsProjectOnly) {
  const auto page = std::make_shared<Page>();
  hub_.Join(page, ann_);
  EXPECT_TRUE(hub_.Subscribe(*page, kClothes));
  hub_.Publish({"change", kClothes, {{"sequence", 3}}});
  hub_.Publish({"change", kBottles, {{"sequence", 4}}});
  hub_.Publish({"job", {}, {}});
  EXPECT_EQ(page->heard,
            (std::vector<std::string>{R"({"kind":"change","project":"clothes","sequence":3})", R"({"kind":"job"})"}));
}

TEST_F(EventHubTest, RefusesAProjectThatTheCallerMayNotSee) {
  const auto page = std::make_shared<Page>();
  hub_.Join(page, bob_);
  EXPECT_FALSE(hub_.Subscribe(*page, kClothes));
  hub_.Publish({"change", kClothes, {}});
  EXPECT_TRUE(page->heard.empty());
}

TEST_F(EventHubTest, DropsAPageThatDoesNotKeepUp) {
  const auto page = std::make_shared<Page>(1);
  hub_.Join(page, ann_);
  hub_.Publish({"job", {}, {}});
  EXPECT_FALSE(page->dropped);
  hub_.Publish({"job", {}, {}});
  EXPECT_TRUE(page->dropped);
}

TEST_F(EventHubTest, DropsAllPagesOfAPersonWhoLogsOut) {
  const auto mine = std::make_shared<Page>();
  const auto theirs = std::make_shared<Page>();
  hub_.Join(mine, ann_);
  hub_.Join(theirs, bob_);
  hub_.DropPerson(ann_.person);
  EXPECT_TRUE(mine->dropped);
  EXPECT_FALSE(theirs->dropped);
}

}  // namespace
}  // namespace burnish::http

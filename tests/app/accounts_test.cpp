#include "app/accounts.hpp"

#include <gtest/gtest.h>

#include "app/test_project.hpp"

namespace burnish::app {
namespace {

constexpr base::Micros kMinute = 60'000'000;

TEST(AccountsTest, RemembersWhomItLookedUpUntilTheyLogOut) {
  TestProject project(std::vector<PlainSample>{{"a", "Shirt"}});
  base::ManualClock clock(1'000'000'000);
  Accounts accounts(project.Space().Parts().catalog, clock);
  const auto login = accounts.LogIn(accounts.NewLoginToken());
  EXPECT_FALSE(accounts.Remembered(login.secret));
  ASSERT_TRUE(accounts.LookUp(login.secret));
  ASSERT_TRUE(accounts.Remembered(login.secret));
  EXPECT_EQ(accounts.Remembered(login.secret)->person, login.caller.person);

  accounts.LogOut(login.caller, login.secret);
  EXPECT_FALSE(accounts.Remembered(login.secret));
  EXPECT_FALSE(accounts.LookUp(login.secret));
}

TEST(AccountsTest, LooksAgainAfterAMinute) {
  TestProject project(std::vector<PlainSample>{{"a", "Shirt"}});
  base::ManualClock clock(1'000'000'000);
  Accounts accounts(project.Space().Parts().catalog, clock);
  const auto login = accounts.LogIn(accounts.NewLoginToken());
  accounts.LookUp(login.secret);
  clock.Advance(kMinute - 1);
  EXPECT_TRUE(accounts.Remembered(login.secret));
  clock.Advance(1);
  EXPECT_FALSE(accounts.Remembered(login.secret));
  EXPECT_FALSE(accounts.Remembered("guess"));
  EXPECT_FALSE(accounts.LookUp("guess"));
}

}  // namespace
}  // namespace burnish::app

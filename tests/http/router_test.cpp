#include "http/router.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "http/fixtures.hpp"

namespace burnish::http {
namespace {

Response Nothing(const Request&) { return NoContent(); }

TEST(RouterTest, FindsRoutesByMethodAndPathAndDecodesParameters) {
  Router router;
  router.Add(MakeRoute(Method::kGet, "/api/v1/projects/{project}/versions/{version}", "getVersion", Nothing));
  const auto match = router.Find(Method::kGet, "/api/v1/projects/shoes/versions/spring%20sale");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.parameters,
            (std::vector<std::pair<std::string, std::string>>{{"project", "shoes"}, {"version", "spring sale"}}));
}

TEST(RouterTest, NamesTheMethodsThatAPathTakes) {
  Router router;
  router.Add(MakeRoute(Method::kGet, "/api/v1/projects", "listProjects", Nothing));
  router.Add(MakeRoute(Method::kPost, "/api/v1/projects", "createProject", Nothing));
  const auto match = router.Find(Method::kDelete, "/api/v1/projects");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed, (std::vector<Method>{Method::kGet, Method::kPost}));
}

struct Miss {
  const char* name;
  const char* path;
};
class RouterMiss : public testing::TestWithParam<Miss> {};

TEST_P(RouterMiss, IsNoMatch) {
  Router router;
  router.Add(MakeRoute(Method::kGet, "/api/v1/projects/{project}", "getProject", Nothing));
  EXPECT_EQ(router.Find(Method::kGet, GetParam().path).route, nullptr) << GetParam().name;
}
INSTANTIATE_TEST_SUITE_P(Paths, RouterMiss,
                         testing::Values(Miss{"too short", "/api/v1/projects"},
                                         Miss{"empty parameter", "/api/v1/projects/"},
                                         Miss{"too long", "/api/v1/projects/a/b"}, Miss{"NUL", "/api/v1/projects/a%00"},
                                         Miss{"broken escape", "/api/v1/projects/%zz"},
                                         Miss{"not UTF-8", "/api/v1/projects/%ff"},
                                         Miss{"other case", "/api/v1/Projects/a"}));

TEST(RouterTest, RefusesToStartWithoutAPolicy) {
  Router router;
  auto route = MakeRoute(Method::kGet, "/api/v1/projects", "listProjects", Nothing);
  route.policy = Policy();
  EXPECT_THROW(router.Add(route), base::Error);
}

TEST(RouterTest, RefusesAGetWithEffects) {
  Router router;
  auto route = MakeRoute(Method::kGet, "/api/v1/projects", "listProjects", Nothing);
  route.effects = true;
  EXPECT_THROW(router.Add(route), base::Error);
}

TEST(RouterTest, RefusesTheSameRouteTwice) {
  Router router;
  router.Add(MakeRoute(Method::kGet, "/api/v1/projects", "listProjects", Nothing));
  EXPECT_THROW(router.Add(MakeRoute(Method::kGet, "/api/v1/projects", "other", Nothing)), base::Error);
  EXPECT_THROW(router.Add(MakeRoute(Method::kGet, "/api/v1/other", "listProjects", Nothing)), base::Error);
}

}  // namespace
}  // namespace burnish::http

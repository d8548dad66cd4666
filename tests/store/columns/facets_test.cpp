#include "store/columns/facets.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "base/error.hpp"
#include "store/columns/columns_file.hpp"
#include "store/columns/results.hpp"
#include "store/columns/test_project.hpp"

namespace burnish::store {
namespace {

using namespace model;

SnapshotPtr WithRandomRun(const Snapshot& snapshot, unsigned seed) {
  std::mt19937 engine(seed);
  RunColumns run;
  run.run = base::RunId("probe");
  for (std::size_t i = 0; i + 3 < snapshot.Size(); ++i) {
    const bool none = engine() % 7 == 0;
    run.predicted.push_back(none ? kNoClass : static_cast<ClassId>(engine() % 4));
    run.confidence.push_back(none ? kMissingFloat : static_cast<float>(engine() % 101) / 100);
    run.margin.push_back(none ? kMissingFloat : static_cast<float>(engine() % 101) / 100);
  }
  return WithRun(snapshot, run);
}

// Filters of a few levels over what FillAtRandom makes.
Filter RandomFilter(std::mt19937& engine, int depth) {
  const auto pick = [&](auto... options) {
    using T = std::common_type_t<decltype(options)...>;
    const T all[] = {static_cast<T>(options)...};
    return all[engine() % sizeof...(options)];
  };
  const auto some = [&] {
    std::vector<Filter> filters;
    for (unsigned i = engine() % 4; i > 0; --i) filters.push_back(RandomFilter(engine, depth - 1));
    return filters;
  };
  if (depth > 0 && engine() % 2 == 0) {
    switch (engine() % 3) {
      case 0:
        return {AllOf{some()}};
      case 1:
        return {AnyOf{some()}};
      default:
        return {NotOf{std::make_shared<Filter>(RandomFilter(engine, depth - 1))}};
    }
  }
  const std::string name = pick("Shirt", "Coat", "it's \"odd\"");
  switch (engine() % 13) {
    case 0:
      return {SplitIs{{static_cast<Split>(engine() % 4), static_cast<Split>(engine() % 4)}}};
    case 1:
      return {
          HasTag{engine() % 3 == 0 ? std::vector<std::string>{} : std::vector<std::string>{pick("blurry", "'; --")}}};
    case 2:
      return {ExcludedIs{engine() % 2 == 0}};
    case 3:
      return {LabelIs{"truth", engine() % 3 == 0 ? std::vector<std::string>{} : std::vector<std::string>{name},
                      engine() % 2 == 0 ? std::vector<LabelState>{} : std::vector{LabelState::kSet},
                      engine() % 2 == 0}};
    case 4:
      return {FieldIn{"site", {pick("Hamburg", "ЖУК", "nowhere"), "a\"b"}, {}}};
    case 5:
      return {FieldRange{"age", {engine() % 2 == 0 ? std::nullopt : std::optional<double>(-20), 40}}};
    case 6:
      return {FieldMissing{pick("site", "age", "indoor")}};
    case 7:
      return {FieldContains{"site", pick("ä", "BERG", "жу", "")}};
    case 8:
      return {PathContains{pick("folder1", "_1", "JPG")}};
    case 9:
      return {HasDuplicate{engine() % 2 == 0}};
    case 10:
      return {FromImport{{base::ImportId("import-0")}}};
    case 11:
      return {ChangedIn{engine() % 12, 1'000}};
    default: {
      PredictionIs prediction;
      prediction.run = "probe";
      if (engine() % 2 == 0) prediction.classes = {name};
      if (engine() % 2 == 0) prediction.correct = engine() % 2 == 0;
      if (engine() % 2 == 0) prediction.confidence = Range{0.2, 0.8};
      if (engine() % 4 == 0) prediction.margin = Range{0.1, std::nullopt};
      prediction.missing = engine() % 4 == 0;
      return {prediction};
    }
  }
}

bool InRange(const Range& range, double value) {
  return !std::isnan(value) && (!range.low || value >= *range.low) && (!range.high || value <= *range.high);
}

// The meaning of a filter, sample by sample, as slowly and plainly as can be.
bool Holds(const Filter& filter, const Snapshot& s, Ordinal i) {
  return std::visit(
      [&](const auto& node) -> bool {
        using T = std::decay_t<decltype(node)>;
        const auto named = [&](ClassId id, const std::vector<std::string>& names) {
          return std::find(names.begin(), names.end(), s.ontology.NameOf(id)) != names.end();
        };
        if constexpr (std::is_same_v<T, AllOf>)
          return std::all_of(node.filters.begin(), node.filters.end(), [&](const Filter& f) { return Holds(f, s, i); });
        if constexpr (std::is_same_v<T, AnyOf>)
          return std::any_of(node.filters.begin(), node.filters.end(), [&](const Filter& f) { return Holds(f, s, i); });
        if constexpr (std::is_same_v<T, NotOf>) return !Holds(*node.filter, s, i);
        if constexpr (std::is_same_v<T, SplitIs>)
          return std::find(node.splits.begin(), node.splits.end(), s.SplitOf(i)) != node.splits.end();
        if constexpr (std::is_same_v<T, HasTag>) {
          for (const std::uint32_t tag : s.TagsOf(i)) {
            if (node.tags.empty() || std::find(node.tags.begin(), node.tags.end(), s.tag_names[tag]) != node.tags.end())
              return true;
          }
          return false;
        }
        if constexpr (std::is_same_v<T, ExcludedIs>) return s.IsExcluded(i) == node.excluded;
        if constexpr (std::is_same_v<T, LabelIs>) {
          if (s.ClassOf(i) == kNoClass) return node.missing;
          if (node.missing && node.classes.empty() && node.states.empty()) return false;
          return (node.classes.empty() || named(s.ClassOf(i), node.classes)) &&
                 (node.states.empty() ||
                  std::find(node.states.begin(), node.states.end(), StateOfLabel(s.labels[i])) != node.states.end());
        }
        if constexpr (std::is_same_v<T, FieldIn>) {
          const FieldValue value = s.ValueOf(*s.FindField(node.field), i);
          return !value.missing && std::find(node.texts.begin(), node.texts.end(), value.text) != node.texts.end();
        }
        if constexpr (std::is_same_v<T, FieldRange>) {
          const FieldValue value = s.ValueOf(*s.FindField(node.field), i);
          return !value.missing && InRange(node.range, value.number);
        }
        if constexpr (std::is_same_v<T, FieldMissing>) return s.ValueOf(*s.FindField(node.field), i).missing;
        if constexpr (std::is_same_v<T, FieldContains>) {
          const std::map<std::string, std::vector<std::string>> containing = {
              {"ä", {"Ärgernis"}},
              {"BERG", {"bergen"}},
              {"жу", {"ЖУК"}},
              {"", {"Hamburg", "bergen", "Ärgernis", "ЖУК", "'; DROP TABLE samples; --", "a\"b", ""}}};
          const FieldValue value = s.ValueOf(*s.FindField(node.field), i);
          const auto& texts = containing.at(node.text);
          return !value.missing && std::find(texts.begin(), texts.end(), value.text) != texts.end();
        }
        if constexpr (std::is_same_v<T, PathContains>) {
          const std::string path(s.PathOf(i));
          return path.find(node.text == "folder1" ? "Folder1" : node.text) != std::string::npos;
        }
        if constexpr (std::is_same_v<T, HasDuplicate>) {
          bool twin = false;
          for (Ordinal k = 0; k < s.Size(); ++k)
            twin = twin || (k != i && !s.IsWithdrawn(k) && s.ContentOf(k) == s.ContentOf(i));
          return (twin && !s.IsWithdrawn(i)) == node.duplicate;
        }
        if constexpr (std::is_same_v<T, FromImport>) return s.imports[s.import_index[i]].id == node.imports[0];
        if constexpr (std::is_same_v<T, ChangedIn>) return s.changed[i] > node.after;
        if constexpr (std::is_same_v<T, PredictionIs>) {
          const RunColumns& run = *s.FindRun(node.run);
          if (run.Predicted(i) == kNoClass) return node.missing;
          if (node.missing && node.classes.empty() && !node.correct && !node.confidence && !node.margin) return false;
          if (!node.classes.empty() && !named(run.Predicted(i), node.classes)) return false;
          if (node.confidence && !InRange(*node.confidence, run.Confidence(i))) return false;
          if (node.margin && !InRange(*node.margin, run.Margin(i))) return false;
          return !node.correct || (s.ClassOf(i) != kNoClass && (s.ClassOf(i) == run.Predicted(i)) == *node.correct);
        }
        return false;
      },
      filter.node);
}

std::vector<Ordinal> Naive(const Filter& filter, const Snapshot& snapshot) {
  std::vector<Ordinal> ordinals;
  for (Ordinal i = 0; i < snapshot.Size(); ++i) {
    if (!snapshot.IsWithdrawn(i) && (AsksAboutExcluded(filter) || !snapshot.IsExcluded(i)) &&
        Holds(filter, snapshot, i))
      ordinals.push_back(i);
  }
  return ordinals;
}

TEST(FilterPropertyTest, MemoryAndDuckDbAgreeWithThePlainMeaning) {
  TestProject project;
  FillAtRandom(project, 3, 150, 12);
  const SnapshotPtr snapshot = WithRandomRun(*project.Now(), 9);
  duck::DatabaseOptions options;
  options.file = project.File();
  options.folders = {project.Folder()};
  ColumnsFile file(base::ProjectId("project"), options);
  file.Apply(project.Changes(), project.BatchFile());
  EXPECT_TRUE(rc::check([&](unsigned seed) {
    std::mt19937 engine(seed);
    const Filter filter = RandomFilter(engine, 3);
    const std::vector<Ordinal> expected = Naive(filter, *snapshot);
    RC_ASSERT(Evaluate(filter, *snapshot).Ordinals() == expected);
    RC_ASSERT(file.Select(CompileToSql(filter, *snapshot)) == expected);
  }));
}

// One facet's value as a filter of its own.
Filter ValueFilter(const Facet& facet, const FacetValue& value) {
  if (facet.key == "split") return {SplitIs{{*SplitFromName(value.value)}}};
  if (facet.key == "label")
    return value.missing ? Filter{LabelIs{"truth", {}, {}, true}} : Filter{LabelIs{"truth", {value.value}, {}, false}};
  if (facet.key == "tag") return {HasTag{{value.value}}};
  if (facet.key == "duplicate") return {HasDuplicate{value.value == "true"}};
  if (facet.key == "import") return {FromImport{{base::ImportId(value.value)}}};
  if (facet.key == "field:site")
    return value.missing ? Filter{FieldMissing{"site"}} : Filter{FieldIn{"site", {value.value}, {}}};
  PredictionIs prediction;
  prediction.run = "probe";
  if (facet.key == "correct") prediction.correct = value.value == "true";
  if (facet.key == "prediction")
    value.missing ? void(prediction.missing = true) : void(prediction.classes = {value.value});
  return {prediction};
}

TEST(FacetsTest, EachCountIsWhatTheFilterWithThatValueGives) {
  TestProject project;
  FillAtRandom(project, 4, 150, 12);
  const SnapshotPtr snapshot = WithRandomRun(*project.Now(), 5);
  const Filter not_hamburg{NotOf{std::make_shared<Filter>(Filter{FieldIn{"site", {"Hamburg"}, {}}})}};
  // The clauses, each of one facet; a facet's `now` leaves its own out. Few samples match the first, most the others.
  const std::vector<std::vector<Filter>> filters = {{{SplitIs{{Split::kTrain, Split::kTest}}},
                                                     not_hamburg,
                                                     {PredictionIs{"probe", {}, {}, Range{0.1, 0.95}, {}, false}},
                                                     {LabelIs{"truth", {"Shirt", "Coat"}, {}, true}}},
                                                    {not_hamburg},
                                                    {}};
  for (const auto& clauses : filters) {
    const Facets facets = ComputeFacets(*snapshot, {{AllOf{clauses}}, "probe", {}, {}, 50});
    EXPECT_EQ(facets.matching, Naive({AllOf{clauses}}, *snapshot).size());
    int counts = 0;
    for (const Facet& facet : facets.facets) {
      if (facet.histogram || facet.key == "label_state" || facet.key == "excluded" ||
          (facet.key.starts_with("field:") && facet.key != "field:site"))
        continue;
      for (const FacetValue& value : facet.values) {
        if (facet.key == "correct" && value.missing) continue;
        const Filter own = ValueFilter(facet, value);
        std::vector<Filter> others = {own};
        for (const Filter& clause : clauses) {
          if (FacetOf(clause) != facet.key) others.push_back(clause);
        }
        EXPECT_EQ(value.all, Naive(own, *snapshot).size()) << facet.key << " " << value.value;
        EXPECT_EQ(value.now, Naive({AllOf{others}}, *snapshot).size()) << facet.key << " " << value.value;
        ++counts;
      }
    }
    EXPECT_GT(counts, 25);
  }
}

// What matches and what does not are all, in every count, whichever of both is the larger.
TEST(FacetsTest, AFilterAndItsOppositeAddUpToAll) {
  TestProject project;
  FillAtRandom(project, 4, 150, 12);
  const SnapshotPtr snapshot = WithRandomRun(*project.Now(), 5);
  const auto facets_under = [&](const Filter& filter) {
    return ComputeFacets(*snapshot, {filter, "probe", {}, {}, 50});
  };
  const auto named = [](const Facet& facet, const FacetValue& value) {
    const auto found = std::ranges::find_if(facet.values, [&](const FacetValue& other) {
      return other.value == value.value && other.missing == value.missing;
    });
    return found == facet.values.end() ? 0U : found->now;
  };
  std::set<std::size_t> sizes;
  for (const std::vector<std::string>& sites :
       {std::vector<std::string>{"nowhere"}, {"Hamburg"}, {"Hamburg", "ЖУК", "bergen"}}) {
    const Filter some{FieldIn{"site", sites, {}}};
    const Facets inside = facets_under(some);
    const Facets outside = facets_under({NotOf{std::make_shared<Filter>(some)}});
    EXPECT_EQ(inside.matching + outside.matching, inside.total);
    sizes.insert(inside.matching);
    for (std::size_t i = 0; i < inside.facets.size(); ++i) {
      const Facet& facet = inside.facets[i];
      const Facet& other = outside.facets[i];
      if (facet.key == "field:site" || facet.key == "excluded") continue;
      for (const FacetValue& value : facet.values) {
        EXPECT_EQ(value.now + named(other, value), value.all) << facet.key << " " << value.value;
      }
      if (!facet.histogram) continue;
      for (std::size_t bin = 0; bin < facet.histogram->all.size(); ++bin) {
        EXPECT_EQ(facet.histogram->now[bin] + other.histogram->now[bin], facet.histogram->all[bin]) << facet.key;
      }
      EXPECT_EQ(facet.histogram->missing_now + other.histogram->missing_now, facet.histogram->missing_all) << facet.key;
    }
  }
  EXPECT_GE(sizes.size(), 2U);
}

const Facet& Find(const Facets& facets, const std::string& key) {
  for (const Facet& facet : facets.facets) {
    if (facet.key == key) return facet;
  }
  throw std::runtime_error(key);
}

TEST(FacetsTest, HistogramsKeepTheirEdgesUnderAFilterAndCountEverySampleOnce) {
  TestProject project;
  FillAtRandom(project, 8, 200, 6);
  const Facets all = ComputeFacets(*project.Now(), {});
  const Facets some = ComputeFacets(*project.Now(), {{FieldRange{"age", {0, 10}}}, "", {}, {}, 50});
  const FacetHistogram& before = *Find(all, "field:age").histogram;
  const FacetHistogram& after = *Find(some, "field:age").histogram;
  EXPECT_EQ(before.edges, after.edges);
  EXPECT_EQ(before.now, after.now);  // its own clause does not narrow it
  std::uint32_t sum = before.missing_all;
  for (const std::uint32_t count : before.all) sum += count;
  EXPECT_EQ(sum, all.total);
  const FacetHistogram& width = *Find(some, "width").histogram;
  EXPECT_EQ(width.now[0], some.matching);
}

TEST(FacetsTest, LongListsAreCutAndCanBeSearched) {
  TestProject project;
  std::vector<SampleRow> rows;
  for (int i = 0; i < 300; ++i)
    rows.push_back(Row(std::to_string(i), Split::kTrain, kNoLabelCode, {Text("Customer " + std::to_string(i % 250))}));
  project.Import({{"customer", FieldType::kText}}, rows);
  const Facets facets = ComputeFacets(*project.Now(), {{}, "", {"field:customer"}, {{"field:customer", "OMER 24"}}, 5});
  ASSERT_EQ(facets.facets.size(), 1U);
  EXPECT_EQ(facets.facets[0].distinct, 11U);  // 24, 240 to 249
  EXPECT_EQ(facets.facets[0].values.size(), 5U);
  EXPECT_EQ(facets.facets[0].values[0].value, "Customer 24");
  EXPECT_EQ(facets.facets[0].values[0].now, 2U);
}

TEST(FacetsTest, CountsFollowAnEditAndItsExclusion) {
  TestProject project;
  project.Import({}, {Row("a"), Row("b"), Row("c")});
  EXPECT_EQ(Find(ComputeFacets(*project.Now(), {}), "split").values[0].all, 3U);
  project.Set({AspectKind::kSplit, 0}, {0}, static_cast<std::uint32_t>(Split::kTest));
  project.Set({AspectKind::kExcluded, 0}, {1}, 1);
  const Facets facets = ComputeFacets(*project.Now(), {});
  EXPECT_EQ(Find(facets, "split").values[0].all, 1U);
  EXPECT_EQ(Find(facets, "split").values[1].value, "test");
  EXPECT_EQ(Find(facets, "excluded").values[1].now, 1U);
  EXPECT_EQ(facets.total, 2U);
}

TEST(ResultsTest, SortsBreakTiesByOrdinalAndPutMissingLast) {
  TestProject project;
  project.Import({{"age", FieldType::kNumber}, {"site", FieldType::kText}},
                 {Row("d", Split::kTrain, kNoLabelCode, {Number(2), Text("b")}),
                  Row("c", Split::kTrain, kNoLabelCode, {Missing(), Text("a")}),
                  Row("b", Split::kTrain, kNoLabelCode, {Number(-1), Missing()}),
                  Row("a", Split::kTrain, kNoLabelCode, {Number(2), Text("b")})});
  const auto order = [&](Sort sort) {
    const auto result = ComputeResult(project.Now(), {{}, sort, "probe"});
    return std::vector<Ordinal>(result->Order().begin(), result->Order().end());
  };
  EXPECT_EQ(order({SortKey::kField, false, "age"}), (std::vector<Ordinal>{2, 0, 3, 1}));
  EXPECT_EQ(order({SortKey::kField, true, "age"}), (std::vector<Ordinal>{0, 3, 2, 1}));
  EXPECT_EQ(order({SortKey::kField, false, "site"}), (std::vector<Ordinal>{1, 0, 3, 2}));
  EXPECT_EQ(order({SortKey::kPath, false, ""}), (std::vector<Ordinal>{3, 2, 1, 0}));
  EXPECT_EQ(order({SortKey::kOrdinal, true, ""}), (std::vector<Ordinal>{3, 2, 1, 0}));
  EXPECT_THROW(order({SortKey::kConfidence, false, ""}), base::Error);
  EXPECT_THROW(order({SortKey::kField, false, "nothing"}), base::Error);
}

// Numbers of every size and sign, repeated and missing ones, against the standard library's stable sort.
TEST(ResultsTest, SortsByNumbersAsAStableSortDoes) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  std::mt19937 engine(7);
  std::vector<double> values{0.0,     -0.0,     1e300,     -1e300,       1e-300,
                             -1e-300, INFINITY, -INFINITY, 16'777'217.0, 16'777'216.0};
  while (values.size() < 2'000) {
    const double number = std::ldexp(static_cast<double>(engine() % 64) - 32, static_cast<int>(engine() % 8) - 4);
    values.push_back(engine() % 5 == 0 ? kNone : number);
  }
  std::vector<SampleRow> rows;
  RunColumns run;
  run.run = base::RunId("probe");
  for (const double value : values) {
    rows.push_back(
        Row(std::to_string(rows.size()), Split::kTrain, kNoLabelCode, {std::isnan(value) ? Missing() : Number(value)}));
    run.predicted.push_back(0);
    run.confidence.push_back(static_cast<float>(value));
  }
  TestProject project;
  project.AddClasses({"Shirt"});
  project.Import({{"age", FieldType::kNumber}}, rows);
  const SnapshotPtr snapshot = WithRun(*project.Now(), run);
  for (const bool descending : {false, true}) {
    const auto expected = [&](auto value) {
      std::vector<Ordinal> order(values.size());
      std::iota(order.begin(), order.end(), 0U);
      std::stable_sort(order.begin(), order.end(), [&](Ordinal a, Ordinal b) {
        const auto x = value(a), y = value(b);
        if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
        return descending ? x > y : x < y;
      });
      return order;
    };
    const auto order = [&](SortKey key) {
      const auto result = ComputeResult(snapshot, {{}, {key, descending, "age"}, "probe"});
      return std::vector<Ordinal>(result->Order().begin(), result->Order().end());
    };
    EXPECT_EQ(order(SortKey::kField), expected([&](Ordinal i) { return values[i]; }));
    EXPECT_EQ(order(SortKey::kConfidence), expected([&](Ordinal i) { return run.confidence[i]; }));
  }
}

// Many members and few, one question after the other, and again when the run has other numbers.
TEST(ResultsTest, SortsByARunUnderEachFilterAndFollowsTheRun) {
  constexpr std::size_t kSamples = 400;
  TestProject project;
  project.AddClasses({"Shirt"});
  project.Import({}, std::vector<SampleRow>(kSamples, Row("same")));
  std::mt19937 engine(11);
  SnapshotPtr snapshot = project.Now();
  for (int time = 0; time < 3; ++time) {
    RunColumns run;
    run.run = base::RunId("probe");
    run.generation = static_cast<std::uint64_t>(time);
    run.predicted.assign(kSamples, 0);
    for (std::size_t i = 0; i < kSamples; ++i)
      run.confidence.push_back(engine() % 7 == 0 ? kMissingFloat : static_cast<float>(engine() % 20));
    snapshot = WithRun(*snapshot, run);
    for (const std::size_t count : {kSamples, kSamples / 2, std::size_t{3}}) {
      std::vector<Ordinal> expected(kSamples);
      std::iota(expected.begin(), expected.end(), 0U);
      std::shuffle(expected.begin(), expected.end(), engine);
      expected.resize(count);
      std::sort(expected.begin(), expected.end());
      const ResultQuery query{{OrdinalIn{expected}}, {SortKey::kConfidence, time == 1, ""}, "probe"};
      std::stable_sort(expected.begin(), expected.end(), [&](Ordinal a, Ordinal b) {
        const float x = run.confidence[a], y = run.confidence[b];
        if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
        return time == 1 ? x > y : x < y;
      });
      const auto result = ComputeResult(snapshot, query);
      EXPECT_EQ(std::vector<Ordinal>(result->Order().begin(), result->Order().end()), expected) << time << " " << count;
    }
  }
}

TEST(ResultsTest, AHandleIsTheSameForTheSameQuestionAndAnotherAfterAnEdit) {
  TestProject project;
  FillAtRandom(project, 2, 100, 3);
  ResultCache cache(1U << 20U, 3);
  const ResultQuery query{{SplitIs{{Split::kTrain}}}, {}, "probe"};
  const auto first = cache.Get(project.Now(), query);
  EXPECT_EQ(cache.Get(project.Now(), query), first);
  EXPECT_EQ(cache.Find(first->Id()), first);
  for (std::size_t i = 0; i < first->Size(); ++i) EXPECT_EQ(first->PositionOf(first->Order()[i]), i);
  EXPECT_EQ(first->Slice(1, 2).size(), 2U);
  EXPECT_TRUE(first->Slice(1'000, 5).empty());
  project.Set({AspectKind::kSplit, 0}, {first->Order()[0]}, 3);
  EXPECT_NE(cache.Get(project.Now(), query)->Id(), first->Id());
  EXPECT_EQ(first->AsOf() + 1, project.Now()->as_of);
  for (unsigned i = 0; i < 3; ++i) cache.Get(project.Now(), {{OrdinalIn{{i}}}, {}, "probe"});
  EXPECT_EQ(cache.Find(first->Id()), nullptr);  // the least recently used one went
}

}  // namespace
}  // namespace burnish::store

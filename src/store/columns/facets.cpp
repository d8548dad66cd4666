#include "store/columns/facets.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <set>

#include "store/columns/caches.hpp"
#include "store/columns/facet_counts.hpp"
#include "store/columns/facet_populations.hpp"
#include "store/columns/filter_names.hpp"
#include "store/columns/text_match.hpp"
#include "store/columns/two_threads.hpp"

namespace burnish::store {

namespace {

constexpr std::size_t kThreadsFrom = 50'000;
constexpr std::size_t kMostValues = 1'000;

class FacetMaker {
 public:
  FacetMaker(const Snapshot& snapshot, const FacetQuery& query, const Populations& populations)
      : snapshot_(snapshot),
        query_(query),
        populations_(populations),
        run_(query.run.empty() ? nullptr : snapshot.FindRun(query.run)) {}

  // What is to be made, in the order of the sidebar.
  std::vector<std::function<Facet()>> Tasks() const {
    std::vector<std::function<Facet()>> tasks;
    const auto add = [&](const std::string& key, std::function<Facet()> make) {
      if (query_.only.empty() || std::find(query_.only.begin(), query_.only.end(), key) != query_.only.end())
        tasks.push_back(std::move(make));
    };
    add("split", [this] { return Splits(); });
    add("label", [this] { return Labels(); });
    add("label_state", [this] { return LabelStates(); });
    if (run_ != nullptr) {
      add("prediction", [this] { return Predictions(); });
      add("correct", [this] { return Correct(); });
      add("confidence", [this] { return RunNumbers("confidence", run_->confidence); });
      add("margin", [this] { return RunNumbers("margin", run_->margin); });
    }
    if (snapshot_.region_table) add("region_class", [this] { return RegionClasses(); });
    add("tag", [this] { return Tags(); });
    add("excluded", [this] { return TwoSided("excluded", *snapshot_.excluded); });
    if (snapshot_.suspects) add("suspect", [this] { return Suspected(); });
    add("duplicate", [this] { return TwoSided("duplicate", snapshot_.Duplicates()); });
    if (snapshot_.near_duplicates)
      add("near_duplicate", [this] { return TwoSided("near_duplicate", snapshot_.near_duplicates->members); });
    add("import", [this] { return Imports(); });
    for (std::size_t i = 0; i < snapshot_.fields.size(); ++i) {
      add("field:" + snapshot_.fields[i].field.name, [this, i] { return Field(i); });
    }
    for (const std::string_view name : kQualityNames) {
      add(std::string(name), [this, name] { return Quality(RequireQuality(name)); });
    }
    return tasks;
  }

 private:
  struct Counts {
    std::shared_ptr<const CodeCounts> all;
    CodeCounts now;
  };

  static Facet Named(const std::string& key) {
    Facet facet;
    facet.key = key;
    facet.name = key.starts_with("field:") ? key.substr(6) : key;
    return facet;
  }

  // `codes` counts the codes of a population; the last one is "missing". `letters`: what `all` depends on.
  Counts CountCodes(const std::string& key, const std::string& letters,
                    const std::function<CodeCounts(const CountedRows&)>& codes) const {
    Counts counts;
    counts.all =
        snapshot_.caches->Get<CodeCounts>(letters + ":all:" + key, [&] { return codes(populations_.All(key)); });
    const auto counted = populations_.Now(key);
    counts.now = codes(counted->Samples());
    counted->ToMatching(*counts.all, counts.now);
    return counts;
  }

  Facet Splits() const {
    Facet facet = Named("split");
    const Counts counts = CountCodes("split", "pt", [&](const CountedRows& among) {
      return CountColumn(snapshot_.splits, among, model::kSplitNames.size());
    });
    for (std::uint32_t i = 0; i < model::kSplitNames.size(); ++i) {
      if ((*counts.all)[i] > 0 || counts.now[i] > 0) AddValue(facet, std::string(model::kSplitNames[i]), counts, i);
    }
    return Fixed(std::move(facet));
  }

  Facet Labels() const {
    Facet facet = Named("label");
    const std::size_t classes = snapshot_.ontology.Classes().size();
    const Counts counts = CountCodes("label", "pt", [&](const CountedRows& among) {
      return CountBy(snapshot_.labels, among, classes, [](std::uint32_t code) { return model::LabelClass(code); });
    });
    AddClasses(facet, counts);
    return Ranked(std::move(facet));
  }

  Facet LabelStates() const {
    Facet facet = Named("label_state");
    const std::size_t states = model::kLabelStateNames.size();
    const Counts counts = CountCodes("label_state", "pt", [&](const CountedRows& among) {
      return CountBy(snapshot_.labels, among, states, [&](std::uint32_t code) {
        return model::LabelClass(code) == model::kNoClass ? static_cast<std::uint32_t>(states) : code & 0xFFU;
      });
    });
    for (std::uint32_t i = 0; i < states; ++i) {
      if ((*counts.all)[i] > 0 || counts.now[i] > 0)
        AddValue(facet, std::string(model::kLabelStateNames[i]), counts, i);
    }
    AddMissing(facet, counts);
    return Fixed(std::move(facet));
  }

  // A sample counts once for each class that some region of it has.
  Facet RegionClasses() const {
    Facet facet = Named("region_class");
    const auto count = [&](const CountedRows& among) {
      return CountRegions(*snapshot_.region_table, snapshot_.regions, among, snapshot_.ontology.Classes().size());
    };
    const auto all =
        snapshot_.caches->Get<RegionCounts>("cpg:all:region_class", [&] { return count(populations_.All(facet.key)); });
    const auto counted = populations_.Now(facet.key);
    RegionCounts now = count(counted->Samples());
    counted->ToMatching(all->samples, now.samples);
    counted->ToMatching(all->labels, now.labels);
    const Counts samples{std::shared_ptr<const CodeCounts>(all, &all->samples), now.samples};
    AddClasses(facet, samples);
    std::erase_if(facet.values, [](const FacetValue& value) { return value.all == 0 && value.now == 0; });
    for (FacetValue& value : facet.values) {
      if (value.missing) continue;
      value.labels_all = all->labels[value.id];
      value.labels_now = now.labels[value.id];
    }
    return Ranked(std::move(facet));
  }

  Facet Predictions() const {
    Facet facet = Named("prediction");
    const std::size_t classes = snapshot_.ontology.Classes().size();
    const Counts counts = CountCodes("prediction", "pr:" + run_->run.Text(), [&](const CountedRows& among) {
      return CountVector(run_->predicted, among, classes);
    });
    AddClasses(facet, counts);
    return Ranked(std::move(facet));
  }

  Facet Correct() const {
    Facet facet = Named("correct");
    const Counts counts = CountCodes("correct", "prt:" + run_->run.Text(), [&](const CountedRows& among) {
      CodeCounts by(3, 0);
      among.ForEachIn(0, among.Set().Size(), [&](std::size_t row) {
        const auto i = static_cast<model::Ordinal>(row);
        const model::ClassId truth = snapshot_.ClassOf(i);
        const model::ClassId predicted = run_->Predicted(i);
        const bool neither = truth == model::kNoClass || predicted == model::kNoClass;
        ++by[neither ? 2 : truth == predicted ? 1 : 0];
      });
      return by;
    });
    AddValue(facet, "false", counts, 0);
    AddValue(facet, "true", counts, 1);
    AddMissing(facet, counts);
    return Fixed(std::move(facet));
  }

  Facet RunNumbers(const std::string& key, const std::vector<float>& values) const {
    const auto binned = snapshot_.caches->Get<BinnedColumn>("r:bins:" + key + ":" + run_->run.Text(), [&] {
      return BinRows(
          snapshot_.Size(),
          [&](std::size_t i) { return i < values.size() ? static_cast<double>(values[i]) : std::nan(""); }, 0.0, 1.0);
    });
    return Histogram(key, "pr:" + run_->run.Text(), *binned);
  }

  Facet Tags() const {
    Facet facet = Named("tag");
    const std::size_t tags = snapshot_.tags.size();
    const Counts counts = CountCodes("tag", "pt", [&](const CountedRows& among) {
      CodeCounts by(tags + 1, 0);
      for (std::size_t tag = 0; tag < tags; ++tag)
        by[tag] = static_cast<std::uint32_t>(among.Set().CountCommon(*snapshot_.tags[tag]));
      return by;
    });
    for (std::uint32_t i = 0; i < tags; ++i) {
      if ((*counts.all)[i] > 0 || counts.now[i] > 0) AddValue(facet, snapshot_.tag_names[i], counts, i);
    }
    return Ranked(std::move(facet));
  }

  Facet TwoSided(const std::string& key, const Bitset& members) const {
    Facet facet = Named(key);
    const Counts counts =
        CountCodes(key,
                   key == "excluded"         ? "p"
                   : key == "suspect"        ? "pu"
                   : key == "near_duplicate" ? "np"
                                             : "mp",
                   [&](const CountedRows& among) {
                     const std::uint32_t inside = static_cast<std::uint32_t>(among.Set().CountCommon(members));
                     return CodeCounts{static_cast<std::uint32_t>(among.Set().Count()) - inside, inside, 0};
                   });
    AddValue(facet, "false", counts, 0);
    AddValue(facet, "true", counts, 1);
    return Fixed(std::move(facet));
  }

  Facet Suspected() const {
    Bitset members(snapshot_.Size());
    for (const Suspect& suspect : snapshot_.suspects->ranking) {
      if (suspect.ordinal < snapshot_.Size()) members.Set(suspect.ordinal);
    }
    return TwoSided("suspect", members);
  }

  Facet Imports() const {
    Facet facet = Named("import");
    const std::size_t imports = snapshot_.imports.size();
    const Counts counts = CountCodes(
        "import", "p", [&](const CountedRows& among) { return CountColumn(snapshot_.import_index, among, imports); });
    for (std::uint32_t i = 0; i < imports; ++i) {
      if ((*counts.all)[i] > 0 || counts.now[i] > 0) AddValue(facet, snapshot_.imports[i].id.Text(), counts, i);
    }
    return Ranked(std::move(facet));
  }

  Facet Field(std::size_t index) const {
    const FieldColumn& column = snapshot_.fields[index];
    const std::string key = "field:" + column.field.name;
    const std::string number = std::to_string(index);
    Facet facet;
    if (column.field.type == model::FieldType::kText) {
      facet = TextField(key, column);
    } else if (column.field.type == model::FieldType::kBoolean) {
      facet = BooleanField(key, column);
    } else {
      const auto binned = snapshot_.caches->Get<BinnedColumn>("i:bins:field:" + number, [&] {
        return BinRows(snapshot_.Size(), [&](std::size_t i) { return column.numbers[i]; });
      });
      facet = Histogram(key, "p", *binned);
    }
    facet.type = column.field.type;
    return facet;
  }

  Facet TextField(const std::string& key, const FieldColumn& column) const {
    Facet facet = Named(key);
    const std::size_t texts = column.texts->Size();
    const Counts counts =
        CountCodes(key, "p", [&](const CountedRows& among) { return CountColumn(column.codes, among, texts); });
    // A field of a million values: only those that can be among the first are made into texts.
    std::vector<std::uint32_t> codes;
    const std::string search = SearchFor(key);
    for (std::uint32_t code = 0; code < texts; ++code) {
      const bool present = (*counts.all)[code] > 0 || counts.now[code] > 0;
      if (present && (search.empty() || ContainsFolded(column.texts->Text(code), search))) codes.push_back(code);
    }
    facet.distinct = static_cast<std::uint32_t>(codes.size());
    const auto shown = static_cast<std::ptrdiff_t>(std::min(codes.size(), Limit()));
    std::partial_sort(codes.begin(), codes.begin() + shown, codes.end(), [&](std::uint32_t a, std::uint32_t b) {
      if (counts.now[a] != counts.now[b]) return counts.now[a] > counts.now[b];
      if ((*counts.all)[a] != (*counts.all)[b]) return (*counts.all)[a] > (*counts.all)[b];
      return column.texts->Text(a) < column.texts->Text(b);
    });
    for (auto code = codes.begin(); code != codes.begin() + shown; ++code)
      AddValue(facet, column.texts->Text(*code), counts, *code);
    AddMissing(facet, counts);
    return facet;
  }

  Facet BooleanField(const std::string& key, const FieldColumn& column) const {
    Facet facet = Named(key);
    const Counts counts = CountCodes(key, "p", [&](const CountedRows& among) {
      return CountBy(column.numbers, among, 2, [](double value) {
        return std::isnan(value) ? 2U : value != 0 ? 1U : 0U;
      });
    });
    AddValue(facet, "false", counts, 0);
    AddValue(facet, "true", counts, 1);
    AddMissing(facet, counts);
    return Fixed(std::move(facet));
  }

  Facet Quality(QualityName name) const {
    const std::string key(kQualityNames[static_cast<std::size_t>(name)]);
    const auto media = [&](const auto& column) {
      return BinRows(snapshot_.Size(), [&](std::size_t i) {
        const auto value = static_cast<double>(column[snapshot_.media[i]]);
        return value > 0 ? value : std::nan("");
      });
    };
    const bool of_media = name == QualityName::kWidth || name == QualityName::kHeight || name == QualityName::kBytes;
    const auto binned = snapshot_.caches->Get<BinnedColumn>((of_media ? "m:bins:" : "q:bins:") + key, [&] {
      if (name == QualityName::kWidth) return media(snapshot_.media_width);
      if (name == QualityName::kHeight) return media(snapshot_.media_height);
      if (name == QualityName::kBytes) return media(snapshot_.media_bytes);
      const Column<float>* column = MeasuredColumn(snapshot_, name);
      return BinRows(snapshot_.Size(), [&](std::size_t i) {
        return column != nullptr && i < column->Size() ? static_cast<double>((*column)[i]) : std::nan("");
      });
    });
    return Histogram(key, of_media ? "mp" : "pq", *binned);
  }

  Facet Histogram(const std::string& key, const std::string& letters, const BinnedColumn& binned) const {
    Facet facet = Named(key);
    const std::size_t bins = binned.edges.empty() ? 0 : binned.edges.size() - 1;
    const Counts counts =
        CountCodes(key, letters, [&](const CountedRows& among) { return CountVector(binned.bins, among, bins); });
    FacetHistogram histogram;
    histogram.edges = binned.edges;
    const auto end = static_cast<std::ptrdiff_t>(bins);
    histogram.all.assign(counts.all->begin(), counts.all->begin() + end);
    histogram.now.assign(counts.now.begin(), counts.now.begin() + end);
    histogram.missing_all = counts.all->back();
    histogram.missing_now = counts.now.back();
    facet.histogram = std::move(histogram);
    return facet;
  }

  void AddClasses(Facet& facet, const Counts& counts) const {
    for (const model::Class& value : snapshot_.ontology.Classes()) {
      const bool gone = value.retired || value.merged_into.has_value();
      if (!gone || (*counts.all)[value.id] > 0 || counts.now[value.id] > 0)
        AddValue(facet, value.name, counts, value.id);
    }
    AddMissing(facet, counts);
  }

  static void AddValue(Facet& facet, std::string value, const Counts& counts, std::uint32_t code) {
    facet.values.push_back({std::move(value), false, (*counts.all)[code], counts.now[code], code, {}, {}});
  }

  static void AddMissing(Facet& facet, const Counts& counts) {
    if (counts.all->back() > 0 || counts.now.back() > 0)
      facet.values.push_back({"", true, counts.all->back(), counts.now.back(), 0, {}, {}});
  }

  std::string SearchFor(const std::string& key) const {
    const auto found = query_.search.find(key);
    return found == query_.search.end() ? std::string() : FoldCase(found->second);
  }

  std::size_t Limit() const { return std::clamp<std::size_t>(query_.limit, 1, kMostValues); }

  // Values in their own order; a search still narrows them.
  Facet Fixed(Facet facet) const {
    Search(facet);
    facet.distinct = CountPresent(facet);
    return facet;
  }

  // Most frequent first, the missing last, cut at the limit.
  Facet Ranked(Facet facet) const {
    Search(facet);
    std::stable_sort(facet.values.begin(), facet.values.end(), [](const FacetValue& a, const FacetValue& b) {
      if (a.missing != b.missing) return b.missing;
      return a.now != b.now ? a.now > b.now : a.all > b.all;
    });
    facet.distinct = CountPresent(facet);
    const bool missing = !facet.values.empty() && facet.values.back().missing;
    if (facet.distinct > Limit()) {
      const auto first = facet.values.begin() + static_cast<std::ptrdiff_t>(Limit());
      facet.values.erase(first, facet.values.end() - (missing ? 1 : 0));
    }
    return facet;
  }

  void Search(Facet& facet) const {
    const std::string search = SearchFor(facet.key);
    if (search.empty()) return;
    std::erase_if(facet.values,
                  [&](const FacetValue& value) { return !value.missing && !ContainsFolded(value.value, search); });
  }

  static std::uint32_t CountPresent(const Facet& facet) {
    return static_cast<std::uint32_t>(std::count_if(facet.values.begin(), facet.values.end(),
                                                    [](const FacetValue& value) { return !value.missing; }));
  }

  const Snapshot& snapshot_;
  const FacetQuery& query_;
  const Populations& populations_;
  const RunColumns* run_;
};

}  // namespace

Facets ComputeFacets(const Snapshot& snapshot, const FacetQuery& query, const FilterSources& sources) {
  const Conjuncts conjuncts = EvaluateConjuncts(query.filter, snapshot, sources);
  const Populations populations(snapshot, conjuncts);
  const FacetMaker maker(snapshot, query, populations);
  Facets facets;
  facets.as_of = snapshot.as_of;
  facets.total = static_cast<std::uint32_t>(populations.All("").Set().Count());
  facets.matching = static_cast<std::uint32_t>(populations.Matching().Count());
  const auto tasks = maker.Tasks();
  facets.facets.resize(tasks.size());
  OnTwoThreads(tasks.size(), snapshot.Size() >= kThreadsFrom, [&](std::size_t i) { facets.facets[i] = tasks[i](); });
  return facets;
}

}  // namespace burnish::store

#include "app/versions.hpp"

#include <algorithm>
#include <map>

#include "app/probe.hpp"
#include "base/error.hpp"
#include "store/catalog/operations.hpp"

namespace burnish::app {
namespace {

VersionView ViewOf(OpenProject& project, store::Version version) {
  const std::uint64_t samples = project.View().At(version.sequence)->Population().Count();
  return {std::move(version), samples};
}

std::optional<std::string> ClassText(const store::Snapshot& snapshot, model::ClassId id) {
  if (id == model::kNoClass) return std::nullopt;
  return snapshot.ontology.NameOf(id);
}

using Moves = std::map<std::pair<std::optional<std::string>, std::optional<std::string>>, std::uint64_t>;

std::vector<StateDiff::Move> MostFirst(const Moves& moves) {
  std::vector<StateDiff::Move> list;
  for (const auto& [move, count] : moves) list.push_back({move.first, move.second, count});
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return list;
}

std::vector<std::string> ClassSentences(const store::Snapshot& from, const store::Snapshot& to) {
  std::vector<std::string> sentences;
  for (const model::Class& after : to.ontology.Classes()) {
    const model::Class* before = from.ontology.Find(after.id);
    if (before == nullptr) {
      sentences.push_back(after.name + " was added.");
      continue;
    }
    if (before->name != after.name) sentences.push_back(before->name + " was renamed " + after.name + ".");
    if (!before->retired && after.retired) sentences.push_back(after.name + " was retired.");
    if (before->retired && !after.retired) sentences.push_back(after.name + " was brought back.");
    if (!before->merged_into && after.merged_into)
      sentences.push_back(before->name + " was merged into " + to.ontology.NameOf(*after.merged_into) + ".");
    if (before->merged_into && !after.merged_into)
      sentences.push_back(after.name + " was taken out of " + from.ontology.NameOf(*before->merged_into) + " again.");
  }
  return sentences;
}

// `from` holds no more ordinals than `to`.
void CompareSamples(StateDiff& diff, const store::Snapshot& from, const store::Snapshot& to) {
  Moves labels;
  Moves splits;
  std::map<std::string, StateDiff::TagMove> tags;
  for (std::size_t i = 0; i < to.Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    const bool was = i < from.Size() && !from.IsWithdrawn(ordinal);
    const bool is = !to.IsWithdrawn(ordinal);
    diff.samples_added += is && !was ? 1 : 0;
    diff.samples_withdrawn += was && !is ? 1 : 0;
    if (!was || !is) continue;
    if (from.ClassOf(ordinal) != to.ClassOf(ordinal))
      ++labels[{ClassText(from, from.ClassOf(ordinal)), ClassText(to, to.ClassOf(ordinal))}];
    if (from.SplitOf(ordinal) != to.SplitOf(ordinal))
      ++splits[{std::string(model::SplitName(from.SplitOf(ordinal))),
                std::string(model::SplitName(to.SplitOf(ordinal)))}];
    diff.excluded += !from.IsExcluded(ordinal) && to.IsExcluded(ordinal) ? 1 : 0;
    diff.included += from.IsExcluded(ordinal) && !to.IsExcluded(ordinal) ? 1 : 0;
    for (std::size_t tag = 0; tag < to.tags.size(); ++tag) {
      const bool had = tag < from.tags.size() && from.tags[tag]->Test(i);
      const bool has = to.tags[tag]->Test(i);
      if (had == has) continue;
      auto& move = tags[to.tag_names[tag]];
      ++(has ? move.added : move.removed);
    }
  }
  diff.labels = MostFirst(labels);
  diff.splits = MostFirst(splits);
  for (auto& [name, move] : tags) diff.tags.push_back({name, move.added, move.removed});
}

}  // namespace

NamedState FindState(const Services& services, const OpenProject& project, const std::string& name) {
  if (name == "now") return {name, project.Latest()->as_of};
  for (const Baseline& baseline : BaselinesOf(services, project)) {
    if (baseline.name == name) return {baseline.name, baseline.sequence};
  }
  throw base::Error(base::ErrorCode::kNotFound, "There is no version called \"" + name + "\".", name);
}

std::vector<VersionView> Versions::List(const Caller& caller, const base::ProjectId& project) {
  const Entry entry = workspace_.Open(caller, project);
  std::vector<VersionView> views;
  for (store::Version& version :
       workspace_.Parts().catalog.Read([&](store::Reader& reader) { return store::ListVersions(reader, project); })) {
    views.push_back(ViewOf(*entry.open, std::move(version)));
  }
  return views;
}

VersionView Versions::Publish(const Caller& caller, const base::ProjectId& project, const base::OperationId& operation,
                              const std::string& name, const std::string& note) {
  const Entry entry = workspace_.Open(caller, project, Role::kExpert);
  if (name == "now" || name == "import")
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "\"" + name + "\" already has a meaning here. Choose another name.", "name");
  const auto snapshot = entry->View().AtLeast(workspace_.Parts().log.Head(project));
  const store::OperationKey key{project, caller.person, operation, RequestDigest({"version", name, note})};
  const std::string digest = store::ContentDigest(*snapshot);
  store::Version version = workspace_.Parts().catalog.Write([&](store::Writer& writer) {
    if (const auto first = store::FindOperation(writer, key))
      return *store::FindVersion(writer, project, base::VersionId(*first));
    auto made = store::CreateVersion(writer, project, caller.person, {name, note, snapshot->as_of, digest});
    store::RememberOperation(writer, key, made.id.Text());
    return made;
  });
  return ViewOf(*entry.open, std::move(version));
}

StateDiff Versions::Diff(const Caller& caller, const base::ProjectId& project, const std::string& from,
                         const std::string& to) {
  const Entry entry = workspace_.Open(caller, project);
  StateDiff diff;
  diff.from = FindState(workspace_.Parts(), *entry.open, from);
  diff.to = FindState(workspace_.Parts(), *entry.open, to);
  if (diff.from.sequence > diff.to.sequence) std::swap(diff.from, diff.to);
  const auto before = entry->View().At(diff.from.sequence);
  const auto after = entry->View().At(diff.to.sequence);
  CompareSamples(diff, *before, *after);
  diff.classes = ClassSentences(*before, *after);
  return diff;
}

}  // namespace burnish::app

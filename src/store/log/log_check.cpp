#include <limits>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/classes.hpp"
#include "store/catalog/tags.hpp"
#include "store/log/change_log.hpp"
#include "store/log/change_rows.hpp"

namespace burnish::store {
namespace {

constexpr std::size_t kPage = 256;

// What the log says the project's head and tables must be.
struct Fold {
  LogHead head;
  model::Ontology ontology;
  std::vector<std::string> tags;
};

void AddEntry(Reader& reader, const LogEntry& entry, Fold& fold, std::vector<std::string>& wrong) {
  const model::Change& change = entry.change;
  const std::string name = "Change " + std::to_string(change.sequence);
  if (change.sequence != fold.head.sequence + 1) wrong.push_back(name + " does not follow the one before it.");
  if (HashEntry(fold.head.hash, entry, ReadStoredDelta(reader, change.project, change.sequence)) != entry.hash) {
    wrong.push_back(name + " is not what was written.");
  }
  fold.head.sequence = change.sequence;
  fold.head.hash = entry.hash;
  if (change.imported) {
    if (change.imported->first != fold.head.next_ordinal)
      wrong.push_back(name + " brought samples with wrong numbers.");
    fold.head.next_ordinal = change.imported->first + change.imported->count;
  }
  for (const model::ClassEdit& edit : change.delta.classes) fold.ontology.Put(edit.after);
  for (const model::TagAdded& tag : change.delta.tags) fold.tags.push_back(tag.name);
}

void CompareFold(Reader& reader, const base::ProjectId& project, const Fold& fold, std::vector<std::string>& wrong) {
  const auto head = FindHead(reader, project);
  if (!head || head->sequence != fold.head.sequence || head->hash != fold.head.hash)
    wrong.emplace_back("The project's head is not its last change.");
  if (head && head->next_ordinal != fold.head.next_ordinal)
    wrong.emplace_back("The count of samples is not that of the imports.");
  if (LoadOntology(reader, project).Classes() != fold.ontology.Classes())
    wrong.emplace_back("The classes are not what the changes made them.");
  if (LoadTags(reader, project) != fold.tags) wrong.emplace_back("The tags are not what the changes made them.");
  if (!AuditIsWhole(reader, project)) wrong.emplace_back("The audit log was changed.");
}

}  // namespace

std::vector<std::string> ChangeLog::Verify(const base::ProjectId& project) {
  return catalog_.Read([&](Reader& reader) {
    std::vector<std::string> wrong;
    Fold fold;
    try {
      while (true) {
        const auto entries =
            ReadEntries(reader, blobs_, project, fold.head.sequence, std::numeric_limits<std::int64_t>::max(), kPage);
        if (entries.empty()) break;
        for (const LogEntry& entry : entries) AddEntry(reader, entry, fold, wrong);
      }
    } catch (const base::Error& error) {
      wrong.push_back("A change after number " + std::to_string(fold.head.sequence) +
                      " cannot be read: " + error.what());
      return wrong;
    }
    CompareFold(reader, project, fold, wrong);
    return wrong;
  });
}

}  // namespace burnish::store

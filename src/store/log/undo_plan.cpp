#include "store/log/undo_plan.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <roaring/roaring.hh>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "store/catalog/classes.hpp"
#include "store/catalog/sql.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using model::ChangeKind;

// How many of the caller's changes Ctrl+Z looks through for one of which something still stands.
constexpr std::size_t kMostCandidates = 50;
constexpr std::size_t kPage = 256;

// Values that changes touched: ordinals per aspect, and classes by id.
struct Cells {
  std::map<model::Aspect, Roaring> samples;
  Roaring classes;
};

// Which of a change's cells somebody touched since. Fed with later entries, newest first.
//
// An undo and what it took back cancel out, cell by cell: what happened between them in that cell
// had come to nothing already, or the undo would have left the cell alone. A redo cancels the undo
// in the same way, so that the edit counts again.
class TouchedSince {
 public:
  explicit TouchedSince(const LogEntry& target) : target_sequence_(target.change.sequence) {
    for (const model::AspectDelta& aspect : target.change.delta.aspects) {
      ours_.samples[aspect.aspect] = Roaring(aspect.ordinals.size(), aspect.ordinals.data());
    }
    for (const model::ClassEdit& edit : target.change.delta.classes) ours_.classes.add(edit.after.id);
  }

  void Add(const LogEntry& later) {
    Cells counted;
    const auto cancelled = cancelled_.find(later.change.sequence);
    for (const model::AspectDelta& aspect : later.change.delta.aspects) {
      const auto ours = ours_.samples.find(aspect.aspect);
      if (ours == ours_.samples.end()) continue;
      Roaring cells = Roaring(aspect.ordinals.size(), aspect.ordinals.data()) & ours->second;
      if (cancelled != cancelled_.end()) cells -= cancelled->second.samples[aspect.aspect];
      counted.samples[aspect.aspect] = std::move(cells);
    }
    for (const model::ClassEdit& edit : later.change.delta.classes) counted.classes.add(edit.after.id);
    counted.classes &= ours_.classes;
    if (cancelled != cancelled_.end()) counted.classes -= cancelled->second.classes;

    const auto undoes = later.change.undoes;
    Cells& into = undoes && *undoes > target_sequence_ ? cancelled_[*undoes] : touched_;
    for (auto& [aspect, cells] : counted.samples) into.samples[aspect] |= cells;
    into.classes |= counted.classes;
    if (cancelled != cancelled_.end()) cancelled_.erase(later.change.sequence);
  }

  bool Sample(const model::Aspect& aspect, Ordinal ordinal) const {
    const auto found = touched_.samples.find(aspect);
    return found != touched_.samples.end() && found->second.contains(ordinal);
  }
  bool Class(model::ClassId id) const { return touched_.classes.contains(id); }

 private:
  SequenceNumber target_sequence_;
  Cells ours_;
  Cells touched_;
  std::map<SequenceNumber, Cells> cancelled_;
};

// An import as a delta: its samples stopped being withdrawn. Then undo and redo of imports need no rule of their own.
void AddImportAsDelta(LogEntry& target) {
  const auto& imported = target.change.imported;
  if (!imported || imported->count == 0 || target.change.kind == ChangeKind::kUndo) return;
  model::AspectDelta arrived{{model::AspectKind::kWithdrawn, 0}, std::vector<Ordinal>(imported->count), {}, {}};
  std::iota(arrived.ordinals.begin(), arrived.ordinals.end(), imported->first);
  arrived.before.assign(imported->count, 1);
  arrived.after.assign(imported->count, 0);
  auto& aspects = target.change.delta.aspects;
  const auto place = std::find_if(aspects.begin(), aspects.end(),
                                  [&](const model::AspectDelta& delta) { return arrived.aspect < delta.aspect; });
  aspects.insert(place, std::move(arrived));
}

TouchedSince LookAtLater(Reader& reader, const BlobStore& blobs, const LogEntry& target, SequenceNumber head) {
  TouchedSince touched(target);
  SequenceNumber upto = head;
  while (upto > target.change.sequence) {
    const SequenceNumber after = std::max(target.change.sequence, upto > kPage ? upto - kPage : 0);
    const auto entries = ReadEntries(reader, blobs, target.change.project, after, upto, kPage);
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) touched.Add(*entry);
    upto = after;
  }
  return touched;
}

void TakeBackClasses(const TouchedSince& touched, UndoPlan& plan, model::Ontology& ontology) {
  const auto& edits = plan.target.change.delta.classes;
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit) {
    const model::Class* present = ontology.Find(edit->after.id);
    model::Class back = edit->before.value_or(edit->after);
    if (!edit->before) back.retired = true;  // an id is never given twice, so the class stays
    const model::Class* same_name = back.merged_into ? nullptr : ontology.FindByName(back.name);
    const bool name_taken = same_name != nullptr && same_name->id != back.id;
    if (touched.Class(edit->after.id) || name_taken || present == nullptr) {
      ++plan.classes_kept;
      continue;
    }
    ++plan.classes_restored;
    if (*present == back) continue;
    plan.delta.classes.push_back({*present, back});
    ontology.Put(back);
  }
}

// The label as it is today when its class was merged away since.
std::uint32_t FollowMerges(const model::Ontology& ontology, std::uint32_t code) {
  model::ClassId id = model::LabelClass(code);
  if (id == model::kNoClass) return code;
  for (std::size_t steps = 0; steps < ontology.Classes().size(); ++steps) {
    const model::Class* found = ontology.Find(id);
    if (found == nullptr || !found->merged_into) break;
    id = *found->merged_into;
  }
  return model::PackLabel(id, model::StateOfLabel(code));
}

void TakeBackSamples(const TouchedSince& touched, const model::Ontology& ontology, UndoPlan& plan) {
  Roaring restored;
  Roaring kept;
  for (const model::AspectDelta& done : plan.target.change.delta.aspects) {
    model::AspectDelta back{done.aspect, {}, {}, {}};
    for (std::size_t i = 0; i < done.ordinals.size(); ++i) {
      if (touched.Sample(done.aspect, done.ordinals[i])) {
        kept.add(done.ordinals[i]);
        continue;
      }
      restored.add(done.ordinals[i]);
      const std::uint32_t value =
          done.aspect.kind == model::AspectKind::kLabel ? FollowMerges(ontology, done.before[i]) : done.before[i];
      if (value == done.after[i]) continue;
      back.ordinals.push_back(done.ordinals[i]);
      back.before.push_back(done.after[i]);
      back.after.push_back(value);
    }
    if (!back.ordinals.empty()) plan.delta.aspects.push_back(std::move(back));
  }
  plan.restored = restored.cardinality();
  plan.kept = kept.cardinality();
}

UndoPlan PlanFor(Reader& reader, const BlobStore& blobs, LogEntry target, SequenceNumber head) {
  UndoPlan plan;
  plan.head = head;
  plan.target = std::move(target);
  AddImportAsDelta(plan.target);
  const TouchedSince touched = LookAtLater(reader, blobs, plan.target, head);
  model::Ontology ontology = LoadOntology(reader, plan.target.change.project);
  TakeBackClasses(touched, plan, ontology);
  TakeBackSamples(touched, ontology, plan);
  return plan;
}

std::vector<SequenceNumber> CandidatesOf(Reader& reader, const UndoRequest& request) {
  const bool redo = request.what == UndoRequest::What::kRedoLatest;
  // Imports and model runs are taken back by name, never by a key: nobody wants Ctrl+Z to take the
  // probe that retrained by itself.
  std::string text =
      "SELECT c.sequence FROM changes c WHERE c.project = :a AND c.author = :b AND c.parity = :c AND c.root_kind IN "
      "(:d, :e) "
      "AND NOT EXISTS (SELECT 1 FROM changes u WHERE u.project = c.project AND u.undoes = c.sequence)";
  std::vector<sql::Param> params = {request.project, request.author, redo ? 1 : 0, ChangeKind::kEdit,
                                    ChangeKind::kOntology};
  if (redo) {
    text +=
        " AND c.sequence > (SELECT COALESCE(MAX(e.sequence), 0) FROM changes e WHERE e.project = :f AND e.author = :g "
        "AND e.kind IN (:h, :i))";
    params.insert(params.end(), {request.project, request.author, ChangeKind::kEdit, ChangeKind::kOntology});
  }
  text += " ORDER BY c.sequence DESC LIMIT " + std::to_string(kMostCandidates);
  std::vector<SequenceNumber> candidates;
  for (const auto& [sequence] : sql::Select<SequenceNumber>(reader, text, params)) candidates.push_back(sequence);
  return candidates;
}

LogEntry ResolveTarget(Reader& reader, const BlobStore& blobs, const UndoRequest& request) {
  const auto [last, undone] = EndOfUndoChain(reader, request.project, request.target);
  if (undone % 2 == 1) {
    throw Error(ErrorCode::kConflict, "This change is undone already, by change " + std::to_string(last) + ".",
                "change");
  }
  auto entry = FindEntry(reader, blobs, request.project, last);
  if (!entry) throw Error(ErrorCode::kNotFound, "There is no change with this number.", "change");
  return std::move(*entry);
}

std::string WithCommas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace

UndoPlan PlanUndo(Reader& reader, const BlobStore& blobs, const UndoRequest& request, SequenceNumber head) {
  if (request.what == UndoRequest::What::kChange)
    return PlanFor(reader, blobs, ResolveTarget(reader, blobs, request), head);
  for (const SequenceNumber candidate : CandidatesOf(reader, request)) {
    auto entry = FindEntry(reader, blobs, request.project, candidate);
    if (!entry) continue;
    UndoPlan plan = PlanFor(reader, blobs, std::move(*entry), head);
    if (plan.HasEffect()) return plan;
  }
  const bool redo = request.what == UndoRequest::What::kRedoLatest;
  throw Error(ErrorCode::kNotFound, redo ? "There is nothing to redo." : "There is nothing of yours to undo.");
}

std::optional<model::Change> PeekUndo(Reader& reader, const BlobStore& blobs, const UndoRequest& request,
                                      SequenceNumber head,
                                      const std::function<bool(const model::Change&)>& surely_stands) {
  for (const SequenceNumber candidate : CandidatesOf(reader, request)) {
    auto entry = FindEntry(reader, blobs, request.project, candidate);
    if (!entry) continue;
    if (surely_stands(entry->change)) return std::move(entry->change);
    UndoPlan plan = PlanFor(reader, blobs, std::move(*entry), head);
    if (plan.HasEffect()) return std::move(plan.target.change);
  }
  return std::nullopt;
}

std::string UndoSummary(Reader& reader, const UndoPlan& plan) {
  SequenceNumber root = plan.target.change.sequence;
  std::string summary = plan.target.change.summary;
  for (auto undoes = plan.target.change.undoes; undoes;) {
    root = *undoes;
    const auto below = ListEntries(reader, plan.target.change.project, root + 1, 1);
    if (below.empty()) break;
    summary = below.front().change.summary;
    undoes = below.front().change.undoes;
  }
  std::string text = (plan.target.parity == 0 ? "Undo: " : "Redo: ") + summary;
  if (plan.kept > 0)
    text += " (" + WithCommas(plan.restored) + " restored, " + WithCommas(plan.kept) + " kept: edited later)";
  return text;
}

}  // namespace burnish::store

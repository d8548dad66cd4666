#include "store/log/change_rows.hpp"

#include <limits>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "store/catalog/sql.hpp"
#include "store/log/delta_codec.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using model::Change;
using model::ChangeKind;
using model::Ordinal;
using model::SequenceNumber;

const std::string kColumns =
    "SELECT sequence, operation, author, at, kind, root_kind, parity, summary, reason, import, import_first, "
    "import_count, import_batch, run, "
    "undoes, delta, delta_blob, hash FROM changes WHERE project = :a";

struct Row {
  LogEntry entry;
  StoredDelta delta;
};

std::vector<Row> ReadRows(Reader& reader, const base::ProjectId& project, const std::string& condition,
                          std::vector<sql::Param> params) {
  params.insert(params.begin(), project);
  std::vector<Row> rows;
  using Text = std::optional<std::string>;
  for (auto& [sequence, operation, author, at, kind, root_kind, parity, summary, reason, import, first, count, batch,
              run, undoes, json, blob, hash] :
       sql::Select<SequenceNumber, base::OperationId, base::PersonId, base::Micros, ChangeKind, ChangeKind,
                   std::uint8_t, std::string, std::string, Text, std::optional<Ordinal>, std::optional<std::uint32_t>,
                   Text, Text, std::optional<SequenceNumber>, Text, Text, std::string>(reader, kColumns + condition,
                                                                                       params)) {
    Row& row = rows.emplace_back();
    Change& change = row.entry.change;
    change.project = project;
    change.sequence = sequence;
    change.operation = std::move(operation);
    change.author = std::move(author);
    change.at = at;
    change.kind = kind;
    change.summary = std::move(summary);
    change.reason = std::move(reason);
    if (import) change.imported = {base::ImportId(*import), first.value_or(0), count.value_or(0), batch.value_or("")};
    if (run) change.run = base::RunId(*run);
    change.undoes = undoes;
    row.entry.root_kind = root_kind;
    row.entry.parity = parity;
    row.entry.hash = std::move(hash);
    row.delta = {json.value_or(""), blob.value_or("")};
  }
  return rows;
}

model::Delta LoadDelta(const BlobStore& blobs, const StoredDelta& stored) {
  return stored.blob.empty() ? DeltaFromJson(stored.json) : DecodeDelta(blobs.Get(stored.blob));
}

std::optional<LogHead> ReadHeadRow(Reader& reader, const base::ProjectId& project, const std::string& lock) {
  auto row = sql::SelectOne<SequenceNumber, std::string, std::uint32_t, std::optional<base::Micros>>(
      reader, "SELECT head, head_hash, next_ordinal, trashed FROM projects WHERE id = :a" + lock, {project});
  if (!row) return std::nullopt;
  auto& [sequence, hash, next_ordinal, trashed] = *row;
  return LogHead{sequence, std::move(hash), next_ordinal, trashed.has_value()};
}

std::optional<std::string> OrNull(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

}  // namespace

std::optional<LogHead> LockHead(Writer& writer, const base::ProjectId& project) {
  return ReadHeadRow(writer, project, sql::Locked(writer));
}

std::optional<LogHead> FindHead(Reader& reader, const base::ProjectId& project) {
  return ReadHeadRow(reader, project, "");
}

StoredDelta StoreDelta(BlobStore& blobs, const model::Delta& delta) {
  std::size_t cells = 0;
  for (const model::AspectDelta& aspect : delta.aspects) cells += aspect.ordinals.size();
  if (cells <= kMostInlineSamples) return {DeltaToJson(delta), {}};
  return {{}, blobs.PutText(EncodeDelta(delta))};
}

std::string HashEntry(const std::string& previous, const LogEntry& entry, const StoredDelta& delta) {
  const Change& change = entry.change;
  base::Digest digest;
  digest.UpdateText(previous);
  digest.UpdateText(change.project.Text());
  digest.UpdateU64(change.sequence);
  digest.UpdateText(change.operation.Text());
  digest.UpdateText(change.author.Text());
  digest.UpdateU64(static_cast<std::uint64_t>(change.at));
  digest.UpdateU64(static_cast<std::uint64_t>(change.kind));
  digest.UpdateU64(static_cast<std::uint64_t>(entry.root_kind));
  digest.UpdateU64(entry.parity);
  digest.UpdateText(change.summary);
  digest.UpdateText(change.reason);
  digest.UpdateText(change.imported ? change.imported->import.Text() : "");
  digest.UpdateU64(change.imported ? change.imported->first : 0);
  digest.UpdateU64(change.imported ? change.imported->count : 0);
  digest.UpdateText(change.imported ? change.imported->batch : "");
  digest.UpdateText(change.run ? change.run->Text() : "");
  digest.UpdateU64(change.undoes.value_or(0));
  digest.UpdateText(delta.json);
  digest.UpdateText(delta.blob);
  return digest.FinishHex();
}

void WriteEntry(Writer& writer, const LogHead& head, const StoredDelta& delta, LogEntry& entry) {
  Change& change = entry.change;
  change.sequence = head.sequence + 1;
  change.at = writer.Now();
  std::uint32_t next_ordinal = head.next_ordinal;
  if (change.imported) {
    change.imported->first = next_ordinal;
    if (change.imported->count >= std::numeric_limits<Ordinal>::max() - next_ordinal) {
      throw Error(ErrorCode::kTooLarge,
                  "A project holds four billion samples at most. Bring the rest into another project.");
    }
    next_ordinal += change.imported->count;
  }
  entry.hash = HashEntry(head.hash, entry, delta);
  const auto& imported = change.imported;
  sql::Execute(
      writer,
      "INSERT INTO changes (project, sequence, operation, author, at, kind, root_kind, parity, summary, reason, "
      "import, import_first, "
      "import_count, import_batch, run, undoes, delta, delta_blob, hash) "
      "VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j, :k, :l, :m, :n, :o, :p, :q, :r, :s)",
      {change.project, change.sequence, change.operation, change.author, change.at, change.kind, entry.root_kind,
       entry.parity, change.summary, change.reason, imported ? std::optional(imported->import) : std::nullopt,
       imported ? std::optional(imported->first) : std::nullopt,
       imported ? std::optional(imported->count) : std::nullopt,
       imported ? std::optional(imported->batch) : std::nullopt, change.run, change.undoes, OrNull(delta.json),
       OrNull(delta.blob), entry.hash});
  sql::Execute(writer, "UPDATE projects SET head = :a, head_hash = :b, next_ordinal = :c WHERE id = :d",
               {change.sequence, entry.hash, next_ordinal, change.project});
}

std::vector<LogEntry> ReadEntries(Reader& reader, const BlobStore& blobs, const base::ProjectId& project,
                                  SequenceNumber after, SequenceNumber upto, std::size_t limit) {
  std::vector<LogEntry> entries;
  for (Row& row : ReadRows(reader, project, " AND sequence > :b AND sequence <= :c ORDER BY sequence LIMIT :d",
                           {after, upto, limit})) {
    row.entry.change.delta = LoadDelta(blobs, row.delta);
    entries.push_back(std::move(row.entry));
  }
  return entries;
}

std::optional<LogEntry> FindEntry(Reader& reader, const BlobStore& blobs, const base::ProjectId& project,
                                  SequenceNumber sequence) {
  if (sequence == 0) return std::nullopt;
  auto entries = ReadEntries(reader, blobs, project, sequence - 1, sequence, 1);
  if (entries.empty()) return std::nullopt;
  return std::move(entries.front());
}

std::vector<LogEntry> ListEntries(Reader& reader, const base::ProjectId& project, SequenceNumber before,
                                  std::size_t limit) {
  const SequenceNumber bound = before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
  std::vector<LogEntry> entries;
  for (Row& row : ReadRows(reader, project, " AND sequence < :b ORDER BY sequence DESC LIMIT :c", {bound, limit})) {
    entries.push_back(std::move(row.entry));
  }
  return entries;
}

std::pair<SequenceNumber, std::size_t> EndOfUndoChain(Reader& reader, const base::ProjectId& project,
                                                      SequenceNumber sequence) {
  std::size_t length = 0;
  while (const auto next = sql::SelectOne<SequenceNumber>(
             reader, "SELECT sequence FROM changes WHERE project = :a AND undoes = :b", {project, sequence})) {
    sequence = std::get<0>(*next);
    ++length;
  }
  return {sequence, length};
}

StoredDelta ReadStoredDelta(Reader& reader, const base::ProjectId& project, SequenceNumber sequence) {
  auto rows = ReadRows(reader, project, " AND sequence = :b", {sequence});
  return rows.empty() ? StoredDelta{} : std::move(rows.front().delta);
}

}  // namespace burnish::store

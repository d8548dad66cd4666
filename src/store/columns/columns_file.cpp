#include "store/columns/columns_file.hpp"

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/columns/batch.hpp"
#include "store/columns/columns_loader.hpp"

namespace burnish::store {

namespace {

constexpr const char* kTables[] = {
    "CREATE TABLE meta (format UINTEGER, project VARCHAR, applied UBIGINT, operation VARCHAR, digest VARCHAR, "
    "digest_at UBIGINT)",
    "CREATE TABLE classes (id USMALLINT, name VARCHAR, retired BOOLEAN, merged_into USMALLINT)",
    "CREATE TABLE tags (id UINTEGER, name VARCHAR)",
    "CREATE TABLE fields (id UINTEGER, name VARCHAR, type UTINYINT)",
    "CREATE TABLE imports (id VARCHAR, sequence UBIGINT, first UINTEGER, count UINTEGER, batch VARCHAR, media_first "
    "UINTEGER, fields_before UINTEGER, regions UINTEGER)",
    "CREATE TABLE media (media UINTEGER, kind UTINYINT, root VARCHAR, path VARCHAR, content BLOB, bytes UBIGINT, width "
    "UINTEGER, height UINTEGER)",
    "CREATE TABLE samples (ordinal UINTEGER, source VARCHAR, path VARCHAR, import UINTEGER, media UINTEGER, split "
    "UTINYINT, excluded BOOLEAN, "
    "withdrawn BOOLEAN, label_revision UINTEGER, changed UINTEGER, regions UINTEGER)",
    "CREATE TABLE labels (ordinal UINTEGER, label_set VARCHAR, class USMALLINT, state UTINYINT, geometry VARCHAR, "
    "attributes VARCHAR, author VARCHAR, "
    "revision UBIGINT)",
    "CREATE TABLE sample_tags (tag UINTEGER, ordinal UINTEGER)",
    "CREATE TABLE changes (sequence UBIGINT, operation VARCHAR, author VARCHAR, made_at BIGINT, kind UTINYINT, summary "
    "VARCHAR, reason VARCHAR)",
    "CREATE TABLE history (sequence UBIGINT, aspect UTINYINT, key UINTEGER, ordinal UINTEGER, before UINTEGER, after "
    "UINTEGER)",
};

constexpr duckdb_type kHistoryTypes[] = {DUCKDB_TYPE_UBIGINT,  DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_UINTEGER,
                                         DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_UINTEGER};
constexpr duckdb_type kEditTypes[] = {DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_UINTEGER};

SqlValue Number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

template <class T>
T Single(duck::Session& session, const std::string& sql) {
  duck::Rows rows = session.Query(sql);
  if (!rows.Next() || rows.IsNull(0, 0)) return T{};
  return rows.Values<T>(0)[0];
}

}  // namespace

ColumnsFile::ColumnsFile(const base::ProjectId& project, const duck::DatabaseOptions& options) : session_(options) {
  const bool fresh = Single<std::int64_t>(session_, "SELECT count(*) FROM information_schema.tables") == 0;
  if (fresh && !project.Empty()) CreateTables(project);
  ReadMeta();
  if (!project.Empty() && meta_.project != project.Text())
    throw base::Error(base::ErrorCode::kUnavailable, "The columns belong to another project.");
  session_.Run("CREATE TEMP TABLE edit (ordinal UINTEGER, value UINTEGER, sequence UINTEGER)");
}

void ColumnsFile::CreateTables(const base::ProjectId& project) {
  duck::Transaction transaction(session_);
  for (const char* table : kTables) session_.Run(table);
  session_.Run("INSERT INTO meta VALUES ($1, $2, 0, '', '', 0)",
               std::vector<SqlValue>{Number(kFormat), project.Text()});
  transaction.Commit();
}

void ColumnsFile::ReadMeta() {
  duck::Rows rows = session_.Query("SELECT format, project, applied, operation, digest, digest_at FROM meta");
  if (!rows.Next() || rows.Size() != 1) ThrowDamaged("it says nothing about itself");
  if (rows.Values<std::uint32_t>(0)[0] != kFormat)
    throw base::Error(base::ErrorCode::kUnavailable, "The columns were written by another version of Burnish.");
  meta_ = {std::string(rows.Text(1, 0)), rows.Values<std::uint64_t>(2)[0], std::string(rows.Text(3, 0)),
           std::string(rows.Text(4, 0)), rows.Values<std::uint64_t>(5)[0]};
  fields_.clear();
  duck::Rows fields = session_.Query("SELECT id, name, type FROM fields ORDER BY id");
  while (fields.Next()) {
    for (std::size_t i = 0; i < fields.Size(); ++i) {
      if (fields.Values<std::uint32_t>(0)[i] != fields_.size()) ThrowDamaged("a field is missing");
      fields_.push_back(
          {std::string(fields.Text(1, i)), static_cast<model::FieldType>(fields.Values<std::uint8_t>(2)[i])});
    }
  }
  samples_ = static_cast<std::uint32_t>(Single<std::int64_t>(session_, "SELECT count(*) FROM samples"));
  media_ = static_cast<std::uint32_t>(Single<std::int64_t>(session_, "SELECT count(*) FROM media"));
  imports_ = static_cast<std::uint32_t>(Single<std::int64_t>(session_, "SELECT count(*) FROM imports"));
}

void ColumnsFile::Apply(const std::vector<model::Change>& changes, const BatchFile& batch_file) {
  if (changes.empty()) return;
  const ColumnsMeta before = meta_;
  try {
    duck::Transaction transaction(session_);
    edits_.clear();
    touched_.clear();
    AppendHistory(changes);
    for (const model::Change& change : changes) {
      if (change.sequence != meta_.applied + 1)
        throw base::Error(base::ErrorCode::kInternal, "The columns were given changes out of order.");
      FoldOntology(change);
      if (change.imported) {
        FlushEdits();
        AppendImport(change, batch_file);
      }
      Collect(change);
      meta_.applied = change.sequence;
      meta_.operation = change.operation.Text();
    }
    FlushEdits();
    session_.Run("UPDATE meta SET applied = $1, operation = $2",
                 std::vector<SqlValue>{Number(meta_.applied), meta_.operation});
    BURNISH_FAILPOINT("columns.commit.before");
    transaction.Commit();
    BURNISH_FAILPOINT("columns.commit.after");
  } catch (...) {
    meta_ = before;
    try {
      ReadMeta();                   // counts and fields as they are in the file
    } catch (const base::Error&) {  // the file is of no use any more: the first failure says so
    }
    throw;
  }
}

void ColumnsFile::Collect(const model::Change& change) {
  const auto sequence = static_cast<std::uint32_t>(change.sequence);
  for (const model::AspectDelta& delta : change.delta.aspects) {
    Edits& edits = edits_[delta.aspect];
    for (std::size_t i = 0; i < delta.ordinals.size(); ++i) {
      edits[delta.ordinals[i]] = {delta.after[i], sequence};
      touched_[delta.ordinals[i]] = {0, sequence};
    }
  }
}

void ColumnsFile::AppendHistory(const std::vector<model::Change>& changes) {
  duck::Appender entries(session_, "changes");
  for (const model::Change& change : changes) {
    entries.U64(change.sequence)
        .Text(change.operation.Text())
        .Text(change.author.Text())
        .I64(change.at)
        .U8(static_cast<std::uint8_t>(change.kind));
    entries.Text(change.summary).Text(change.reason).EndRow();
  }
  entries.Close();
  duck::ChunkAppender rows(session_, "history", kHistoryTypes);
  for (const model::Change& change : changes) {
    for (const model::AspectDelta& delta : change.delta.aspects) {
      for (std::size_t i = 0; i < delta.ordinals.size(); ++i) {
        rows.Append(std::uint64_t{change.sequence}, static_cast<std::uint8_t>(delta.aspect.kind),
                    std::uint32_t{delta.aspect.key}, delta.ordinals[i], delta.before[i], delta.after[i]);
      }
    }
  }
  rows.Close();
}

void ColumnsFile::FoldOntology(const model::Change& change) {
  for (const model::ClassEdit& edit : change.delta.classes) {
    session_.Run("DELETE FROM classes WHERE id = $1", std::vector<SqlValue>{Number(edit.after.id)});
    duck::Appender classes(session_, "classes");
    classes.U16(edit.after.id).Text(edit.after.name).Bool(edit.after.retired);
    edit.after.merged_into ? classes.U16(*edit.after.merged_into) : classes.Null();
    classes.EndRow();
    classes.Close();
  }
  for (const model::TagAdded& tag : change.delta.tags) {
    session_.Run("INSERT INTO tags VALUES ($1, $2)", std::vector<SqlValue>{Number(tag.id), tag.name});
  }
}

void ColumnsFile::AppendImport(const model::Change& change, const BatchFile& batch_file) {
  const model::ImportedRange& range = *change.imported;
  session_.Run("INSERT INTO imports VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
               std::vector<SqlValue>{range.import.Text(), Number(change.sequence), Number(samples_),
                                     Number(range.count), range.batch, Number(media_), Number(fields_.size())});
  const std::uint32_t import = imports_++;
  if (range.batch.empty()) return;
  const std::filesystem::path file = batch_file(range.batch);
  if (!RegionBatch::IsOne(file)) return AppendBatch(change, import, file);
  session_.Run("UPDATE imports SET regions = $1 WHERE sequence = $2",
               std::vector<SqlValue>{Number(RegionBatch(file).Rows()), Number(change.sequence)});
}

// DuckDB reads the batch itself, column by column and on all its threads, and keeps the order of its rows: new samples,
// then new media of old ones.
void ColumnsFile::AppendBatch(const model::Change& change, std::uint32_t import, const std::filesystem::path& file) {
  const std::vector<model::Field> fields = FieldsOfBatch(session_, file);
  AddFields(fields);
  const std::string batch = " FROM read_parquet($1, file_row_number = true)";
  const std::string name = std::filesystem::absolute(file).string();
  const auto run = [&](const std::string& sql, std::vector<SqlValue> values) {
    values.insert(values.begin(), name);
    session_.Run(sql, values);
  };
  run("INSERT INTO media SELECT $2 + file_row_number, media_kind, media_root, media_path, content, bytes, width, "
      "height" +
          batch,
      {Number(media_)});
  std::string columns;
  for (const model::Field& known : fields_) {
    const auto place =
        std::find_if(fields.begin(), fields.end(), [&](const model::Field& field) { return field.name == known.name; });
    columns +=
        place == fields.end() ? ", NULL" : ", " + FieldColumnName(static_cast<std::size_t>(place - fields.begin()));
  }
  run("INSERT INTO samples SELECT $2 + file_row_number, source, path, $3, $4 + file_row_number, split, false, false, "
      "$5, "
      "$5, 0" +
          columns + batch + " WHERE replaces IS NULL",
      {Number(samples_), Number(import), Number(media_), Number(change.sequence)});
  run("INSERT INTO labels SELECT $2 + file_row_number, 'truth', class, label_state, NULL, NULL, $3, $4" + batch +
          " WHERE replaces IS NULL AND class IS NOT NULL",
      {Number(samples_), change.author.Text(), Number(change.sequence)});
  duck::Rows counts =
      session_.Query("SELECT count(*), count(*) FILTER (replaces IS NULL)" + batch, std::vector<SqlValue>{name});
  if (!counts.Next()) ThrowDamaged("a batch is empty");
  media_ += static_cast<std::uint32_t>(counts.Values<std::int64_t>(0)[0]);
  samples_ += static_cast<std::uint32_t>(counts.Values<std::int64_t>(1)[0]);
}

void ColumnsFile::AddFields(const std::vector<model::Field>& fields) {
  for (const model::Field& field : fields) {
    const auto known = std::find_if(fields_.begin(), fields_.end(),
                                    [&](const model::Field& other) { return other.name == field.name; });
    if (known != fields_.end()) {
      if (known->type != field.type) ThrowDamaged("a batch gives a field another type");
      continue;
    }
    session_.Run(
        "INSERT INTO fields VALUES ($1, $2, $3)",
        std::vector<SqlValue>{Number(fields_.size()), field.name, Number(static_cast<std::uint8_t>(field.type))});
    session_.Run("ALTER TABLE samples ADD COLUMN " + FieldColumnName(fields_.size()) +
                 (field.type == model::FieldType::kText ? " VARCHAR" : " DOUBLE"));
    fields_.push_back(field);
  }
}

void ColumnsFile::Stage(const Edits& edits) {
  session_.Run("DELETE FROM edit");
  duck::ChunkAppender staged(session_, "edit", kEditTypes);
  for (const auto& [ordinal, edit] : edits) staged.Append(ordinal, edit.value, edit.sequence);
  staged.Close();
}

void ColumnsFile::FlushEdits() {
  for (const auto& [aspect, edits] : edits_) FlushAspect(aspect, edits);
  if (!touched_.empty()) {
    Stage(touched_);
    session_.Run("UPDATE samples SET changed = edit.sequence FROM edit WHERE samples.ordinal = edit.ordinal");
  }
  edits_.clear();
  touched_.clear();
}

void ColumnsFile::FlushAspect(const model::Aspect& aspect, const Edits& edits) {
  Stage(edits);
  const auto update = [&](const std::string& set) {
    session_.Run("UPDATE samples SET " + set + " FROM edit WHERE samples.ordinal = edit.ordinal");
  };
  switch (aspect.kind) {
    case model::AspectKind::kSplit:
      return update("split = edit.value");
    case model::AspectKind::kExcluded:
      return update("excluded = (edit.value <> 0)");
    case model::AspectKind::kWithdrawn:
      return update("withdrawn = (edit.value <> 0)");
    case model::AspectKind::kMedia:
      return update("media = edit.value");
    case model::AspectKind::kRegions:
      return update("regions = edit.value");
    case model::AspectKind::kTag: {
      const std::vector<SqlValue> tag{Number(aspect.key)};
      session_.Run("DELETE FROM sample_tags WHERE tag = $1 AND ordinal IN (SELECT ordinal FROM edit)", tag);
      session_.Run("INSERT INTO sample_tags SELECT $1, ordinal FROM edit WHERE value <> 0", tag);
      return;
    }
    case model::AspectKind::kLabel:
      update("label_revision = edit.sequence");
      session_.Run(
          "DELETE FROM labels WHERE label_set = 'truth' AND geometry IS NULL AND ordinal IN (SELECT ordinal FROM "
          "edit)");
      session_.Run(
          "INSERT INTO labels SELECT e.ordinal, 'truth', e.value >> 16, e.value & 255, NULL, NULL, "
          "coalesce((SELECT any_value(c.author) FROM changes c WHERE c.sequence = e.sequence), ''), e.sequence "
          "FROM edit e WHERE (e.value >> 16) <> 65535");
      return;
  }
}

SnapshotPtr ColumnsFile::Load() { return LoadColumns(session_, meta_, fields_); }

void ColumnsFile::KeepDigest(const std::string& digest) {
  BURNISH_FAILPOINT("columns.digest.before");
  session_.Run("UPDATE meta SET digest = $1, digest_at = $2", std::vector<SqlValue>{digest, Number(meta_.applied)});
  meta_.digest = digest;
  meta_.digest_at = meta_.applied;
}

std::vector<HistoryEntry> ColumnsFile::HistoryOf(model::Ordinal ordinal) {
  std::vector<HistoryEntry> entries;
  duck::Rows rows = session_.Query(
      "SELECT h.sequence, c.author, c.made_at, c.kind, c.summary, c.reason, h.aspect, h.key, h.before, h.after "
      "FROM history h JOIN changes c ON c.sequence = h.sequence WHERE h.ordinal = $1 ORDER BY h.sequence DESC, "
      "h.aspect, h.key",
      std::vector<SqlValue>{Number(ordinal)});
  while (rows.Next()) {
    for (std::size_t i = 0; i < rows.Size(); ++i) {
      entries.push_back(
          {rows.Values<std::uint64_t>(0)[i],
           base::PersonId(std::string(rows.Text(1, i))),
           rows.Values<std::int64_t>(2)[i],
           static_cast<model::ChangeKind>(rows.Values<std::uint8_t>(3)[i]),
           std::string(rows.Text(4, i)),
           std::string(rows.Text(5, i)),
           {static_cast<model::AspectKind>(rows.Values<std::uint8_t>(6)[i]), rows.Values<std::uint32_t>(7)[i]},
           rows.Values<std::uint32_t>(8)[i],
           rows.Values<std::uint32_t>(9)[i]});
    }
  }
  return entries;
}

namespace {
std::vector<model::Ordinal> ReadOrdinals(duck::Rows rows) {
  std::vector<model::Ordinal> ordinals;
  while (rows.Next()) {
    const auto values = rows.Values<std::uint32_t>(0);
    ordinals.insert(ordinals.end(), values.begin(), values.end());
  }
  return ordinals;
}
}  // namespace

std::vector<model::Ordinal> ColumnsFile::ChangedIn(model::SequenceNumber after, model::SequenceNumber upto) {
  return ReadOrdinals(session_.Query(
      "SELECT ordinal FROM history WHERE sequence > $1 AND sequence <= $2 UNION "
      "SELECT s.ordinal FROM samples s JOIN imports i ON s.ordinal >= i.first AND s.ordinal < i.first + i.count "
      "WHERE i.sequence > $1 AND i.sequence <= $2 ORDER BY 1",
      std::vector<SqlValue>{Number(after), Number(upto)}));
}

std::vector<model::Ordinal> ColumnsFile::Select(const SqlFilter& filter) {
  return ReadOrdinals(session_.Query("SELECT s.ordinal FROM samples s WHERE " + filter.where + " ORDER BY s.ordinal",
                                     filter.parameters));
}

}  // namespace burnish::store

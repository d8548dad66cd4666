#include "store/columns/batch.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "store/columns/duck.hpp"

namespace burnish::store {

namespace json = boost::json;

namespace {

constexpr int kBatchFormat = 1;
constexpr std::size_t kPieceRows = 2'048;

// Metadata travel as JSON in the Parquet file's key-value list, under "burnish". A JSON text can hold no bare quote
// once ' is escaped.
std::string Metadata(const json::object& values) {
  std::string safe;
  for (const char c : json::serialize(values)) {
    if (c == '\'') {
      safe += "\\u0027";
    } else {
      safe += c;
    }
  }
  return safe;
}

json::object ReadMetadata(duck::Session& session, const std::string& file, std::string_view kind) {
  duck::Rows rows = session.Query("SELECT value FROM parquet_kv_metadata($1) WHERE key = 'burnish'::BLOB",
                                  std::vector<SqlValue>{file});
  boost::system::error_code failure;
  json::value value;
  if (rows.Next()) value = json::parse(rows.Text(0, 0), failure);
  const json::object* object = value.if_object();
  if (failure || object == nullptr || !object->contains("kind") || object->at("kind") != json::value(kind)) {
    throw base::Error(base::ErrorCode::kUnavailable, "A batch of this project is not what it should be.");
  }
  if (!object->contains("format") || object->at("format") != json::value(kBatchFormat))
    throw base::Error(base::ErrorCode::kUnavailable,
                      "A batch of this project was written by another version of Burnish.");
  return *object;
}

std::string FieldColumnType(model::FieldType type) { return type == model::FieldType::kText ? "VARCHAR" : "DOUBLE"; }

void CopyToParquet(duck::Session& session, const std::string& table, const std::filesystem::path& file,
                   const json::object& metadata) {
  session.Run("COPY " + table + " TO " + duck::Literal(file.string()) +
              " (FORMAT parquet, COMPRESSION zstd, KV_METADATA {burnish: " + duck::Literal(Metadata(metadata)) + "})");
}

duck::DatabaseOptions MemoryDatabase(const std::filesystem::path& scratch) {
  duck::DatabaseOptions options;
  options.folders = {std::filesystem::absolute(scratch)};
  options.scratch = std::filesystem::absolute(scratch) / "duckdb-spill";
  options.threads = 1;
  return options;
}

duck::DatabaseOptions ReadingDatabase(const std::filesystem::path& file) {
  duck::DatabaseOptions options;
  options.folders = {std::filesystem::absolute(file).parent_path()};
  return options;
}

}  // namespace

class BatchWriter::Impl {
 public:
  Impl(std::vector<model::Field> fields, const std::filesystem::path& scratch)
      : fields_(std::move(fields)), session_(MemoryDatabase(scratch)), scratch_(scratch) {
    std::set<std::string> names;
    std::string columns;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!names.insert(fields_[i].name).second) {
        throw base::Error(base::ErrorCode::kInvalidArgument, "The field \"" + fields_[i].name + "\" is there twice.",
                          fields_[i].name);
      }
      columns += ", f_" + std::to_string(i) + " " + FieldColumnType(fields_[i].type);
    }
    session_.Run(
        "CREATE TABLE batch (source VARCHAR, path VARCHAR, media_kind UTINYINT, media_root VARCHAR, media_path "
        "VARCHAR, content BLOB, bytes UBIGINT, "
        "width UINTEGER, height UINTEGER, split UTINYINT, class USMALLINT, label_state UTINYINT, replaces UINTEGER" +
        columns + ")");
    appender_ = std::make_unique<duck::Appender>(session_, "batch");
  }

  void Append(const SampleRow& row) {
    if (!row.replaces && replacing_)
      throw base::Error(base::ErrorCode::kInvalidArgument, "New samples must come before new media of old ones.",
                        row.path);
    replacing_ = row.replaces.has_value();
    duck::Appender& to = *appender_;
    to.Text(row.source)
        .Text(row.path)
        .U8(static_cast<std::uint8_t>(row.media.kind))
        .Text(row.media.location.root)
        .Text(row.media.location.path);
    to.Blob(row.media.content.bytes)
        .U64(row.media.bytes)
        .U32(row.media.width)
        .U32(row.media.height)
        .U8(static_cast<std::uint8_t>(row.split));
    const model::ClassId id = model::LabelClass(row.label);
    id == model::kNoClass ? to.Null().Null() : to.U16(id).U8(static_cast<std::uint8_t>(model::StateOfLabel(row.label)));
    row.replaces ? to.U32(*row.replaces) : to.Null();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const bool missing = i >= row.fields.size() || row.fields[i].missing;
      if (missing || (fields_[i].type != model::FieldType::kText && std::isnan(row.fields[i].number))) {
        to.Null();
      } else if (fields_[i].type == model::FieldType::kText) {
        to.Text(row.fields[i].text);
      } else {
        to.F64(row.fields[i].number);
      }
    }
    to.EndRow();
    ++rows_;
  }

  std::uint64_t Rows() const noexcept { return rows_; }

  void Finish(const std::filesystem::path& file) {
    appender_->Close();
    json::array fields;
    for (const model::Field& field : fields_) {
      fields.push_back(
          json::object{{"name", field.name}, {"type", model::kFieldTypeNames[static_cast<std::size_t>(field.type)]}});
    }
    CopyToParquet(session_, "batch", file, {{"kind", "samples"}, {"format", kBatchFormat}, {"fields", fields}});
  }

 private:
  std::vector<model::Field> fields_;
  duck::Session session_;
  std::filesystem::path scratch_;
  std::unique_ptr<duck::Appender> appender_;
  bool replacing_ = false;
  std::uint64_t rows_ = 0;
};

BatchWriter::BatchWriter(std::vector<model::Field> fields, const std::filesystem::path& scratch)
    : impl_(std::make_unique<Impl>(std::move(fields), scratch)) {}
BatchWriter::~BatchWriter() = default;
void BatchWriter::Append(const SampleRow& row) { impl_->Append(row); }
std::uint64_t BatchWriter::Rows() const noexcept { return impl_->Rows(); }
void BatchWriter::Finish(const std::filesystem::path& file) { impl_->Finish(file); }

namespace {

std::vector<model::Field> FieldsOf(const json::object& metadata) {
  std::vector<model::Field> fields;
  for (const json::value& value : metadata.at("fields").as_array()) {
    const std::string_view type = value.at("type").as_string();
    const auto found = std::find(model::kFieldTypeNames.begin(), model::kFieldTypeNames.end(), type);
    if (found == model::kFieldTypeNames.end())
      throw base::Error(base::ErrorCode::kUnavailable, "A batch of this project has a field of an unknown type.");
    fields.push_back({std::string(value.at("name").as_string()),
                      static_cast<model::FieldType>(found - model::kFieldTypeNames.begin())});
  }
  return fields;
}

// The rows of an open batch, 2,048 at most at a time.
class BatchReader {
 public:
  explicit BatchReader(const std::filesystem::path& file) : session_(ReadingDatabase(file)) {
    const std::string name = std::filesystem::absolute(file).string();
    fields_ = FieldsOf(ReadMetadata(session_, name, "samples"));
    std::string columns;
    for (std::size_t i = 0; i < fields_.size(); ++i) columns += ", f_" + std::to_string(i);
    rows_.emplace(
        session_.Query("SELECT source, path, media_kind, media_root, media_path, content, bytes, width, height, split, "
                       "class, label_state, replaces" +
                           columns + " FROM read_parquet($1)",
                       std::vector<SqlValue>{name}));
  }

  const std::vector<model::Field>& Fields() const { return fields_; }

  bool Next(std::vector<SampleRow>& out) {
    if (!rows_->Next()) return false;
    out.resize(rows_->Size());
    for (std::size_t i = 0; i < out.size(); ++i) ReadRow(i, out[i]);
    return true;
  }

 private:
  void ReadRow(std::size_t i, SampleRow& row) const {
    const duck::Rows& rows = *rows_;
    row.source = rows.Text(0, i);
    row.path = rows.Text(1, i);
    row.media.kind = static_cast<model::MediaKind>(rows.Values<std::uint8_t>(2)[i]);
    row.media.location = {std::string(rows.Text(3, i)), std::string(rows.Text(4, i))};
    const std::string_view content = rows.Text(5, i);
    if (content.size() != row.media.content.bytes.size())
      throw base::Error(base::ErrorCode::kUnavailable, "A batch of this project is damaged.");
    std::copy(content.begin(), content.end(), row.media.content.bytes.begin());
    row.media.bytes = rows.Values<std::uint64_t>(6)[i];
    row.media.width = rows.Values<std::uint32_t>(7)[i];
    row.media.height = rows.Values<std::uint32_t>(8)[i];
    row.split = static_cast<model::Split>(rows.Values<std::uint8_t>(9)[i]);
    row.label = rows.IsNull(10, i) ? model::kNoLabelCode
                                   : model::PackLabel(rows.Values<std::uint16_t>(10)[i],
                                                      static_cast<model::LabelState>(rows.Values<std::uint8_t>(11)[i]));
    row.replaces.reset();
    if (!rows.IsNull(12, i)) row.replaces = rows.Values<std::uint32_t>(12)[i];
    row.fields.resize(fields_.size());
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      model::FieldValue& value = row.fields[f];
      value = {};
      value.missing = rows.IsNull(13 + f, i);
      if (value.missing) continue;
      if (fields_[f].type == model::FieldType::kText) {
        value.text = rows.Text(13 + f, i);
      } else {
        value.number = rows.Values<double>(13 + f)[i];
      }
    }
  }

  duck::Session session_;
  std::vector<model::Field> fields_;
  std::optional<duck::Rows> rows_;
};

}  // namespace

std::vector<model::Field> FieldsOfBatch(duck::Session& session, const std::filesystem::path& file) {
  try {
    return FieldsOf(ReadMetadata(session, std::filesystem::absolute(file).string(), "samples"));
  } catch (const boost::system::system_error&) {
    throw base::Error(base::ErrorCode::kUnavailable, "A batch of this project is not what it should be.");
  }
}

BatchSource OpenBatch(const std::filesystem::path& file) {
  if (RegionBatch::IsOne(file))
    return {{}, [](std::vector<SampleRow>&) { return false; }, std::make_shared<const RegionBatch>(file)};
  try {
    auto reader = std::make_shared<BatchReader>(file);
    return {reader->Fields(), [reader](std::vector<SampleRow>& rows) { return reader->Next(rows); }, nullptr};
  } catch (const boost::system::system_error&) {
    throw base::Error(base::ErrorCode::kUnavailable, "A batch of this project is not what it should be.");
  }
}

class PredictionWriter::Impl {
 public:
  Impl(std::vector<model::ClassId> classes, const std::filesystem::path& scratch)
      : classes_(std::move(classes)), session_(MemoryDatabase(scratch)) {
    session_.Run(
        "CREATE TABLE predictions (ordinal UINTEGER, class USMALLINT, confidence FLOAT, probabilities FLOAT[])");
    appender_ = std::make_unique<duck::Appender>(session_, "predictions");
  }

  void Append(const PredictionRow& row) {
    duck::Appender& to = *appender_;
    to.U32(row.ordinal);
    row.predicted == model::kNoClass ? to.Null() : to.U16(row.predicted);
    std::isnan(row.confidence) ? to.Null() : to.F32(row.confidence);
    row.probabilities.empty() ? to.Null() : to.Floats(row.probabilities);
    to.EndRow();
  }

  void Finish(const std::filesystem::path& file) {
    appender_->Close();
    json::array classes;
    for (const model::ClassId id : classes_) classes.emplace_back(id);
    CopyToParquet(session_, "predictions", file,
                  {{"kind", "predictions"}, {"format", kBatchFormat}, {"classes", classes}});
  }

 private:
  std::vector<model::ClassId> classes_;
  duck::Session session_;
  std::unique_ptr<duck::Appender> appender_;
};

PredictionWriter::PredictionWriter(std::vector<model::ClassId> classes, const std::filesystem::path& scratch)
    : impl_(std::make_unique<Impl>(std::move(classes), scratch)) {}
PredictionWriter::~PredictionWriter() = default;
void PredictionWriter::Append(const PredictionRow& row) { impl_->Append(row); }
void PredictionWriter::Finish(const std::filesystem::path& file) { impl_->Finish(file); }

PredictionBatch ReadPredictions(const std::filesystem::path& file) {
  PredictionBatch batch;
  duck::Session session(ReadingDatabase(file));
  const std::string name = std::filesystem::absolute(file).string();
  const json::object metadata = ReadMetadata(session, name, "predictions");
  for (const json::value& id : metadata.at("classes").as_array())
    batch.classes.push_back(id.to_number<model::ClassId>());
  duck::Rows rows = session.Query("SELECT ordinal, class, confidence, probabilities FROM read_parquet($1)",
                                  std::vector<SqlValue>{name});
  while (rows.Next()) {
    for (std::size_t i = 0; i < rows.Size(); ++i) {
      PredictionRow row;
      row.ordinal = rows.Values<std::uint32_t>(0)[i];
      if (!rows.IsNull(1, i)) row.predicted = rows.Values<std::uint16_t>(1)[i];
      if (!rows.IsNull(2, i)) row.confidence = rows.Values<float>(2)[i];
      if (!rows.IsNull(3, i)) {
        const std::span<const float> probabilities = rows.Floats(3, i);
        row.probabilities.assign(probabilities.begin(), probabilities.end());
      }
      batch.rows.push_back(std::move(row));
    }
  }
  return batch;
}

RunColumns ToRunColumns(const PredictionBatch& batch, base::RunId run, std::string name) {
  RunColumns columns;
  columns.run = std::move(run);
  columns.name = std::move(name);
  columns.probability_classes = batch.classes;
  std::size_t size = 0;
  for (const PredictionRow& row : batch.rows) size = std::max<std::size_t>(size, std::size_t{row.ordinal} + 1);
  columns.predicted.assign(size, model::kNoClass);
  columns.confidence.assign(size, kMissingFloat);
  columns.margin.assign(size, kMissingFloat);
  for (const PredictionRow& row : batch.rows) {
    columns.predicted[row.ordinal] = row.predicted;
    columns.confidence[row.ordinal] = row.confidence;
    if (row.probabilities.size() < 2) continue;
    float first = -1, second = -1;
    for (const float probability : row.probabilities) {
      if (probability > first) {
        second = std::exchange(first, probability);
      } else {
        second = std::max(second, probability);
      }
    }
    columns.margin[row.ordinal] = first - second;
  }
  return columns;
}

}  // namespace burnish::store

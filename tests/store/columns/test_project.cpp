#include "store/columns/test_project.hpp"

#include <unistd.h>

#include <atomic>
#include <random>

namespace burnish::store {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "burnish-columns-XXXXXX").string();
  path_ = mkdtemp(name.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

SampleRow Row(const std::string& path, model::Split split, std::uint32_t label, std::vector<model::FieldValue> fields) {
  SampleRow row;
  row.source = "photos";
  row.path = path;
  row.media.location = {"photos", path};
  row.media.content = base::HashContent(std::as_bytes(std::span(path.data(), path.size())));
  row.media.bytes = path.size() * 1'000;
  row.media.width = 28;
  row.media.height = static_cast<std::uint32_t>(20 + path.size());
  row.split = split;
  row.label = label;
  row.fields = std::move(fields);
  return row;
}

model::FieldValue Text(std::string text) { return {false, 0, std::move(text)}; }
model::FieldValue Number(double number) { return {false, number, {}}; }

TestProject::TestProject() : now_(EmptySnapshot(base::ProjectId("project"))) { past_.push_back(now_); }

const model::Change& TestProject::AddClasses(std::initializer_list<std::string> names) {
  model::Change change;
  change.kind = model::ChangeKind::kOntology;
  auto id = static_cast<model::ClassId>(now_->ontology.Classes().size());
  for (const std::string& name : names)
    change.delta.classes.push_back({std::nullopt, {id++, name, false, std::nullopt}});
  return Append(std::move(change));
}

std::uint32_t TestProject::AddTag(const std::string& name) {
  model::Change change;
  const auto id = static_cast<std::uint32_t>(now_->tag_names.size());
  change.delta.tags.push_back({id, name});
  Append(std::move(change));
  return id;
}

const model::Change& TestProject::Import(const std::vector<model::Field>& fields, const std::vector<SampleRow>& rows) {
  const std::string name = "batch-" + std::to_string(batches_++);
  BatchWriter writer(fields, folder_.Path());
  std::uint32_t count = 0;
  model::Change change;
  model::AspectDelta media{{model::AspectKind::kMedia, 0}, {}, {}, {}};
  for (const SampleRow& row : rows) {
    writer.Append(row);
    if (row.replaces) {
      media.ordinals.push_back(*row.replaces);
      media.before.push_back(now_->media[*row.replaces]);
      media.after.push_back(static_cast<std::uint32_t>(now_->media_kinds.Size() + writer.Rows() - 1));
    } else {
      ++count;
    }
  }
  writer.Finish(folder_.Path() / name);
  change.kind = model::ChangeKind::kImport;
  change.imported = model::ImportedRange{base::ImportId("import-" + std::to_string(now_->imports.size())),
                                         static_cast<model::Ordinal>(now_->Size()), count, name};
  if (!media.ordinals.empty()) change.delta.aspects.push_back(media);
  return Append(std::move(change));
}

const model::Change& TestProject::Set(model::Aspect aspect, const std::vector<model::Ordinal>& ordinals,
                                      std::uint32_t value) {
  model::Change change;
  model::AspectDelta delta{aspect, {}, {}, {}};
  for (const model::Ordinal ordinal : ordinals) {
    const std::uint32_t before = now_->Code(aspect, ordinal);
    if (before == value) continue;
    delta.ordinals.push_back(ordinal);
    delta.before.push_back(before);
    delta.after.push_back(value);
  }
  if (!delta.ordinals.empty()) change.delta.aspects.push_back(std::move(delta));
  return Append(std::move(change));
}

const model::Change& TestProject::Append(model::Change change) {
  change.project = base::ProjectId("project");
  change.sequence = now_->as_of + 1;
  change.operation = base::OperationId("operation-" + std::to_string(change.sequence));
  change.author = base::PersonId("anna");
  change.at = static_cast<base::Micros>(1'000'000 * change.sequence);
  if (change.summary.empty()) change.summary = "Change " + std::to_string(change.sequence);
  now_ = ApplyChange(*now_, change, Opener());
  past_.push_back(now_);
  const std::lock_guard lock(mutex_);
  changes_.push_back(std::move(change));
  return changes_.back();
}

std::vector<model::Change> TestProject::Changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

ProjectTruth TestProject::Truth() {
  return {base::ProjectId("project"),
          [this](model::SequenceNumber after, std::size_t limit) {
            const std::lock_guard lock(mutex_);
            std::vector<model::Change> piece;
            for (std::size_t i = after; i < changes_.size() && piece.size() < limit; ++i) piece.push_back(changes_[i]);
            return piece;
          },
          [this] {
            const std::lock_guard lock(mutex_);
            return static_cast<model::SequenceNumber>(changes_.size());
          },
          BatchFile(), folder_.Path()};
}

ProjectViewOptions TestProject::Options() const {
  ProjectViewOptions options;
  options.file = File();
  options.probe_program = BURNISH_PROBE_COLUMNS;
  options.memory_bytes = 256U << 20U;
  return options;
}

std::function<BatchSource(const std::string&)> TestProject::Opener() const {
  return [this](const std::string& batch) { return OpenBatch(folder_.Path() / batch); };
}

std::function<std::filesystem::path(const std::string&)> TestProject::BatchFile() const {
  return [this](const std::string& batch) { return folder_.Path() / batch; };
}

void TestProject::ForgetAfter(model::SequenceNumber sequence) {
  const std::lock_guard lock(mutex_);
  changes_.resize(sequence);
  past_.resize(sequence + 1);
  now_ = past_.back();
}

void TestProject::RewriteOperation(model::SequenceNumber sequence, const std::string& operation) {
  const std::lock_guard lock(mutex_);
  changes_[sequence - 1].operation = base::OperationId(operation);
}

namespace {

model::FieldValue RandomValue(std::mt19937& engine, model::FieldType type) {
  if (engine() % 5 == 0) return Missing();
  static const char* kTexts[] = {"Hamburg", "bergen", "Ärgernis", "ЖУК", "'; DROP TABLE samples; --", "a\"b", ""};
  switch (type) {
    case model::FieldType::kText:
      return Text(kTexts[engine() % std::size(kTexts)]);
    case model::FieldType::kNumber:
      return Number((static_cast<double>(engine() % 2'000) - 1'000) / 8);
    case model::FieldType::kBoolean:
      return Number(engine() % 2);
    case model::FieldType::kTime:
      return Number(1.6e15 + static_cast<double>(engine() % 1'000) * 1e9);
  }
  return Missing();
}

std::vector<model::Ordinal> RandomOrdinals(std::mt19937& engine, std::size_t size) {
  std::vector<model::Ordinal> ordinals;
  const unsigned one_in = 1 + engine() % 9;
  for (model::Ordinal i = 0; i < size; ++i) {
    if (engine() % one_in == 0) ordinals.push_back(i);
  }
  return ordinals;
}

}  // namespace

void FillAtRandom(TestProject& project, unsigned seed, std::size_t samples, int edits) {
  std::mt19937 engine(seed);
  project.AddClasses({"Shirt", "Coat", "Dress", "it's \"odd\""});
  project.AddTag("blurry");
  project.AddTag("'; --");
  const std::vector<model::Field> all = {{"site", model::FieldType::kText},
                                         {"age", model::FieldType::kNumber},
                                         {"indoor", model::FieldType::kBoolean},
                                         {"captured", model::FieldType::kTime},
                                         {"split", model::FieldType::kText}};
  std::size_t made = 0;
  for (std::size_t piece = 0; made < samples; ++piece) {
    const std::vector<model::Field> fields(all.begin(), all.begin() + (piece == 0 ? 3 : 5));
    std::vector<SampleRow> rows;
    for (std::size_t i = 0; i < samples / 2 + 1 && made < samples; ++i, ++made) {
      std::vector<model::FieldValue> values;
      for (const model::Field& field : fields) values.push_back(RandomValue(engine, field.type));
      SampleRow row = Row("Folder" + std::to_string(engine() % 7) + "/Bild_" + std::to_string(made) + ".JPG",
                          static_cast<model::Split>(engine() % 4),
                          engine() % 3 == 0 ? model::kNoLabelCode
                                            : Labeled(static_cast<model::ClassId>(engine() % 4),
                                                      static_cast<model::LabelState>(engine() % 4)),
                          std::move(values));
      if (engine() % 6 == 0) row.media.content = base::HashContent(std::as_bytes(std::span("twin", 1 + engine() % 3)));
      rows.push_back(std::move(row));
    }
    project.Import(fields, rows);
  }
  for (int i = 0; i < edits; ++i) {
    const std::vector<model::Ordinal> ordinals = RandomOrdinals(engine, samples);
    switch (engine() % 5) {
      case 0:
        project.Set({model::AspectKind::kLabel, 0}, ordinals,
                    engine() % 4 == 0 ? model::kNoLabelCode : Labeled(static_cast<model::ClassId>(engine() % 4)));
        break;
      case 1:
        project.Set({model::AspectKind::kSplit, 0}, ordinals, engine() % 4);
        break;
      case 2:
        project.Set({model::AspectKind::kExcluded, 0}, ordinals, engine() % 2);
        break;
      case 3:
        project.Set({model::AspectKind::kTag, static_cast<std::uint32_t>(engine() % 2)}, ordinals, engine() % 2);
        break;
      default:
        project.Set({model::AspectKind::kWithdrawn, 0},
                    {ordinals.begin(), ordinals.begin() + static_cast<std::ptrdiff_t>(ordinals.size() / 8)},
                    engine() % 2);
    }
  }
}

}  // namespace burnish::store

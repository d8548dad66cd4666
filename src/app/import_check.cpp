#include "app/import_check.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include "app/import_source.hpp"
#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/profile.hpp"
#include "formats/registry.hpp"
#include "formats/stage.hpp"
#include "formats/table_format.hpp"
#include "formats/text.hpp"
#include "store/catalog/fields.hpp"

namespace burnish::app {
namespace {

using base::Error;
using base::ErrorCode;
using formats::ProblemCode;
using formats::Role;

constexpr std::size_t kThumbnails = 24;
constexpr int kThumbnailSide = 96;
constexpr std::size_t kPreviewClassNames = 1'000;
// Contents are read for the preview only where they can matter, and not beyond this.
constexpr std::uint64_t kMaxHashedBytes = 4ULL << 30U;

struct Checking {
  const Services& services;
  const formats::Reader& reader;
  OpenProject& project;
  ImportSession& session;
  const ImportChoices& choices;
  jobs::Context& job;
  store::SnapshotPtr snapshot;
};

// A sample of the source, without its fields.
struct Row {
  std::string path;
  std::size_t file = formats::kNoFile;
  std::optional<std::string> class_name;
  std::optional<model::Split> split;
  bool readable = true;
};

formats::ImportPlan PlanOf(const Checking& check, const OpenedSource& source) {
  if (!check.choices.format) return formats::Detect(*source.files, check.reader, source.table);
  auto detected = formats::Detect(*source.files, check.reader, source.table);
  if (detected.format == *check.choices.format) return detected;
  for (const auto& other : detected.alternatives) {
    if (other.format != *check.choices.format) continue;
    auto plan = formats::Inspect(*source.files, other.format, other.table, check.reader);
    plan.alternatives = detected.alternatives;
    plan.alternatives.push_back({detected.format, detected.mapping.table, detected.confidence, detected.sentence});
    return plan;
  }
  throw Error(ErrorCode::kInvalidArgument,
              "This source cannot be read as " + std::string(formats::FormatName(*check.choices.format)) +
                  "; choose another format.",
              "format");
}

// The person's choices over the guess. Fields that the project has keep their types.
formats::Mapping MappingOf(const Checking& check, const formats::ImportPlan& plan, bool server_table) {
  formats::Mapping mapping = plan.mapping;
  if (check.choices.media_base && !server_table) mapping.base = *check.choices.media_base;
  for (const auto& [value, class_name] : check.choices.class_values) mapping.class_values[value] = class_name;
  const auto fields =
      check.services.catalog.Read([&](store::Reader& reader) { return store::LoadFields(reader, check.project.Id()); });
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    auto& column = mapping.columns.at(i);
    const auto choice = check.choices.columns.find(plan.columns[i].name);
    const bool typed = choice != check.choices.columns.end() && choice->second.type;
    if (choice != check.choices.columns.end()) column.role = choice->second.role;
    if (column.role != Role::kField) continue;
    if (column.name.empty()) column.name = plan.columns[i].name;
    if (typed) column.type = *choice->second.type;
    const auto known =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.name == column.name; });
    if (known == fields.end() || known->type == column.type) continue;
    if (typed) {
      throw Error(
          ErrorCode::kInvalidArgument,
          "The project has a field \"" + column.name + "\" of another type; choose that type, or leave the column out.",
          column.name);
    }
    column.type = known->type;
  }
  return mapping;
}

std::vector<Row> ReadRows(const Checking& check, const formats::FileSet& files, const formats::Mapping& mapping,
                          formats::MappedSummary& summary, formats::Problems& problems) {
  std::vector<Row> rows;
  summary = formats::ReadSamples(
      files, mapping, check.reader, formats::Pictures::kWithout,
      [&](formats::StagedSample&& sample) {
        rows.push_back({std::move(sample.path), sample.file, std::move(sample.class_name), sample.split, true});
        if (rows.size() % 1'000 == 0) {
          check.job.Report(rows.size(), 0, "rows", "Reading rows");
          check.job.ThrowIfStopped();
        }
        return true;
      },
      problems);
  return rows;
}

// Every file's header: what is no picture is known before the import.
void ReadHeaders(const Checking& check, const formats::FileSet& files, std::vector<Row>& rows,
                 formats::Problems& problems) {
  std::vector<base::FileDescriptor> open(rows.size());
  std::vector<media::DecodeCode> codes(rows.size(), media::DecodeCode::kOk);
  std::vector<std::uint8_t> misnamed(rows.size(), 0);
  std::atomic<std::uint64_t> done = 0;
  std::mutex reporting;
  check.services.decoders.DecodeEach(
      rows.size(), {},
      [&](std::size_t i) {
        try {
          open[i] = files.Open(rows[i].file);
          return media::DecodeInput::File(open[i].Get());
        } catch (const Error&) {
          return media::DecodeInput{};
        }
      },
      [&](std::size_t i, media::Decoded decoded) {
        codes[i] = open[i].Valid() ? decoded.code : media::DecodeCode::kUnreadable;
        open[i] = base::FileDescriptor();
        misnamed[i] = decoded.Ok() && formats::NamedOtherwise(rows[i].path, decoded.type) ? 1 : 0;
        const auto count = ++done;
        const std::unique_lock lock(reporting, std::try_to_lock);
        if (lock) check.job.Report(count, rows.size(), "pictures", "Reading headers");
      },
      [&] { return check.job.Stop().stop_requested(); });
  check.job.ThrowIfStopped();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].readable = codes[i] == media::DecodeCode::kOk;
    if (!rows[i].readable) problems.Add(ProblemOf(codes[i]), rows[i].path);
    if (misnamed[i] != 0) problems.Add(ProblemCode::kWrongExtension, rows[i].path);
  }
}

std::optional<base::ContentHash> HashOf(const formats::FileSet& files, std::size_t file) {
  try {
    const std::string bytes = base::ReadAll(files.Open(file), formats::kMaxImageBytes);
    return base::HashContent(std::as_bytes(std::span(bytes)));
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Compares with the project. A content is read only where the path is known, or another file of its size exists.
ImportDifference Compare(const Checking& check, const formats::FileSet& files, const std::vector<Row>& rows,
                         const std::string& source) {
  const auto known = KnownSamples(*check.snapshot, source);
  std::unordered_map<std::uint64_t, int> sizes;
  for (const auto& row : rows) {
    if (row.file != formats::kNoFile) ++sizes[files.Files()[row.file].bytes];
  }
  std::unordered_map<std::string_view, bool> known_paths;
  for (const auto& sample : known) {
    known_paths.emplace(sample.path, true);
    ++sizes[check.snapshot->MediaOf(sample.ordinal).bytes];
  }
  std::vector<formats::IncomingSample> incoming;
  std::uint64_t hashed = 0;
  std::uint64_t unread = 0;
  for (const auto& row : rows) {
    if (!row.readable) continue;
    std::optional<base::ContentHash> content;
    if (row.file != formats::kNoFile) {
      const auto bytes = files.Files()[row.file].bytes;
      if ((known_paths.contains(row.path) || sizes[bytes] > 1) && hashed + bytes <= kMaxHashedBytes)
        content = HashOf(files, row.file);
      hashed += content ? bytes : 0;
    }
    if (!content) {
      content.emplace();  // equals nothing
      ++unread;
      for (std::size_t i = 0; i < sizeof unread; ++i) content->bytes[i] = static_cast<std::uint8_t>(unread >> (8 * i));
    }
    incoming.push_back({row.path, *content, row.class_name});
    if (incoming.size() % 256 == 0) {
      check.job.Report(incoming.size(), rows.size(), "pictures", "Comparing with the project");
      check.job.ThrowIfStopped();
    }
  }
  const auto all = formats::Reconcile(known, incoming);
  return {all.added,       all.unchanged,  all.content_differs, all.label_differs,
          all.fills_label, all.duplicates, all.missing.size()};
}

std::string Thumbnail(const Checking& check, const media::DecodeInput& input) {
  media::DecodeWants wants;
  wants.thumbnail_sides = {kThumbnailSide};
  const auto decoded = check.services.decoders.Decode(input, wants);
  if (!decoded.Ok() || decoded.thumbnails.empty()) return {};
  const auto& bytes = decoded.thumbnails[0].bytes;
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The first rows as the mapping reads them.
std::vector<ImportPreviewRow> Preview(const Checking& check, const formats::FileSet& files,
                                      const formats::Mapping& mapping) {
  std::vector<ImportPreviewRow> rows;
  const auto fields = formats::FieldsOf(mapping);
  formats::Problems ignored;
  formats::ReadSamples(
      files, mapping, check.reader, formats::Pictures::kWith,
      [&](formats::StagedSample&& sample) {
        ImportPreviewRow row;
        row.path = sample.path;
        row.class_name = sample.class_name.value_or("");
        if (sample.split) row.split = model::SplitName(*sample.split);
        for (std::size_t i = 0; i < fields.size(); ++i) {
          const auto& value = sample.fields[i];
          if (value.missing) continue;
          formats::Cell cell{formats::Cell::Kind::kNumber, value.number, value.text};
          if (fields[i].type == model::FieldType::kText) cell.kind = formats::Cell::Kind::kText;
          if (fields[i].type == model::FieldType::kBoolean) cell.kind = formats::Cell::Kind::kBoolean;
          if (fields[i].type == model::FieldType::kTime) cell.kind = formats::Cell::Kind::kTime;
          row.values[fields[i].name] = formats::CellText(cell);
        }
        if (rows.size() < kThumbnails) {
          const bool inside = sample.file == formats::kNoFile;
          const auto file = inside ? base::FileDescriptor() : files.Open(sample.file);
          row.thumbnail = Thumbnail(
              check, inside ? media::DecodeInput::Memory(sample.bytes) : media::DecodeInput::File(file.Get()));
        }
        rows.push_back(std::move(row));
        return rows.size() < formats::kPreviewRows;
      },
      ignored);
  return rows;
}

bool Takes(const store::Snapshot& snapshot, const std::string& class_name) {
  return snapshot.ontology.FindByName(class_name) != nullptr;
}

std::vector<ImportColumn> ColumnsOf(const std::vector<formats::Column>& columns,
                                    const std::vector<formats::ColumnMapping>& mapping) {
  std::vector<ImportColumn> list;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ColumnChoice choice{mapping[i].role, std::nullopt, std::nullopt};
    if (mapping[i].role == Role::kField) choice.type = mapping[i].type;
    if (mapping[i].role == Role::kProbability) choice.class_name = mapping[i].name;
    list.push_back({columns[i].name, std::move(choice), columns[i].examples});
  }
  return list;
}

std::vector<formats::FormatId> FormatsOf(const formats::ImportPlan& plan) {
  std::vector<formats::FormatId> list = {plan.format};
  for (const auto& other : plan.alternatives) {
    if (std::find(list.begin(), list.end(), other.format) == list.end()) list.push_back(other.format);
  }
  return list;
}

CheckResult CheckSamples(const Checking& check, const OpenedSource& source, const formats::ImportPlan& plan,
                         bool server_table) {
  auto checked = std::make_shared<CheckedImport>();
  checked->format = plan.format;
  checked->formats = FormatsOf(plan);
  checked->sentence = plan.sentence;
  checked->choices = check.choices;
  checked->problems.Add(source.problems);
  checked->problems.Add(plan.problems);
  if (plan.columns.empty() || plan.problems.Blocking()) return {checked, nullptr};

  auto ready = std::make_shared<ReadyImport>();
  ready->files = source.files;
  ready->source = source.name;
  ready->choices = check.choices;
  ready->mapping = MappingOf(check, plan, server_table);
  checked->media_base = ready->mapping.base;
  checked->columns = ColumnsOf(plan.columns, ready->mapping.columns);
  const bool has_path =
      std::any_of(ready->mapping.columns.begin(), ready->mapping.columns.end(),
                  [](const auto& column) { return column.role == Role::kPath || column.role == Role::kImage; });
  if (has_path) formats::CheckMapping(plan, ready->mapping);
  formats::MappedSummary summary;
  auto rows = ReadRows(check, *source.files, ready->mapping, summary, checked->problems);
  ready->found = checked->problems;
  if (!rows.empty() && rows[0].file != formats::kNoFile) ReadHeaders(check, *source.files, rows, checked->problems);
  std::map<std::string, std::uint64_t> classes;
  for (const auto& row : rows) {
    if (!row.readable) continue;
    ++checked->samples;
    if (row.class_name) ++classes[*row.class_name];
    ++checked->splits[row.split ? std::string(model::SplitName(*row.split)) : "none"];
  }
  for (const auto& [name, count] : classes) {
    if (checked->classes.size() < kPreviewClassNames)
      checked->classes.push_back({name, count, Takes(*check.snapshot, name)});
  }
  if (check.snapshot->Size() != 0) checked->difference = Compare(check, *source.files, rows, source.name);
  checked->rows = Preview(check, *source.files, ready->mapping);
  if (checked->samples == 0 && !checked->problems.Blocking())
    checked->problems.Add(ProblemCode::kNothingToImport, SourceName(check.session.source));
  checked->can_commit = checked->samples != 0 && !checked->problems.Blocking();
  return {checked, checked->can_commit ? ready : nullptr};
}

formats::PredictionMapping PredictionMappingOf(const Checking& check, const formats::PredictionPlan& plan) {
  formats::PredictionMapping mapping;
  mapping.columns = plan.mapping;
  mapping.normalize = check.choices.normalize;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto choice = check.choices.columns.find(plan.columns[i].name);
    if (choice == check.choices.columns.end()) continue;
    mapping.columns[i].role = choice->second.role;
    if (choice->second.role == Role::kProbability)
      mapping.columns[i].name = choice->second.class_name.value_or(plan.columns[i].name);
  }
  if (!check.choices.add_unknown_classes) return mapping;
  for (const auto& unknown : plan.unknown_classes)
    mapping.unknown_classes[unknown.value] = {formats::ClassChoice::Kind::kAdd, {}};
  for (const auto& column : mapping.columns) {
    if (column.role == Role::kProbability)
      mapping.unknown_classes.try_emplace(column.name, formats::ClassChoice{formats::ClassChoice::Kind::kAdd, {}});
  }
  return mapping;
}

CheckResult CheckPredictions(const Checking& check, const OpenedSource& source, const formats::ImportPlan& plan) {
  auto checked = std::make_shared<CheckedImport>();
  checked->format = plan.format;
  checked->formats = FormatsOf(plan);
  checked->content = ImportContent::kPredictions;
  checked->choices = check.choices;
  checked->problems.Add(source.problems);
  const auto table = source.files->Find(plan.mapping.table);
  if (table == formats::kNoFile) {
    checked->problems.Add(ProblemCode::kNoPredictionColumns, SourceName(check.session.source));
    return {checked, nullptr};
  }
  const auto finder = FinderOf(check.snapshot);
  const auto classes = ClassNames(*check.snapshot);
  const auto predictions = formats::InspectPredictions(*source.files, table, classes, finder, check.reader);
  auto ready = std::make_shared<ReadyImport>();
  ready->files = source.files;
  ready->source = source.name;
  ready->choices = check.choices;
  ready->table = table;
  ready->predictions = PredictionMappingOf(check, predictions);
  checked->sentence = predictions.sentence;
  checked->columns = ColumnsOf(predictions.columns, ready->predictions.columns);
  checked->problems.Add(predictions.problems);
  std::map<std::string, std::uint64_t> counts;
  std::vector<std::uint64_t> by_index;
  const auto result = formats::ReadPredictions(
      *source.files, table, ready->predictions, classes, finder, check.reader,
      [&](formats::PredictionRow&& row) {
        if (by_index.size() <= row.class_index) by_index.resize(row.class_index + 1);
        ++by_index[row.class_index];
        return !check.job.Stop().stop_requested();
      },
      checked->problems);
  check.job.ThrowIfStopped();
  for (std::size_t i = 0; i < by_index.size(); ++i) {
    if (by_index[i] != 0)
      checked->classes.push_back({result.classes[i], by_index[i], Takes(*check.snapshot, result.classes[i])});
  }
  for (const auto& row : predictions.first_rows) {
    ImportPreviewRow shown;
    shown.path = row.path;
    for (std::size_t i = 0; i < row.cells.size(); ++i) shown.values[predictions.columns[i].name] = row.cells[i];
    checked->rows.push_back(std::move(shown));
  }
  checked->samples = result.rows;
  ready->found = checked->problems;
  checked->can_commit = result.rows != 0 && !checked->problems.Blocking();
  return {checked, checked->can_commit ? ready : nullptr};
}

// A table whose rows name samples of the project, and no files that came along, is about a model.
bool LooksLikePredictions(const Checking& check, const formats::ImportPlan& plan) {
  if (plan.mapping.table.empty() || check.snapshot->Size() == 0 || plan.first_rows.empty()) return false;
  if (std::any_of(plan.columns.begin(), plan.columns.end(), [](const auto& column) { return column.bytes; }))
    return false;
  const auto finder = FinderOf(check.snapshot);
  std::size_t known = 0;
  for (const auto& row : plan.first_rows) {
    if (row.file != formats::kNoFile) return false;
    known += std::any_of(row.cells.begin(), row.cells.end(), [&](const auto& cell) { return finder(cell).has_value(); })
                 ? 1U
                 : 0U;
  }
  return known * 2 > plan.first_rows.size();
}

}  // namespace

CheckResult CheckSource(const Services& services, const formats::Reader& reader, OpenProject& project,
                        ImportSession& session, const ImportChoices& choices, jobs::Context& job) {
  const Checking check{services, reader, project, session, choices, job, project.Latest()};
  const auto source = OpenSource(services, reader, session, choices.media_base, job);
  const bool server_table = !source.table.empty();
  const auto plan = PlanOf(check, source);
  const auto content = choices.content.value_or(LooksLikePredictions(check, plan) ? ImportContent::kPredictions
                                                                                  : ImportContent::kSamples);
  return content == ImportContent::kPredictions ? CheckPredictions(check, source, plan)
                                                : CheckSamples(check, source, plan, server_table);
}

ProblemCode ProblemOf(media::DecodeCode code) {
  switch (code) {
    case media::DecodeCode::kTruncated:
      return ProblemCode::kTruncated;
    case media::DecodeCode::kEmpty:
      return ProblemCode::kEmptyFile;
    case media::DecodeCode::kUnsupportedFormat:
      return ProblemCode::kUnsupportedImage;
    case media::DecodeCode::kTooLarge:
      return ProblemCode::kImageTooLarge;
    case media::DecodeCode::kTimeout:
      return ProblemCode::kImageTimeout;
    case media::DecodeCode::kDecoderCrashed:
      return ProblemCode::kDecoderCrashed;
    case media::DecodeCode::kSvgRefused:
      return ProblemCode::kSvgRefused;
    case media::DecodeCode::kDamaged:
      return ProblemCode::kDamagedImage;
    case media::DecodeCode::kUnreadable:
      return ProblemCode::kUnreadable;
    case media::DecodeCode::kOk:
    case media::DecodeCode::kNotAnImage:
      break;
  }
  return ProblemCode::kNotAnImage;
}

std::vector<formats::KnownSample> KnownSamples(const store::Snapshot& snapshot, const std::string& source) {
  std::vector<formats::KnownSample> known;
  for (std::size_t i = 0; i < snapshot.Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot.IsWithdrawn(ordinal)) continue;
    std::optional<std::string> label;
    if (const auto id = snapshot.ClassOf(ordinal); id != model::kNoClass) label = snapshot.ontology.NameOf(id);
    known.push_back({ordinal, std::string(snapshot.PathOf(ordinal)), snapshot.ContentOf(ordinal), std::move(label),
                     snapshot.SourceOf(ordinal) == source});
  }
  return known;
}

formats::SampleFinder FinderOf(store::SnapshotPtr snapshot) {
  auto paths = std::make_shared<std::unordered_map<std::string, model::Ordinal>>();
  for (std::size_t i = 0; i < snapshot->Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (!snapshot->IsWithdrawn(ordinal)) paths->emplace(std::string(snapshot->PathOf(ordinal)), ordinal);
  }
  return [paths](std::string_view path) -> std::optional<std::uint32_t> {
    if (const auto found = paths->find(std::string(path)); found != paths->end()) return found->second;
    ProblemCode why{};
    const auto clean = formats::ResolvePath("", formats::Trim(path), why);
    const auto found = clean ? paths->find(*clean) : paths->end();
    return found == paths->end() ? std::nullopt : std::optional<std::uint32_t>(found->second);
  };
}

std::vector<std::string> ClassNames(const store::Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const auto& known : snapshot.ontology.Classes()) {
    if (!known.merged_into) names.push_back(known.name);
  }
  return names;
}

}  // namespace burnish::app

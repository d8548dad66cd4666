#include "formats/folder_format.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/error.hpp"
#include "formats/limits.hpp"
#include "formats/manifest.hpp"
#include "formats/parse/byte_source.hpp"
#include "formats/profile.hpp"
#include "formats/text.hpp"
#include "media/sniff.hpp"

namespace burnish::formats {
namespace {

constexpr std::size_t kMaxLevels = 8;

std::vector<std::string> FoldersOf(std::string_view path) {
  std::vector<std::string> folders;
  for (std::size_t begin = 0;;) {
    const auto slash = path.find('/', begin);
    if (slash == std::string_view::npos || folders.size() == kMaxLevels) return folders;
    folders.emplace_back(path.substr(begin, slash - begin));
    begin = slash + 1;
  }
}

std::string ReadStart(const FileSet& files, std::size_t file) {
  std::string start(media::kSniffBytes, '\0');
  const auto opened = files.Open(file);
  DescriptorSource source(opened.Get());
  start.resize(source.Read(start.data(), start.size()));
  return start;
}

bool IsArchive(media::ContentType type) {
  using media::ContentType;
  return type == ContentType::kZip || type == ContentType::kGzip || type == ContentType::kTar ||
         type == ContentType::kSevenZip;
}

// Judges a file that is not named like a picture by its beginning. True for pictures all the same.
bool SniffsAsPicture(const FileSet& files, std::size_t file, Problems& problems) {
  const auto& path = files.Files()[file].path;
  try {
    const std::string start = ReadStart(files, file);
    const auto type = media::Sniff(std::as_bytes(std::span(start)));
    if (media::IsSupportedImage(type)) return true;
    if (type == media::ContentType::kEmpty)
      problems.Add(ProblemCode::kEmptyFile, path);
    else if (IsArchive(type))
      problems.Add(ProblemCode::kArchiveNested, path);
    else if (media::IsImage(type))
      problems.Add(ProblemCode::kUnsupportedImage, path);
    else
      problems.Add(ProblemCode::kNotAnImage, path);
  } catch (const base::Error&) {
    problems.Add(ProblemCode::kUnreadable, path);
  }
  return false;
}

std::size_t CountLevels(const FileSet& files) {
  std::size_t levels = 0;
  for (const auto& file : files.Files()) {
    if (LooksLikeImageName(file.path)) levels = std::max(levels, FoldersOf(file.path).size());
  }
  return levels;
}

std::string LevelName(std::size_t level) { return "folder " + std::to_string(level); }

// Which folder level says what. Levels count from 1, 0: none.
struct Levels {
  std::size_t split = 0;
  std::size_t label = 0;
};

bool IsSplitLevel(const Column& column) {
  if (column.filled == 0 || column.distinct > 16) return false;
  bool all = true;
  bool train = false;
  bool other = false;
  for (const auto& value : column.values) {
    const auto split = SplitFromWord(value.value);
    all = all && split.has_value();
    train = train || split == model::Split::kTrain;
    other = other || split == model::Split::kTest || split == model::Split::kValidation;
  }
  return all || (train && other);
}

bool IsGenericName(const Column& column) {
  static constexpr std::array<std::string_view, 12> kWords = {"images", "image",   "imgs", "img",  "photos", "pictures",
                                                              "data",   "dataset", "jpg",  "jpeg", "png",    "media"};
  return column.distinct == 1 &&
         std::find(kWords.begin(), kWords.end(), LowerAscii(column.values[0].value)) != kWords.end();
}

Levels GuessLevels(const std::vector<Column>& columns, std::uint64_t rows) {
  Levels levels;
  for (std::size_t i = 1; i < columns.size() && levels.split == 0; ++i) {
    if (IsSplitLevel(columns[i])) levels.split = i;
  }
  std::size_t last = 0;
  for (std::size_t i = 1; i < columns.size(); ++i) {
    // A folder for almost every picture names pictures, not classes.
    const bool names_samples = rows > 20 && columns[i].distinct * 2 > rows;
    if (i == levels.split || names_samples || IsGenericName(columns[i])) continue;
    if (levels.label == 0 && columns[i].distinct >= 2) levels.label = i;
    last = i;
  }
  if (levels.label == 0) levels.label = last;
  return levels;
}

std::string Sentence(const Levels& levels, const std::vector<Column>& columns) {
  std::string sentence = levels.label == 0
                             ? "Pictures without class folders"
                             : "A folder for each of " + WithThousands(columns[levels.label].distinct) + " classes";
  if (levels.label != 0 && columns[levels.label].distinct == 1) sentence = "A folder for one class";
  if (levels.split == 0) return sentence + ".";
  std::string names;
  const auto& values = columns[levels.split].values;
  for (std::size_t i = 0; i < values.size(); ++i)
    names += (i == 0 ? "" : i + 1 == values.size() ? " and " : ", ") + values[i].value;
  return sentence + ((levels.label == 0 || levels.split < levels.label) ? ", in " : ", each with ") + names + ".";
}

Mapping GuessMapping(const std::vector<Column>& columns, const Levels& levels) {
  Mapping mapping;
  mapping.format = FormatId::kFolder;
  mapping.columns.resize(columns.size());
  mapping.columns[0].role = Role::kPath;
  if (levels.split != 0) mapping.columns[levels.split].role = Role::kSplit;
  if (levels.label == 0) return mapping;
  mapping.columns[levels.label].role = Role::kClass;
  for (const auto& value : columns[levels.label].values) {
    if (SplitFromWord(value.value) == model::Split::kPool) mapping.class_values[value.value] = std::nullopt;
  }
  return mapping;
}

// An export of ours has splits first, then classes, and knows the names that are no folder names.
void FollowManifest(const Manifest& manifest, Mapping& mapping) {
  if (manifest.format != kFormatNames[0] || mapping.columns.size() != 3) return;
  mapping.columns[1].role = Role::kSplit;
  mapping.columns[2].role = Role::kClass;
  mapping.class_values.clear();
  for (const auto& [folder, name] : manifest.class_folders) mapping.class_values[folder] = name;
  mapping.class_values[manifest.no_label_folder] = std::nullopt;
}

}  // namespace

std::vector<Recognition> FolderFormat::Recognize(const FileSet& files, const Reader&) const {
  std::size_t pictures = 0;
  for (const auto& file : files.Files()) pictures += LooksLikeImageName(file.path) ? 1U : 0U;
  if (pictures == 0) {
    // Pictures without extensions are seldom; a few looks tell.
    Problems ignored;
    for (std::size_t i = 0; i < std::min<std::size_t>(files.Files().size(), 20); ++i)
      pictures += SniffsAsPicture(files, i, ignored) ? 1U : 0U;
  }
  if (pictures == 0) return {};
  return {{FormatId::kFolder, "", CountLevels(files) == 0 ? 0.5 : 0.6, "Pictures in folders."}};
}

ImportPlan FolderFormat::Inspect(const FileSet& files, const std::string&, const Reader& reader) const {
  ImportPlan plan;
  plan.format = FormatId::kFolder;
  TableHeader header;
  header.columns.push_back({"path", false, false});
  for (std::size_t level = 1; level <= CountLevels(files); ++level)
    header.columns.push_back({LevelName(level), false, false});
  TableProfile profile;
  profile.Header(header);
  ReadRows(
      files, {}, reader, Pictures::kWithout, [&](Row&& row) { return profile.Add(row), true; }, plan.problems);
  plan.rows = profile.Rows();
  plan.columns = profile.Columns();
  plan.first_rows = profile.TakeFirstRows();
  for (auto& row : plan.first_rows) {
    row.path = row.cells[0];
    row.file = files.Find(row.path);
  }
  const auto levels = GuessLevels(plan.columns, plan.rows);
  plan.sentence = Sentence(levels, plan.columns);
  plan.mapping = GuessMapping(plan.columns, levels);
  if (const auto manifest = FindManifest(files, "")) FollowManifest(*manifest, plan.mapping);
  return plan;
}

void FolderFormat::ReadRows(const FileSet& files, const Mapping&, const Reader&, Pictures, const RowSink& sink,
                            Problems& problems) const {
  const auto levels = CountLevels(files);
  const bool ours = FindManifest(files, "").has_value();
  for (std::size_t i = 0; i < files.Files().size(); ++i) {
    const auto& path = files.Files()[i].path;
    if (ours && (path == kManifestName || path == kChecksumsName)) continue;
    if (!LooksLikeImageName(path) && !SniffsAsPicture(files, i, problems)) continue;
    Row row;
    row.cells.resize(levels + 1);
    row.cells[0] = {Cell::Kind::kText, 0, path};
    auto folders = FoldersOf(path);
    folders.resize(std::min(folders.size(), levels));
    for (std::size_t level = 0; level < folders.size(); ++level)
      row.cells[level + 1] = {Cell::Kind::kText, 0, std::move(folders[level])};
    if (!sink(std::move(row))) return;
  }
}

}  // namespace burnish::formats

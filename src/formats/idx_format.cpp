#include "formats/idx_format.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "formats/profile.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

constexpr std::size_t kPathColumn = 0;
constexpr std::size_t kImageColumn = 1;
constexpr std::size_t kLabelColumn = 2;
constexpr std::size_t kSplitColumn = 3;
constexpr std::size_t kColumns = 4;

struct Pair {
  std::size_t images = kNoFile;
  std::size_t labels = kNoFile;
  std::string name;  // "train"
};

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::size_t FindLabels(const FileSet& files, std::string path) {
  const auto images = LowerAscii(path).rfind("images");
  path.replace(images, 6, "labels");
  if (const auto kind = LowerAscii(path).rfind("idx3"); kind != std::string::npos) path.replace(kind, 4, "idx1");
  const bool gzip = path.ends_with(".gz");
  const auto same = files.Find(path);
  return same != kNoFile ? same : files.Find(gzip ? path.substr(0, path.size() - 3) : path + ".gz");
}

std::vector<Pair> FindPairs(const FileSet& files) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < files.Files().size(); ++i) {
    const auto& path = files.Files()[i].path;
    const std::string name = LowerAscii(FileName(path));
    const auto images = name.find("images");
    if (images == std::string::npos || name.find("idx3") == std::string::npos) continue;
    std::string stem = name.substr(0, images);
    while (!stem.empty() && (stem.back() == '-' || stem.back() == '_' || stem.back() == '.')) stem.pop_back();
    pairs.push_back({i, FindLabels(files, path), stem.empty() ? "images" : stem});
  }
  return pairs;
}

Cell Text(std::string text) { return {Cell::Kind::kText, 0, std::move(text)}; }

}  // namespace

std::vector<Recognition> IdxFormat::Recognize(const FileSet& files, const Reader&) const {
  if (FindPairs(files).empty()) return {};
  return {{FormatId::kIdx, "", 0.95, "IDX files, as MNIST has them."}};
}

ImportPlan IdxFormat::Inspect(const FileSet& files, const std::string&, const Reader& reader) const {
  ImportPlan plan;
  plan.format = FormatId::kIdx;
  plan.mapping.format = FormatId::kIdx;
  TableProfile profile;
  profile.Header(
      {{{"path", false, false}, {"image", true, false}, {"label", false, false}, {"split", false, false}}, ""});
  ReadRows(
      files, {}, reader, Pictures::kWithout, [&](Row&& row) { return profile.Add(row), true; }, plan.problems);
  plan.rows = profile.Rows();
  plan.columns = profile.Columns();
  plan.first_rows = profile.TakeFirstRows();
  for (auto& row : plan.first_rows) row.path = row.cells[kPathColumn];
  const auto pairs = FindPairs(files).size();
  plan.sentence =
      WithThousands(plan.rows) + " pictures in " + std::to_string(pairs) + (pairs == 1 ? " IDX file." : " IDX files.");
  plan.mapping.columns.resize(kColumns);
  plan.mapping.columns[kPathColumn].role = Role::kPath;
  plan.mapping.columns[kImageColumn].role = Role::kImage;
  plan.mapping.columns[kLabelColumn].role = plan.columns[kLabelColumn].filled == 0 ? Role::kIgnore : Role::kClass;
  plan.mapping.columns[kSplitColumn].role = plan.columns[kSplitColumn].filled == 0 ? Role::kIgnore : Role::kSplit;
  return plan;
}

void IdxFormat::ReadRows(const FileSet& files, const Mapping&, const Reader& reader, Pictures pictures,
                         const RowSink& sink, Problems& problems) const {
  bool more = true;
  for (const auto& pair : FindPairs(files)) {
    if (!more) return;
    IdxInput input;
    input.images = files.Open(pair.images);
    if (pair.labels != kNoFile) input.labels = files.Open(pair.labels);
    const bool split = SplitFromWord(pair.name).has_value();
    const auto take = [&](IdxItem&& item) {
      std::array<char, 16> number{};
      std::snprintf(number.data(), number.size(), "%06u", item.index);
      Row row;
      row.cells.resize(kColumns);
      row.cells[kPathColumn] = Text(pair.name + "/" + number.data());
      row.cells[kImageColumn] = {Cell::Kind::kBytes, 0,
                                 std::string(reinterpret_cast<const char*>(item.png.data()), item.png.size())};
      if (item.label >= 0) row.cells[kLabelColumn] = Text(std::to_string(item.label));
      if (split) row.cells[kSplitColumn] = Text(pair.name);
      more = sink(std::move(row));
      return more;
    };
    reader.ReadIdx(input, files.Files()[pair.images].path, pictures, take, problems);
  }
}

}  // namespace burnish::formats

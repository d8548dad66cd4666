#pragma once

#include <map>
#include <string>
#include <vector>

#include "formats/export.hpp"
#include "formats/support.hpp"

namespace burnish::formats {

// A project's samples and their pictures, in memory and on disk.
class TestSource final : public ExportSource {
 public:
  void Add(ExportSample sample, const std::string& bytes) {
    sample.ordinal = static_cast<std::uint32_t>(samples_.size());
    sample.content = base::HashContent(std::as_bytes(std::span(bytes)));
    sample.bytes = bytes.size();
    folder_.Write(std::to_string(sample.ordinal), bytes);
    samples_.push_back(std::move(sample));
  }
  void Damage(std::uint32_t ordinal) { folder_.Write(std::to_string(ordinal), "other bytes"); }
  void Remove(std::uint32_t ordinal) { std::filesystem::remove(folder_.Path() / std::to_string(ordinal)); }
  const std::vector<ExportSample>& Samples() const { return samples_; }

  void ForEach(const std::function<bool(const ExportSample&)>& sink) const override {
    for (const auto& sample : samples_) {
      if (!sink(sample)) return;
    }
  }
  base::FileDescriptor OpenMedia(const ExportSample& sample) const override {
    return base::OpenBeneath(folder_.Path(), std::to_string(sample.ordinal));
  }

 private:
  TestFolder folder_;
  std::vector<ExportSample> samples_;
};

inline ExportSample Sample(std::string path, std::optional<std::string> class_name,
                           model::Split split = model::Split::kTrain, std::vector<model::FieldValue> fields = {}) {
  ExportSample sample;
  sample.path = std::move(path);
  sample.class_name = std::move(class_name);
  sample.split = split;
  sample.fields = std::move(fields);
  return sample;
}

// Exports into the folder `out` of `folder`.
inline ExportReport ExportTo(const TestFolder& folder, const ExportRequest& request, const ExportSource& source) {
  const auto sink = MakeFolderSink(folder.Path(), "", "out");
  return WriteExport(request, source, *sink, folder.Path() / "scratch");
}

inline std::string FileNames(const std::filesystem::path& folder) {
  std::map<std::string, bool> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) names[std::filesystem::relative(entry.path(), folder).string()] = true;
  }
  std::string text;
  for (const auto& [name, unused] : names) text += name + "\n";
  return text;
}

}  // namespace burnish::formats

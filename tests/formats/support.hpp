#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "formats/file_set.hpp"
#include "formats/problem.hpp"
#include "formats/registry.hpp"
#include "formats/stage.hpp"
#include "media/encode.hpp"

namespace burnish::formats {

// A folder that goes with the test.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "burnish-formats-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::filesystem::path& Path() const { return path_; }
  void Write(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }
  MediaRoot Root() const { return {"photos", path_}; }
  std::unique_ptr<FileSet> Files(const std::string& folder = "") const { return OpenFolder(Root(), folder); }

 private:
  std::filesystem::path path_;
};

// A small PNG; different for each `value`.
inline std::string Png(int value = 1) {
  std::vector<std::uint8_t> pixels(16, static_cast<std::uint8_t>(value));
  pixels[0] = static_cast<std::uint8_t>(value >> 8);
  const auto bytes = media::EncodeRaw(4, 4, 1, pixels);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// One line for each group: "not_an_image: notes.txt is not an image."
inline std::string Describe(const Problems& problems) {
  std::string text;
  for (const auto& group : problems.Groups())
    text += std::string(CodeName(group.code)) + ": " + group.Sentence() + "\n";
  return text;
}

struct ReadBack {
  std::string samples;  // one line for each: "a.png class=cat split=train site=Hamburg"
  MappedSummary summary;
  Problems problems;
  std::vector<StagedSample> staged;
};

inline ReadBack ReadAllSamples(const FileSet& files, const Mapping& mapping, Pictures pictures = Pictures::kWith) {
  ReadBack result;
  const auto fields = FieldsOf(mapping);
  result.summary = ReadSamples(
      files, mapping, Reader(), pictures,
      [&](StagedSample&& sample) {
        result.samples += sample.path;
        if (sample.class_name) result.samples += " class=" + *sample.class_name;
        if (sample.split) result.samples += " split=" + std::string(model::SplitName(*sample.split));
        for (std::size_t i = 0; i < fields.size(); ++i) {
          const auto& value = sample.fields[i];
          if (value.missing) continue;
          result.samples += " " + fields[i].name + "=" +
                            (fields[i].type == model::FieldType::kText ? value.text : std::to_string(value.number));
        }
        result.samples += "\n";
        result.staged.push_back(std::move(sample));
        return true;
      },
      result.problems);
  return result;
}

// An archive as somebody hostile would write it: names as given.
struct ArchiveEntry {
  std::string path;
  std::string bytes = {};
  unsigned type = AE_IFREG;
  std::string link = {};
};

inline std::string MakeArchive(const std::string& format, const std::vector<ArchiveEntry>& entries) {
  TestFolder folder;
  const std::string file = (folder.Path() / "archive").string();
  auto* out = archive_write_new();
  if (format == "zip") {
    archive_write_set_format_zip(out);
  } else {
    archive_write_set_format_pax_restricted(out);
    if (format == "tar.gz") archive_write_add_filter_gzip(out);
  }
  archive_write_open_filename(out, file.c_str());
  for (const auto& entry : entries) {
    auto* head = archive_entry_new();
    archive_entry_set_pathname(head, entry.path.c_str());
    archive_entry_set_filetype(head, entry.type);
    archive_entry_set_perm(head, 0644);
    archive_entry_set_size(head, static_cast<la_int64_t>(entry.bytes.size()));
    if (!entry.link.empty()) archive_entry_set_symlink(head, entry.link.c_str());
    archive_write_header(out, head);
    archive_write_data(out, entry.bytes.data(), entry.bytes.size());
    archive_entry_free(head);
  }
  archive_write_close(out);
  archive_write_free(out);
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace burnish::formats

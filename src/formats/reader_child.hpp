#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.hpp"
#include "formats/file_set.hpp"
#include "formats/parse/sinks.hpp"
#include "formats/problem.hpp"
#include "formats/rows.hpp"
#include "formats/table_path.hpp"

namespace burnish::formats {

struct ReaderOptions {
  // The program that calls ReaderMain when started with `arguments`.
  std::string program;  // empty: this binary
  std::vector<std::string> arguments = {"reader-child"};
};

struct IdxInput {
  base::FileDescriptor images;
  base::FileDescriptor labels;  // may be invalid: no labels
};

// One picture of an IDX file.
struct IdxItem {
  std::uint32_t index = 0;
  int label = -1;
  std::vector<std::byte> png;  // empty with Pictures::kWithout
};

// Reads foreign bytes in a sandboxed child process that can open no file: one child for each call. A child that dies,
// hangs or answers nonsense is the problem kReaderStopped, not a failure here.
// Any thread may call. Throws kUnavailable if no child can be started; rethrows what a sink throws.
class Reader {
 public:
  explicit Reader(ReaderOptions options = {});

  // `name` stands in problems ("labels.csv, line 12"). `header` comes once, before the first row.
  void ReadTable(TableKind kind, const base::FileDescriptor& file, const std::string& name, Pictures pictures,
                 const std::function<bool(const TableHeader&)>& header, const RowSink& row, Problems& problems) const;

  // `name` stands in problems.
  void ReadIdx(const IdxInput& input, const std::string& name, Pictures pictures,
               const std::function<bool(IdxItem&&)>& item, Problems& problems) const;

  // Unpacks into `staging` under names of our own; what the entries were called comes back. Refused entries are listed
  // as problems; a bomb, an encrypted or damaged archive is a blocking one, and nothing stays in `staging`.
  // `progress` gets the bytes written so far; false stops (kCancelled).
  std::vector<StagedFile> Unpack(const base::FileDescriptor& archive, const std::string& name,
                                 const std::filesystem::path& staging, Problems& problems,
                                 const std::function<bool(std::uint64_t)>& progress = {}) const;

 private:
  ReaderOptions options_;
};

// The child's side, for `burnish reader-child <task>`: reads descriptor 3 (and 5), answers on 4. Returns the process's
// exit code; what goes wrong in between ends the process, which the parent reports.
int ReaderMain(const std::string& task);

}  // namespace burnish::formats

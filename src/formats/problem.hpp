#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burnish::formats {

// What can be wrong with what a person brings. Each has one sentence and one way out, in problem.cpp.
enum class ProblemCode : std::uint8_t {
  // Files
  kNotAnImage,
  kTruncated,
  kEmptyFile,
  kUnsupportedImage,
  kImageTooLarge,
  kImageTimeout,
  kDecoderCrashed,
  kSvgRefused,
  kDamagedImage,
  kUnreadable,
  kWrongExtension,
  kLinkOutside,
  kFolderLink,
  kSpecialFile,
  kNameNotUtf8,
  kNameUnusable,
  kFolderTooDeep,
  kTooManyFiles,
  kNothingToImport,
  // Archives
  kEntryOutside,
  kEntryLink,
  kEntryDevice,
  kEntryDuplicate,
  kEntryTooLarge,
  kEntryEncrypted,
  kArchiveBomb,
  kArchiveTooLarge,
  kArchiveDamaged,
  kArchiveNested,
  // Tables
  kNoPathColumn,
  kDuplicateColumn,
  kUnnamedColumn,
  kTooManyColumns,
  kRaggedRow,
  kNulByte,
  kOpenQuote,
  kTextNotUtf8,
  kRowTooLong,
  kEncodingGuessed,
  kEmptyTable,
  kTableDamaged,
  kTableTooLarge,
  kColumnUnreadable,
  kPathEmpty,
  kPathOutside,
  kPathMissing,
  kDuplicatePath,
  kFileUnused,
  // Values
  kUnknownSplit,
  kBadFieldValue,
  kBadClassName,
  kTooManyClasses,
  // IDX
  kIdxDamaged,
  kIdxNoLabels,
  kIdxCountsDiffer,
  // Predictions
  kUnknownSample,
  kNotANumber,
  kProbabilityRange,
  kProbabilitySum,
  kUnknownClass,
  kDuplicatePrediction,
  kNoPrediction,
  kNoPredictionColumns,
  // The reader itself
  kReaderStopped,
};

enum class Severity : std::uint8_t {
  kNote,      // nothing is lost
  kLeftOut,   // what is named does not come in
  kBlocking,  // nothing can come in until this is solved
};
inline constexpr std::array<std::string_view, 3> kSeverityNames = {"note", "left_out", "stops"};

// "not_an_image", for programs.
std::string_view CodeName(ProblemCode code);
std::optional<ProblemCode> CodeFromName(std::string_view name);
Severity SeverityOf(ProblemCode code);
// What the person can do; one sentence.
std::string_view WayOut(ProblemCode code);

// All problems of one kind.
struct ProblemGroup {
  ProblemCode code = ProblemCode::kNothingToImport;
  std::uint64_t count = 0;
  std::vector<std::string> names;  // the first kProblemNames of them: "notes.txt", "line 12 of labels.csv"

  // One sentence with the thing's name, or the count and the first names: "12 files are not images: a.txt, b.txt, ..."
  std::string Sentence() const;
};

// Problems as they are found, grouped by kind. Plain value; not for several threads.
class Problems {
 public:
  // `name` may hold any bytes: what is not printable UTF-8 is shown as \xNN.
  void Add(ProblemCode code, std::string_view name, std::uint64_t count = 1);
  void Add(const Problems& others);
  const ProblemGroup* Find(ProblemCode code) const;
  bool Blocking() const;
  bool Empty() const noexcept { return groups_.empty(); }
  std::uint64_t Count(ProblemCode code) const;
  // Blocking ones first, then what is left out, then notes.
  std::vector<ProblemGroup> Groups() const;

 private:
  std::map<ProblemCode, ProblemGroup> groups_;
};

}  // namespace burnish::formats

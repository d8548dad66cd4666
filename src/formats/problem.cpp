#include "formats/problem.hpp"

#include <algorithm>

#include "formats/limits.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

// `one` and `many` are sentences with {} for the name; in `many`, # is the count and {} the first names.
struct Kind {
  ProblemCode code;
  std::string_view name;
  Severity severity;
  std::string_view one;
  std::string_view many;
  std::string_view way_out;
};

constexpr auto kNote = Severity::kNote;
constexpr auto kOut = Severity::kLeftOut;
constexpr auto kStops = Severity::kBlocking;
using C = ProblemCode;

constexpr std::string_view kFixFile = "It is left out; replace it with a whole copy and import again to add it.";
constexpr std::string_view kFixRow = "The row is left out; correct it in the table and import again to add it.";

constexpr std::array kKinds = {
    // Files
    Kind{C::kNotAnImage, "not_an_image", kOut, "{} is not an image.", "# files are not images: {}.",
         "They are left out; nothing to do if they do not belong to the data."},
    Kind{C::kTruncated, "truncated_image", kOut, "{} is cut off: the end of the picture is missing.",
         "# pictures are cut off: {}.", kFixFile},
    Kind{C::kEmptyFile, "empty_file", kOut, "{} is empty: it has zero bytes.", "# files are empty: {}.", kFixFile},
    Kind{C::kUnsupportedImage, "unsupported_image", kOut, "{} is a picture of a kind that Burnish does not read.",
         "# pictures are of kinds that Burnish does not read: {}.",
         "Save them as JPEG, PNG, WebP or TIFF and import again."},
    Kind{C::kImageTooLarge, "image_too_large", kOut, "{} is too large to read.",
         "# pictures are too large to read: {}.", "Scale them down and import again."},
    Kind{C::kImageTimeout, "image_timeout", kOut, "{} took too long to read.", "# pictures took too long to read: {}.",
         "They are left out; save them again with another program and import again."},
    Kind{C::kDecoderCrashed, "decoder_crashed", kOut,
         "{} stopped the program that reads pictures; nothing else was touched.",
         "# pictures stopped the program that reads pictures; nothing else was touched: {}.",
         "They are left out; save them again with another program and import again."},
    Kind{C::kSvgRefused, "svg_refused", kOut,
         "{} is an SVG drawing, which may hold programs; Burnish does not open it.",
         "# files are SVG drawings, which may hold programs; Burnish does not open them: {}.",
         "Save them as PNG and import again."},
    Kind{C::kDamagedImage, "damaged_image", kOut, "{} begins like a picture but its data makes no sense.",
         "# pictures are damaged: {}.", kFixFile},
    Kind{C::kUnreadable, "unreadable", kOut, "{} cannot be read from the disk.",
         "# files cannot be read from the disk: {}.", "Check the disk and the rights of the file, then import again."},
    Kind{C::kWrongExtension, "wrong_extension", kNote,
         "The name of {} tells another kind of picture than it is; it is read as what it is.",
         "The names of # pictures tell another kind than they are; they are read as what they are: {}.",
         "Nothing to do."},
    Kind{C::kLinkOutside, "link_outside", kOut, "{} is a link that leads out of the folder; it is not followed.",
         "# links lead out of the folder; they are not followed: {}.",
         "Copy the files themselves into the folder and import again."},
    Kind{C::kFolderLink, "folder_link", kOut, "{} is a link to a folder; it is not followed.",
         "# links to folders are not followed: {}.", "Import the folder itself, or copy it here."},
    Kind{C::kSpecialFile, "special_file", kOut, "{} is not a regular file.", "# entries are not regular files: {}.",
         "They are left out; nothing to do."},
    Kind{C::kNameNotUtf8, "name_not_utf8", kOut, "The name {} is not UTF-8 text.", "# names are not UTF-8 text: {}.",
         "Rename the files and import again."},
    Kind{C::kNameUnusable, "name_unusable", kOut, "The name {} is too long or has control characters.",
         "# names are too long or have control characters: {}.", "Rename the files and import again."},
    Kind{C::kFolderTooDeep, "folder_too_deep", kOut, "{} lies too deep: folders are read to a depth of 32.",
         "# folders lie too deep: {}.", "Import the inner folder by itself."},
    Kind{C::kTooManyFiles, "too_many_files", kStops, "{} has more than 5,000,000 files.",
         "# sources have too many files: {}.", "Import its folders one by one."},
    Kind{C::kNothingToImport, "nothing_to_import", kStops,
         "There is nothing to import in {}: no picture and no table with pictures.",
         "There is nothing to import in # sources: {}.",
         "Choose a folder with pictures, or a table (CSV, TSV, Parquet) that names them."},
    // Archives
    Kind{C::kEntryOutside, "entry_outside", kOut,
         "{} would land outside the folder that the archive unpacks to; it is refused.",
         "# entries would land outside the folder that the archive unpacks to; they are refused: {}.",
         "Make the archive again without \"..\" and without absolute names."},
    Kind{C::kEntryLink, "entry_link", kOut, "{} is a link inside an archive; it is refused.",
         "# links inside the archive are refused: {}.", "Put the files themselves into the archive."},
    Kind{C::kEntryDevice, "entry_device", kOut, "{} is not a regular file; it is refused.",
         "# entries of the archive are not regular files; they are refused: {}.",
         "Make the archive again from regular files."},
    Kind{C::kEntryDuplicate, "entry_duplicate", kOut, "{} stands in the archive twice; the first is taken.",
         "# names stand in the archive twice; the first of each is taken: {}.",
         "Make the archive again if the second was meant."},
    Kind{C::kEntryTooLarge, "entry_too_large", kOut, "{} is larger than 1 GiB unpacked; it is left out.",
         "# entries are larger than 1 GiB unpacked; they are left out: {}.",
         "Import large files as a folder on the server."},
    Kind{C::kEntryEncrypted, "entry_encrypted", kOut, "{} is locked with a password; it is left out.",
         "# entries are locked with a password; they are left out: {}.", "Make the archive again without a password."},
    Kind{C::kArchiveBomb, "archive_bomb", kStops, "{} unpacks to more than 200 times its size; it was not unpacked.",
         "# archives unpack to more than 200 times their size: {}.",
         "If it is what it says, unpack it and import the folder."},
    Kind{C::kArchiveTooLarge, "archive_too_large", kStops, "{} holds more files or bytes than an import takes at once.",
         "# archives hold more than an import takes at once: {}.", "Unpack it on the server and import the folder."},
    Kind{C::kArchiveDamaged, "archive_damaged", kStops,
         "{} is damaged or not an archive that Burnish reads; nothing was taken from it.",
         "# archives are damaged: {}.", "Make the archive again as zip or tar."},
    Kind{C::kArchiveNested, "archive_nested", kOut, "{} is an archive inside the source; it is not opened.",
         "# archives inside the source are not opened: {}.", "Unpack it, or import it by itself."},
    // Tables
    Kind{C::kNoPathColumn, "no_path_column", kStops, "No column of {} holds paths of pictures.",
         "No column of # tables holds paths of pictures: {}.",
         "Choose the column with the paths, and the folder that they start from."},
    Kind{C::kDuplicateColumn, "duplicate_column", kNote, "The column {} occurs twice; the second got a number.",
         "# columns occur twice; the later ones got numbers: {}.", "Nothing to do, or rename it in the table."},
    Kind{C::kUnnamedColumn, "unnamed_column", kNote, "A column has no name; it is called {}.",
         "# columns have no names; they are called {}.", "Nothing to do, or name it in the table."},
    Kind{C::kTooManyColumns, "too_many_columns", kStops, "{} has more than 2,000 columns.",
         "# tables have more than 2,000 columns: {}.", "Keep the columns that matter and import again."},
    Kind{C::kRaggedRow, "ragged_row", kOut, "The row in {} has another number of cells than the header.",
         "# rows have another number of cells than the header: {}.", kFixRow},
    Kind{C::kNulByte, "nul_byte", kOut, "The row in {} holds a NUL byte, which no text has.",
         "# rows hold NUL bytes, which no text has: {}.", kFixRow},
    Kind{C::kOpenQuote, "open_quote", kOut,
         "A quotation mark is opened in {} and never closed; all after it is left out.",
         "# quotation marks are never closed: {}.", "Close it in the table and import again."},
    Kind{C::kTextNotUtf8, "text_not_utf8", kOut, "The row in {} is not valid text in the encoding of the table.",
         "# rows are not valid text in the encoding of the table: {}.", "Save the table as UTF-8 and import again."},
    Kind{C::kRowTooLong, "row_too_long", kOut, "The row in {} is too long.", "# rows are too long: {}.", kFixRow},
    Kind{C::kEncodingGuessed, "encoding_guessed", kNote, "{} is not UTF-8; it is read as Latin-1 (Windows-1252).",
         "# tables are not UTF-8; they are read as Latin-1 (Windows-1252): {}.",
         "If letters look wrong in the preview, save the table as UTF-8."},
    Kind{C::kEmptyTable, "empty_table", kStops, "{} has no rows.", "# tables have no rows: {}.",
         "Choose a table with a header and at least one row."},
    Kind{C::kTableDamaged, "table_damaged", kStops, "{} is damaged or not the kind of table that its name says.",
         "# tables are damaged: {}.", "Write the table again and import it."},
    Kind{C::kTableTooLarge, "table_too_large", kStops, "{} is larger than an import takes.",
         "# tables are larger than an import takes: {}.", "Divide it and import the parts."},
    Kind{C::kColumnUnreadable, "column_unreadable", kNote, "The column {} holds nested values, which are not imported.",
         "# columns hold nested values, which are not imported: {}.",
         "Write the values you need as columns of their own."},
    Kind{C::kPathEmpty, "path_empty", kOut, "The row in {} names no file.", "# rows name no file: {}.", kFixRow},
    Kind{C::kPathOutside, "path_outside", kOut, "{} leads out of the source; it is refused.",
         "# paths lead out of the source; they are refused: {}.",
         "Write paths relative to the table or to the chosen folder."},
    Kind{C::kPathMissing, "path_missing", kOut, "{} does not exist.", "# files that the table names do not exist: {}.",
         "Check the folder that the paths start from, or bring the files along."},
    Kind{C::kDuplicatePath, "duplicate_path", kOut, "{} stands in the table twice; the first row is taken.",
         "# paths stand in the table twice; the first row of each is taken: {}.", "Keep one row for each picture."},
    Kind{C::kFileUnused, "file_unused", kNote, "{} is not named by the table; it stays out.",
         "# pictures are not named by the table; they stay out: {}.",
         "Import them as a folder if they belong to the data."},
    // Values
    Kind{C::kUnknownSplit, "unknown_split", kNote,
         "{} is no split that Burnish knows; its samples count as without a split.",
         "# values are no splits that Burnish knows; their samples count as without a split: {}.",
         "Use train, validation, test or pool."},
    Kind{C::kBadFieldValue, "bad_field_value", kNote, "{} does not fit the type of its column; it counts as missing.",
         "# values do not fit the types of their columns; they count as missing: {}.",
         "Choose the type text for the column, or correct the values."},
    Kind{C::kBadClassName, "bad_class_name", kOut,
         "The class name {} is too long or has control characters; its samples come without a label.",
         "# class names are too long or have control characters; their samples come without labels: {}.",
         "Choose the right column for the class, or shorten the names."},
    Kind{C::kTooManyClasses, "too_many_classes", kStops, "{} has more than 65,000 different values: that is no class.",
         "# columns have too many different values for classes: {}.",
         "Choose another column for the class, or import this one as a field."},
    // IDX
    Kind{C::kIdxDamaged, "idx_damaged", kStops, "{} is cut off or not an IDX file.",
         "# files are cut off or not IDX files: {}.", "Download the file again."},
    Kind{C::kIdxNoLabels, "idx_no_labels", kNote,
         "{} has no file of labels beside it; its samples come without labels.",
         "# files have no labels beside them: {}.",
         "Put the labels file (\"...-labels-idx1-ubyte\") into the same folder."},
    Kind{C::kIdxCountsDiffer, "idx_counts_differ", kStops, "{} has another number of labels than of pictures.",
         "# files have another number of labels than of pictures: {}.",
         "Choose the labels that belong to the pictures."},
    // Predictions
    Kind{C::kUnknownSample, "unknown_sample", kOut, "{} is no sample of this project.",
         "# rows are about samples that this project does not have: {}.",
         "Import the samples first, or write their paths as the project has them."},
    Kind{C::kNotANumber, "not_a_number", kOut, "{} has a probability that is not a number.",
         "# rows have probabilities that are not numbers: {}.", kFixRow},
    Kind{C::kProbabilityRange, "probability_range", kOut, "{} has a probability below 0 or above 1.",
         "# rows have probabilities below 0 or above 1: {}.", "Write probabilities, not scores, and import again."},
    Kind{C::kProbabilitySum, "probability_sum", kOut, "The probabilities of {} do not sum to 1.",
         "The probabilities of # rows do not sum to 1: {}.",
         "Let Burnish divide them by their sum, or correct them and import again."},
    Kind{C::kUnknownClass, "unknown_class", kOut, "{} is no class of this project.",
         "# classes are not in this project: {}.",
         "Choose for each: leave its rows out, read it as another class, or add it."},
    Kind{C::kDuplicatePrediction, "duplicate_prediction", kOut, "{} has two predictions; the first is taken.",
         "# samples have two predictions; the first of each is taken: {}.", "Keep one row for each sample."},
    Kind{C::kNoPrediction, "no_prediction", kOut, "{} has no prediction.", "# rows have no prediction: {}.", kFixRow},
    Kind{C::kNoPredictionColumns, "no_prediction_columns", kStops,
         "{} has neither a class column nor a probability for each class.",
         "# tables have neither a class column nor probabilities: {}.",
         "Choose the column with the class, or the columns with the probabilities."},
    // The reader itself
    Kind{C::kReaderStopped, "reader_stopped", kStops,
         "Reading {} stopped the program that reads files; nothing was imported.",
         "Reading # files stopped the program that reads files: {}.",
         "Write the file again with another program and import it."},
};

const Kind& Find(ProblemCode code) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.code == code; });
}

constexpr std::size_t kNamesInSentence = 3;
constexpr std::size_t kMaxNameBytes = 300;

std::string Shorten(std::string name) {
  if (name.size() <= kMaxNameBytes) return name;
  auto end = kMaxNameBytes;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;  // not within a character
  return name.substr(0, end) + "...";
}

void Replace(std::string& text, std::string_view what, const std::string& with) {
  if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
}

}  // namespace

std::string_view CodeName(ProblemCode code) { return Find(code).name; }
std::optional<ProblemCode> CodeFromName(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
  if (found == kKinds.end()) return std::nullopt;
  return found->code;
}
Severity SeverityOf(ProblemCode code) { return Find(code).severity; }
std::string_view WayOut(ProblemCode code) { return Find(code).way_out; }

std::string ProblemGroup::Sentence() const {
  const Kind& kind = Find(code);
  if (count == 1 && !names.empty()) {
    std::string sentence(kind.one);
    Replace(sentence, "{}", names.front());
    return sentence;
  }
  std::string sentence(kind.many);
  Replace(sentence, "#", WithThousands(count));
  std::string list;
  const auto shown = std::min(names.size(), kNamesInSentence);
  for (std::size_t i = 0; i < shown; ++i) list += (i == 0 ? "" : ", ") + names[i];
  if (count > shown) list += ", and " + WithThousands(count - shown) + " more";
  Replace(sentence, "{}", list);
  return sentence;
}

void Problems::Add(ProblemCode code, std::string_view name, std::uint64_t count) {
  auto& group = groups_[code];
  group.code = code;
  group.count += count;
  if (group.names.size() < kProblemNames) group.names.push_back(Shorten(Printable(name)));
}

void Problems::Add(const Problems& others) {
  for (const auto& [code, other] : others.groups_) {
    auto& group = groups_[code];
    group.code = code;
    group.count += other.count;
    for (const auto& name : other.names) {
      if (group.names.size() < kProblemNames) group.names.push_back(name);
    }
  }
}

const ProblemGroup* Problems::Find(ProblemCode code) const {
  const auto found = groups_.find(code);
  return found == groups_.end() ? nullptr : &found->second;
}

bool Problems::Blocking() const {
  return std::any_of(groups_.begin(), groups_.end(),
                     [](const auto& entry) { return SeverityOf(entry.first) == Severity::kBlocking; });
}

std::uint64_t Problems::Count(ProblemCode code) const {
  const auto* group = Find(code);
  return group == nullptr ? 0 : group->count;
}

std::vector<ProblemGroup> Problems::Groups() const {
  std::vector<ProblemGroup> groups;
  for (const auto& [code, group] : groups_) groups.push_back(group);
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return SeverityOf(a.code) > SeverityOf(b.code); });
  return groups;
}

}  // namespace burnish::formats

#include "store/columns/memory_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/artifacts/pack.hpp"

namespace burnish::store {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint64_t kMagic = 0x324D454D4E5242ULL;  // "BRNMEM2"

[[noreturn]] void Damaged() {
  throw base::Error(base::ErrorCode::kUnavailable, "The file of the columns in memory is damaged.");
}

// Arrays one after the other: u64 bytes, the bytes, u32 crc32c of both.
class ArrayWriter {
 public:
  explicit ArrayWriter(const std::filesystem::path& path) : file_(std::fopen(path.c_str(), "wbe"), &std::fclose) {
    if (!file_) Fail();
  }
  void Bytes(std::span<const std::byte> bytes) {
    const std::uint64_t size = bytes.size();
    const auto head = std::as_bytes(std::span(&size, 1));
    const std::uint32_t crc = Crc32c(bytes, Crc32c(head));
    Put(head);
    Put(bytes);
    Put(std::as_bytes(std::span(&crc, 1)));
  }
  template <class T>
  void Array(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    Bytes(std::as_bytes(values));
  }
  template <class T>
  void Value(T value) {
    Array(std::span<const T>(&value, 1));
  }
  void Text(std::string_view text) { Bytes(std::as_bytes(std::span(text))); }
  void Finish() {
    if (std::fflush(file_.get()) != 0) Fail();
  }

 private:
  [[noreturn]] static void Fail() {
    if (errno == ENOSPC || errno == EDQUOT)
      throw base::Error(base::ErrorCode::kStorageFull, "There is no room left on the disk for the project's columns.");
    throw base::Error(base::ErrorCode::kUnavailable, "The project's columns could not be written.");
  }
  void Put(std::span<const std::byte> bytes) {
    if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) Fail();
    unsynced_ += bytes.size();
    if (unsynced_ < kSyncedAtOnce) return;
    if (std::fflush(file_.get()) != 0 || ::fdatasync(::fileno(file_.get())) != 0) Fail();
    unsynced_ = 0;
  }

  // The file system may let an edit's fsync wait for all of this file that is not on the disk yet.
  static constexpr std::size_t kSyncedAtOnce = std::size_t{4} << 20U;

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::size_t unsynced_ = 0;  // bytes
};

// The same from a file that is mapped into memory.
class ArrayReader {
 public:
  explicit ArrayReader(std::span<const std::byte> bytes) : rest_(bytes) {}
  std::span<const std::byte> Bytes() {
    std::uint64_t size = 0;
    if (rest_.size() < sizeof size) Damaged();
    std::memcpy(&size, rest_.data(), sizeof size);
    if (size > rest_.size() - sizeof size || rest_.size() - sizeof size - size < sizeof(std::uint32_t)) Damaged();
    std::uint32_t crc = 0;
    std::memcpy(&crc, rest_.data() + sizeof size + size, sizeof crc);
    if (Crc32c(rest_.first(sizeof size + size)) != crc) Damaged();
    const auto bytes = rest_.subspan(sizeof size, size);
    rest_ = rest_.subspan(sizeof size + size + sizeof crc);
    return bytes;
  }
  template <class T>
  std::vector<T> Array() {
    const auto bytes = Bytes();
    if (bytes.size() % sizeof(T) != 0) Damaged();
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  template <class T>
  T Value() {
    const auto bytes = Bytes();
    if (bytes.size() != sizeof(T)) Damaged();
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string Text() {
    const auto bytes = Bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::span<const std::byte> rest_;
};

// One list of what a snapshot holds, read and written by the same walk: `Io` is Saver or Restorer.
template <class Io, class SnapshotType>
void Walk(Io& io, SnapshotType& snapshot) {
  io.Number(snapshot.as_of);
  io.Number(snapshot.size);
  io.Classes(snapshot.ontology);
  io.List(snapshot.tag_names, [&](auto& name) { io.Text(name); });
  io.List(snapshot.imports, [&](auto& import) { io.Import(import); });
  io.Column(snapshot.labels);
  io.Column(snapshot.label_revisions);
  io.Column(snapshot.changed);
  io.Column(snapshot.splits);
  io.Column(snapshot.media);
  io.Column(snapshot.regions);
  io.Column(snapshot.import_index);
  io.Bits(snapshot.excluded);
  io.Bits(snapshot.withdrawn);
  io.List(snapshot.tags, [&](auto& bits) { io.Bits(bits); });
  io.Column(snapshot.source_codes);
  io.Texts(snapshot.sources);
  io.TextRows(snapshot.paths);
  io.List(snapshot.fields, [&](auto& field) {
    io.Text(field.field.name);
    io.Number(field.field.type);
    io.Texts(field.texts);
    io.Column(field.codes);
    io.Column(field.numbers);
  });
  io.Column(snapshot.media_kinds);
  io.Column(snapshot.media_roots);
  io.Texts(snapshot.roots);
  io.TextRows(snapshot.media_paths);
  io.Column(snapshot.media_content);
  io.Column(snapshot.media_bytes);
  io.Column(snapshot.media_width);
  io.Column(snapshot.media_height);
}

class Saver {
 public:
  explicit Saver(ArrayWriter& out) : out_(out) {}
  template <class T>
  void Number(T value) {
    out_.Value(value);
  }
  void Text(const std::string& text) { out_.Text(text); }
  template <class T, class Each>
  void List(const std::vector<T>& values, Each&& each) {
    out_.Value<std::uint64_t>(values.size());
    for (const T& value : values) each(value);
  }
  void Classes(const model::Ontology& ontology) {
    List(ontology.Classes(), [&](const model::Class& value) {
      Text(value.name);
      Number(value.retired);
      Number(value.merged_into.value_or(model::kNoClass));
    });
  }
  void Import(const ImportInfo& import) {
    Text(import.id.Text());
    Number(import.sequence);
    Number(import.first);
    Number(import.count);
    Text(import.batch);
    Number(import.media_first);
    Number(import.fields_before);
    Number(import.regions);
  }
  template <class T>
  void Column(const store::Column<T>& column) {
    Number(std::uint64_t{column.Size()});
    for (std::size_t i = 0; i < column.ChunkCount(); ++i) out_.Array(column.Chunk(i));
  }
  void Bits(const std::shared_ptr<const Bitset>& bits) { out_.Array(bits->Words()); }
  void Texts(const std::shared_ptr<const Dictionary>& texts) {
    std::vector<std::uint32_t> lengths;
    std::string all;
    for (std::uint32_t code = 0; texts && code < texts->Size(); ++code) {
      lengths.push_back(static_cast<std::uint32_t>(texts->Text(code).size()));
      all += texts->Text(code);
    }
    out_.Array(std::span<const std::uint32_t>(lengths));
    out_.Text(all);
  }
  void TextRows(const TextColumn& column) {
    Number(std::uint64_t{column.Size()});
    for (std::size_t i = 0; i < column.ChunkCount(); ++i) {
      out_.Array(std::span<const std::uint32_t>(column.ChunkAt(i).ends));
      out_.Text(column.ChunkAt(i).bytes);
    }
  }

 private:
  ArrayWriter& out_;
};

class Restorer {
 public:
  explicit Restorer(ArrayReader& in) : in_(in) {}
  template <class T>
  void Number(T& value) {
    value = in_.Value<T>();
  }
  void Text(std::string& text) { text = in_.Text(); }
  template <class T, class Each>
  void List(std::vector<T>& values, Each&& each) {
    values.resize(in_.Value<std::uint64_t>());  // at once: `Bits` remembers places in it
    for (T& value : values) each(value);
  }
  void Classes(model::Ontology& ontology) {
    const auto count = in_.Value<std::uint64_t>();
    for (std::uint64_t i = 0; i < count; ++i) {
      model::Class value{static_cast<model::ClassId>(i), in_.Text(), in_.Value<bool>(), std::nullopt};
      if (const auto merged = in_.Value<model::ClassId>(); merged != model::kNoClass) value.merged_into = merged;
      ontology.Put(std::move(value));
    }
  }
  void Import(ImportInfo& import) {
    import.id = base::ImportId(in_.Text());
    Number(import.sequence);
    Number(import.first);
    Number(import.count);
    Text(import.batch);
    Number(import.media_first);
    Number(import.fields_before);
    Number(import.regions);
  }
  template <class T>
  void Column(store::Column<T>& column) {
    ColumnEditor editor(column);
    for (std::size_t left = in_.Value<std::uint64_t>(); left > 0;) {
      const std::size_t rows = std::min(left, kChunkRows);
      std::vector<T> chunk = in_.Array<T>();
      if (chunk.size() != rows) Damaged();
      editor.AppendChunk(std::move(chunk));
      left -= rows;
    }
  }
  void Bits(std::shared_ptr<const Bitset>& bits) { words_.emplace_back(&bits, in_.Array<std::uint64_t>()); }
  void Texts(std::shared_ptr<const Dictionary>& texts) {
    const auto lengths = in_.Array<std::uint32_t>();
    const std::string all = in_.Text();
    auto made = std::make_shared<Dictionary>();
    std::size_t at = 0;
    for (const std::uint32_t length : lengths) {
      if (length > all.size() - at) Damaged();
      made->CodeOf(std::string_view(all).substr(at, length));
      at += length;
    }
    if (made->Size() != lengths.size()) Damaged();
    texts = std::move(made);
  }
  void TextRows(TextColumn& column) {
    for (std::size_t left = in_.Value<std::uint64_t>(); left > 0;) {
      const std::size_t rows = std::min(left, kChunkRows);
      TextColumn::Chunk chunk{in_.Array<std::uint32_t>(), in_.Text()};
      const bool whole = chunk.ends.size() == rows && chunk.ends.back() == chunk.bytes.size() &&
                         std::is_sorted(chunk.ends.begin(), chunk.ends.end());
      if (!whole) Damaged();
      column.AppendChunk(std::move(chunk));
      left -= rows;
    }
  }
  // Bit sets are as long as the project, which is known once all is read.
  void FinishBits(std::size_t size) {
    for (auto& [target, words] : words_) {
      auto bits = std::make_shared<Bitset>(size);
      if (words.size() != bits->Words().size()) Damaged();
      std::copy(words.begin(), words.end(), bits->Words().begin());
      *target = std::move(bits);
    }
  }

 private:
  ArrayReader& in_;
  std::vector<std::pair<std::shared_ptr<const Bitset>*, std::vector<std::uint64_t>>> words_;
};

void CheckSizes(const Snapshot& snapshot) {
  const std::size_t size = snapshot.size;
  const std::size_t media = snapshot.media_kinds.Size();
  bool fit = snapshot.labels.Size() == size && snapshot.label_revisions.Size() == size &&
             snapshot.changed.Size() == size && snapshot.splits.Size() == size && snapshot.media.Size() == size &&
             snapshot.regions.Size() == size && snapshot.import_index.Size() == size &&
             snapshot.source_codes.Size() == size && snapshot.paths.Size() == size &&
             snapshot.tags.size() == snapshot.tag_names.size() && snapshot.media_roots.Size() == media &&
             snapshot.media_paths.Size() == media && snapshot.media_content.Size() == media &&
             snapshot.media_bytes.Size() == media && snapshot.media_width.Size() == media &&
             snapshot.media_height.Size() == media;
  for (const FieldColumn& field : snapshot.fields) {
    fit = fit && (field.field.type == model::FieldType::kText ? field.codes.Size() : field.numbers.Size()) == size;
  }
  if (!fit) Damaged();
}

// The whole file, mapped for reading.
class Mapped {
 public:
  explicit Mapped(const base::FileDescriptor& file) {
    struct stat status {};
    if (fstat(file.Get(), &status) != 0 || status.st_size == 0) Damaged();
    size_ = static_cast<std::size_t>(status.st_size);
    data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.Get(), 0);
    if (data_ == MAP_FAILED) Damaged();
  }
  ~Mapped() { munmap(data_, size_); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  std::span<const std::byte> Bytes() const { return {static_cast<const std::byte*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace

void WriteMemoryFile(const std::filesystem::path& file, const MemoryFile& content) {
  base::PublishFileDurably(file, [&](const std::filesystem::path& path) {
    ArrayWriter out(path);
    out.Value(kMagic);
    out.Text(content.snapshot->project.Text());
    out.Text(content.operation);
    Saver saver(out);
    Walk(saver, *content.snapshot);
    out.Finish();
  });
}

std::optional<MemoryFile> ReadMemoryFile(const std::filesystem::path& file, const base::ProjectId& project) {
  const base::FileDescriptor open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!open.Valid()) return std::nullopt;
  const Mapped mapped(open);
  ArrayReader in(mapped.Bytes());
  if (in.Value<std::uint64_t>() != kMagic || in.Text() != project.Text()) Damaged();
  MemoryFile content;
  content.operation = in.Text();
  auto snapshot = std::make_shared<Snapshot>(*EmptySnapshot(project));
  Restorer restorer(in);
  Walk(restorer, *snapshot);
  if (!in.AtEnd()) Damaged();
  restorer.FinishBits(snapshot->size);
  CheckSizes(*snapshot);
  content.snapshot = std::move(snapshot);
  return content;
}

}  // namespace burnish::store

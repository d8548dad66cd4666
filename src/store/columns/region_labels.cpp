#include "store/columns/region_labels.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/artifacts/pack.hpp"

namespace burnish::store {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint64_t kMagic = 0x31474552'4E5242ULL;  // "BRNREG1"
constexpr std::size_t kAlignment = 64;
constexpr std::uint32_t kWide = 1;
constexpr std::uint32_t kConfident = 2;

// One per block, at the end of the file.
struct Entry {
  std::uint64_t at = 0;  // of the offsets; the other arrays follow, each at the next multiple of 64
  std::uint32_t rows = 0;
  std::uint32_t labels = 0;
  std::uint32_t flags = 0;
  std::uint32_t crc = 0;  // of offsets and classes
};
// The last 32 bytes.
struct Footer {
  std::uint64_t directory = 0;  // where the entries begin
  std::uint64_t labels = 0;
  std::uint32_t blocks = 0;
  std::uint32_t crc = 0;  // of the entries
  std::uint64_t magic = kMagic;
};
static_assert(sizeof(Entry) == 24 && sizeof(Footer) == 32);

std::uint64_t Aligned(std::uint64_t at) { return (at + kAlignment - 1) / kAlignment * kAlignment; }

[[noreturn]] void Damaged() {
  throw base::Error(base::ErrorCode::kUnavailable, "A batch of region labels of this project is damaged.");
}

}  // namespace

class RegionWriter::Impl {
 public:
  explicit Impl(const std::filesystem::path& file) : file_(std::fopen(file.c_str(), "wbe"), &std::fclose) {
    if (!file_) Fail();
    Put(std::as_bytes(std::span(&kMagic, 1)));
    Align();
  }

  void Append(std::span<const RegionLabel> labels) {
    for (const RegionLabel& label : labels) {
      if (label.class_id == model::kNoClass)
        throw base::Error(base::ErrorCode::kInvalidArgument, "A region label must have a class.", "class");
      classes_.push_back(label.class_id);
      confidence_.push_back(label.confidence);
      boxes_.push_back(label.box);
    }
    offsets_.push_back(static_cast<std::uint32_t>(classes_.size()));
    ++rows_;
    if (offsets_.size() > kChunkRows) WriteBlock();
  }

  std::uint32_t Rows() const noexcept { return rows_; }

  void Finish() {
    if (offsets_.size() > 1) WriteBlock();
    Footer footer{at_, labels_, static_cast<std::uint32_t>(entries_.size()), 0, kMagic};
    const auto entries = std::as_bytes(std::span<const Entry>(entries_));
    footer.crc = Crc32c(entries);
    Put(entries);
    Put(std::as_bytes(std::span(&footer, 1)));
    if (std::fflush(file_.get()) != 0) Fail();
  }

 private:
  void WriteBlock() {
    const bool wide = std::any_of(classes_.begin(), classes_.end(), [](model::ClassId id) { return id > 0xFF; });
    const bool confident =
        std::any_of(confidence_.begin(), confidence_.end(), [](float value) { return !std::isnan(value); });
    Entry entry{at_, static_cast<std::uint32_t>(offsets_.size() - 1), static_cast<std::uint32_t>(classes_.size()),
                (wide ? kWide : 0) | (confident ? kConfident : 0), 0};
    const std::vector<std::uint8_t> narrow(wide ? classes_.end() : classes_.begin(), classes_.end());
    const auto classes = wide ? std::as_bytes(std::span<const model::ClassId>(classes_))
                              : std::as_bytes(std::span<const std::uint8_t>(narrow));
    const auto offsets = std::as_bytes(std::span<const std::uint32_t>(offsets_));
    entry.crc = Crc32c(classes, Crc32c(offsets));
    Array(offsets);
    Array(classes);
    if (confident) Array(std::as_bytes(std::span<const float>(confidence_)));
    Array(std::as_bytes(std::span<const std::array<float, 4>>(boxes_)));
    entries_.push_back(entry);
    labels_ += classes_.size();
    offsets_.assign(1, 0);
    classes_.clear();
    confidence_.clear();
    boxes_.clear();
  }

  void Array(std::span<const std::byte> bytes) {
    Put(bytes);
    Align();
  }

  void Align() {
    static constexpr std::array<std::byte, kAlignment> kZeros{};
    Put(std::span(kZeros).first(Aligned(at_) - at_));
  }

  void Put(std::span<const std::byte> bytes) {
    if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) Fail();
    at_ += bytes.size();
  }

  [[noreturn]] static void Fail() {
    if (errno == ENOSPC || errno == EDQUOT)
      throw base::Error(base::ErrorCode::kStorageFull, "There is no room left on the disk for the region labels.");
    throw base::Error(base::ErrorCode::kUnavailable, "The region labels could not be written.");
  }

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::uint64_t at_ = 0;
  std::uint64_t labels_ = 0;
  std::uint32_t rows_ = 0;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> offsets_{0};
  std::vector<model::ClassId> classes_;
  std::vector<float> confidence_;
  std::vector<std::array<float, 4>> boxes_;
};

RegionWriter::RegionWriter(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}
RegionWriter::~RegionWriter() = default;
void RegionWriter::Append(std::span<const RegionLabel> labels) { impl_->Append(labels); }
std::uint32_t RegionWriter::Rows() const noexcept { return impl_->Rows(); }
void RegionWriter::Finish() { impl_->Finish(); }

bool RegionBatch::IsOne(const std::filesystem::path& file) {
  const base::FileDescriptor open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  std::uint64_t magic = 0;
  return open.Valid() && pread(open.Get(), &magic, sizeof magic, 0) == sizeof magic && magic == kMagic;
}

RegionBatch::RegionBatch(const std::filesystem::path& file) {
  const base::FileDescriptor open(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status {};
  if (!open.Valid() || fstat(open.Get(), &status) != 0)
    throw base::Error(base::ErrorCode::kUnavailable, "A batch of region labels of this project is missing.");
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ < kAlignment + sizeof(Footer)) Damaged();
  data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, open.Get(), 0);
  if (data_ == MAP_FAILED) Damaged();
  try {
    Check();
  } catch (...) {
    munmap(data_, size_);
    throw;
  }
}

RegionBatch::~RegionBatch() { munmap(data_, size_); }

void RegionBatch::Check() {
  const std::span<const std::byte> bytes(static_cast<const std::byte*>(data_), size_);
  Footer footer;
  std::memcpy(&footer, bytes.data() + size_ - sizeof footer, sizeof footer);
  const std::uint64_t end = size_ - sizeof footer;
  if (footer.magic != kMagic || footer.directory > end || footer.directory % alignof(Entry) != 0 ||
      (end - footer.directory) != footer.blocks * sizeof(Entry))
    Damaged();
  const std::span<const Entry> entries(reinterpret_cast<const Entry*>(bytes.data() + footer.directory), footer.blocks);
  if (Crc32c(std::as_bytes(entries)) != footer.crc) Damaged();
  for (const Entry& entry : entries) {
    std::uint64_t at = entry.at;
    RegionBlock block;
    block.first = rows_;
    block.rows = entry.rows;
    const auto array = [&]<class T>(std::span<const T>& target, std::uint64_t count) {
      if (at % kAlignment != 0 || at > footer.directory || count > (footer.directory - at) / sizeof(T)) Damaged();
      target = {reinterpret_cast<const T*>(bytes.data() + at), count};
      at = Aligned(at + count * sizeof(T));
    };
    array(block.offsets, std::uint64_t{entry.rows} + 1);
    (entry.flags & kWide) != 0 ? array(block.wide, entry.labels) : array(block.narrow, entry.labels);
    if ((entry.flags & kConfident) != 0) array(block.confidence, entry.labels);
    array(block.boxes, entry.labels);
    const auto classes = (entry.flags & kWide) != 0 ? std::as_bytes(block.wide) : std::as_bytes(block.narrow);
    if (entry.rows == 0 || Crc32c(classes, Crc32c(std::as_bytes(block.offsets))) != entry.crc ||
        block.offsets.front() != 0 || block.offsets.back() != entry.labels ||
        !std::is_sorted(block.offsets.begin(), block.offsets.end()))
      Damaged();
    rows_ += entry.rows;
    labels_ += entry.labels;
    blocks_.push_back(block);
  }
  if (labels_ != footer.labels) Damaged();
}

void RegionTable::Append(std::shared_ptr<const RegionBatch> batch) {
  firsts_.push_back(rows_);
  rows_ += batch->Rows();
  batches_.push_back(std::move(batch));
}

void RegionTable::RemoveLast() {
  rows_ = firsts_.back();
  firsts_.pop_back();
  batches_.pop_back();
}

bool RegionTable::Wide() const noexcept {
  return std::any_of(batches_.begin(), batches_.end(), [](const auto& batch) {
    return std::any_of(batch->Blocks().begin(), batch->Blocks().end(),
                       [](const RegionBlock& block) { return !block.wide.empty(); });
  });
}

void RegionTable::Cursor::Find(std::uint32_t row) noexcept {
  const auto batch = std::upper_bound(table_.firsts_.begin(), table_.firsts_.end(), row) - table_.firsts_.begin() - 1;
  const auto blocks = table_.batches_[static_cast<std::size_t>(batch)]->Blocks();
  const std::uint32_t first = table_.firsts_[static_cast<std::size_t>(batch)];
  const auto after = std::upper_bound(blocks.begin(), blocks.end(), row - first,
                                      [](std::uint32_t at, const RegionBlock& block) { return at < block.first; });
  block_ = &*(after - 1);
  first_ = first + block_->first;
  rows_ = block_->rows;
}

}  // namespace burnish::store

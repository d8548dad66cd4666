#include "store/artifacts/fixed_pack.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.hpp"
#include "store/artifacts/pack.hpp"
#include "store/artifacts/pack_io.hpp"
#include "store/artifacts/table_order.hpp"

namespace burnish::store {

namespace {

constexpr std::string_view kMagic = "BRNFIX01";
constexpr std::size_t kFileHeader = 64;
constexpr std::size_t kRecordHeader = 24;  // key, checksum, zero
// Address space, not memory: room for the file to grow without moving.
constexpr std::uint64_t kReserved = std::uint64_t{64} << 30U;
// Records that are all looked at are read in pieces of about so many bytes: through the mapping they would all stay
// among the memory of this process.
constexpr std::size_t kPiece = std::size_t{1} << 20U;

std::uint32_t Checksum(const base::ContentHash& key, std::span<const std::byte> bytes) {
  return Crc32c(bytes, Crc32c(std::as_bytes(std::span(key.bytes))));
}

[[noreturn]] void FailShort() {
  throw base::Error(base::ErrorCode::kUnavailable, "A file of derived data became shorter while it was read.");
}

}  // namespace

FixedPack::FixedPack(std::filesystem::path file, std::uint32_t record_bytes)
    : path_(std::move(file)), record_bytes_(record_bytes), stride_((kRecordHeader + record_bytes + 7) / 8 * 8) {
  Open();
  void* data = mmap(nullptr, kReserved, PROT_READ, MAP_SHARED | MAP_NORESERVE, file_.Get(), 0);
  if (data == MAP_FAILED)
    throw base::Error(base::ErrorCode::kUnavailable, "A file of derived data could not be mapped into memory.");
  mapping_ = {static_cast<const std::byte*>(data), kReserved};
  Scan(PackFileSize(file_));
}

FixedPack::~FixedPack() {
  if (mapping_.data != nullptr) munmap(const_cast<std::byte*>(mapping_.data), mapping_.bytes);
}

void FixedPack::Open() {
  file_ = OpenPackFile(path_);
  const std::uint64_t size = PackFileSize(file_);
  std::array<std::byte, kFileHeader> header{};
  std::memcpy(header.data(), kMagic.data(), kMagic.size());
  std::memcpy(header.data() + kMagic.size(), &record_bytes_, sizeof record_bytes_);
  if (size >= kFileHeader) {
    std::array<std::byte, kFileHeader> present{};
    ReadAt(file_, 0, present);
    if (present == header) return;
    file_ = base::FileDescriptor();
    SetPackAside(path_);
    file_ = OpenPackFile(path_);
  }
  CutPack(file_, 0);
  WriteAt(file_, 0, header);
}

std::uint64_t FixedPack::OffsetOf(std::uint32_t row) const noexcept { return kFileHeader + row * stride_; }

void FixedPack::Scan(std::uint64_t size) {
  rows_ = static_cast<std::uint32_t>((size - kFileHeader) / stride_);
  if (OffsetOf(rows_) < size) CutPack(file_, OffsetOf(rows_));
  rows_by_key_.reserve(rows_);
  ForEachRecord(rows_, [this](std::uint32_t row, std::span<const std::byte> record) {
    base::ContentHash key;
    std::uint32_t crc = 0;
    std::memcpy(key.bytes.data(), record.data(), key.bytes.size());
    std::memcpy(&crc, record.data() + key.bytes.size(), sizeof crc);
    if (Checksum(key, record.subspan(kRecordHeader, record_bytes_)) == crc) rows_by_key_.emplace(key, row);
  });
}

template <class Visit>
void FixedPack::ForEachRecord(std::uint32_t rows, Visit&& visit) const {
  const std::uint32_t at_once = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, kPiece / stride_));
  std::vector<std::byte> piece(at_once * stride_);
  for (std::uint32_t first = 0; first < rows; first += at_once) {
    const std::uint32_t count = std::min(at_once, rows - first);
    const auto records = std::span(piece).first(count * stride_);
    if (ReadAt(file_, OffsetOf(first), records) != records.size()) FailShort();
    for (std::uint32_t i = 0; i < count; ++i) visit(first + i, records.subspan(i * stride_, stride_));
  }
}

std::uint32_t FixedPack::Rows() const {
  const std::shared_lock lock(mutex_);
  return rows_;
}

std::uint32_t FixedPack::RowOf(const base::ContentHash& key) const {
  const std::shared_lock lock(mutex_);
  const auto found = rows_by_key_.find(key);
  return found == rows_by_key_.end() ? kNoRow : found->second;
}

std::vector<std::uint32_t> FixedPack::RowsOf(std::span<const base::ContentHash> keys) const {
  std::vector<std::uint32_t> rows(keys.size(), kNoRow);
  const std::shared_lock lock(mutex_);
  VisitInTableOrder(keys, [&](std::size_t i) {
    const auto found = rows_by_key_.find(keys[i]);
    if (found != rows_by_key_.end()) rows[i] = found->second;
  });
  return rows;
}

std::span<const std::byte> FixedPack::Row(std::uint32_t row) const {
  return {mapping_.data + OffsetOf(row) + kRecordHeader, record_bytes_};
}

void FixedPack::ReadRow(std::uint32_t row, std::span<std::byte> bytes) const {
  if (ReadAt(file_, OffsetOf(row) + kRecordHeader, bytes) != bytes.size()) FailShort();
}

std::optional<std::span<const std::byte>> FixedPack::Get(const base::ContentHash& key) const {
  const std::uint32_t row = RowOf(key);
  if (row == kNoRow) return std::nullopt;
  return Row(row);
}

std::uint32_t FixedPack::Put(const base::ContentHash& key, std::span<const std::byte> bytes) {
  if (bytes.size() != record_bytes_)
    throw base::Error(base::ErrorCode::kInvalidArgument, "A derived record has another size than its pack.");
  std::vector<std::byte> record(stride_);
  const std::uint32_t crc = Checksum(key, bytes);
  std::memcpy(record.data(), key.bytes.data(), key.bytes.size());
  std::memcpy(record.data() + key.bytes.size(), &crc, sizeof crc);
  std::memcpy(record.data() + kRecordHeader, bytes.data(), bytes.size());
  const std::unique_lock lock(mutex_);
  if (const auto found = rows_by_key_.find(key); found != rows_by_key_.end()) return found->second;
  if (OffsetOf(rows_ + 1) > kReserved) throw base::Error(base::ErrorCode::kTooLarge, "A file of derived data is full.");
  WriteAt(file_, OffsetOf(rows_), record);
  rows_by_key_.emplace(key, rows_);
  return rows_++;
}

void FixedPack::Sync() { SyncPack(file_); }

base::ContentHash FixedPack::Fingerprint(std::uint32_t rows) const {
  std::vector<std::byte> headers(std::size_t{rows} * kRecordHeader);
  ForEachRecord(rows, [&](std::uint32_t row, std::span<const std::byte> record) {
    std::memcpy(headers.data() + std::size_t{row} * kRecordHeader, record.data(), kRecordHeader);
  });
  return base::HashContent(headers);
}

}  // namespace burnish::store

#include "store/artifacts/pack.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "store/artifacts/pack_io.hpp"
#include "store/artifacts/table_order.hpp"

namespace burnish::store {

namespace {

constexpr std::string_view kMagic = "BRNPACK1";
constexpr std::size_t kHeaderBytes = 24;  // of a record: length, checksum, key
constexpr std::uint32_t kMostBytes = 64U << 20U;

struct RecordHeader {
  std::uint32_t length = 0;
  std::uint32_t crc = 0;
  base::ContentHash key;
};
static_assert(sizeof(RecordHeader) == kHeaderBytes);

std::uint32_t Checksum(const base::ContentHash& key, std::span<const std::byte> bytes) {
  return Crc32c(bytes, Crc32c(std::as_bytes(std::span(key.bytes))));
}

}  // namespace

std::string PackFileName(std::string_view kind, std::string_view recipe, std::string_view ending) {
  for (const char c : recipe) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.') {
      throw base::Error(base::ErrorCode::kInternal, "A recipe's name cannot be a file's: " + std::string(recipe));
    }
  }
  return std::string(kind) + "-" + std::string(recipe) + "." + std::string(ending);
}

Pack::Pack(std::filesystem::path file) : path_(std::move(file)) { Open(); }

void Pack::Open() {
  file_ = OpenPackFile(path_);
  std::uint64_t size = PackFileSize(file_);
  if (size >= kMagic.size()) {
    std::array<std::byte, 8> magic{};
    ReadAt(file_, 0, magic);
    if (std::memcmp(magic.data(), kMagic.data(), kMagic.size()) == 0) return Scan(size);
    file_ = base::FileDescriptor();
    SetPackAside(path_);
    file_ = OpenPackFile(path_);
  }
  CutPack(file_, 0);
  WriteAt(file_, 0, std::as_bytes(std::span(kMagic)));
  end_ = kMagic.size();
}

// Headers only: a record's bytes are checked when they are read.
void Pack::Scan(std::uint64_t size) {
  std::uint64_t at = kMagic.size();
  std::vector<std::byte> window(std::size_t{1} << 20U);
  std::uint64_t window_at = 0;
  std::size_t window_size = 0;
  while (at + kHeaderBytes <= size) {
    if (at < window_at || at + kHeaderBytes > window_at + window_size) {
      window_at = at;
      window_size = ReadAt(file_, at, window);
      if (window_size < kHeaderBytes) break;
    }
    RecordHeader header;
    std::memcpy(&header, window.data() + (at - window_at), kHeaderBytes);
    if (header.length > kMostBytes || at + kHeaderBytes + header.length > size) break;
    // The newest: an older one of this key was damaged when it was made.
    places_.insert_or_assign(header.key, Place{at + kHeaderBytes, header.length, header.crc});
    at += kHeaderBytes + header.length;
  }
  if (at < size) CutPack(file_, at);
  end_ = at;
}

std::optional<std::string> Pack::Get(const base::ContentHash& key) const {
  Place place;
  {
    const std::shared_lock lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end()) return std::nullopt;
    place = found->second;
  }
  std::string bytes(place.length, '\0');
  const auto span = std::as_writable_bytes(std::span(bytes));
  if (ReadAt(file_, place.offset, span) == bytes.size() &&
      (Checksum(key, span) == place.crc || BURNISH_SEEDED_BUG("pack.no_checksum")))
    return bytes;
  // Damaged: forget it, so that it is made and put again.
  const std::unique_lock lock(mutex_);
  if (const auto found = places_.find(key); found != places_.end() && found->second.offset == place.offset) {
    places_.erase(found);
    damaged_ = true;
  }
  return std::nullopt;
}

std::shared_ptr<const std::string> Pack::GetAtHand(const base::ContentHash& key) const {
  if (auto hot = hot_.Find(key)) return hot;
  Place place;
  {
    const std::shared_lock lock(mutex_, std::try_to_lock);
    if (!lock) return nullptr;
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    place = found->second;
  }
  std::string bytes(place.length, '\0');
  const auto span = std::as_writable_bytes(std::span(bytes));
  if (!ReadAtHand(file_, place.offset, span) || Checksum(key, span) != place.crc) return nullptr;
  auto kept = std::make_shared<const std::string>(std::move(bytes));
  hot_.Keep(key, kept);
  return kept;
}

bool Pack::Has(const base::ContentHash& key) const {
  const std::shared_lock lock(mutex_);
  return places_.contains(key);
}

std::vector<bool> Pack::HasEach(std::span<const base::ContentHash> keys) const {
  std::vector<bool> has(keys.size());
  const std::shared_lock lock(mutex_);
  VisitInTableOrder(keys, [&](std::size_t i) { has[i] = places_.contains(keys[i]); });
  return has;
}

void Pack::Put(const base::ContentHash& key, std::span<const std::byte> bytes) {
  if (bytes.size() > kMostBytes)
    throw base::Error(base::ErrorCode::kTooLarge, "A derived file is larger than a pack takes.");
  RecordHeader header{static_cast<std::uint32_t>(bytes.size()), Checksum(key, bytes), key};
  std::vector<std::byte> record(kHeaderBytes + bytes.size());
  std::memcpy(record.data(), &header, kHeaderBytes);
  if (!bytes.empty()) std::memcpy(record.data() + kHeaderBytes, bytes.data(), bytes.size());
  const std::unique_lock lock(mutex_);
  if (places_.contains(key)) return;
  BURNISH_FAILPOINT("pack.put.before");
  WriteAt(file_, end_, record);
  BURNISH_FAILPOINT("pack.put.after");
  places_.emplace(key, Place{end_ + kHeaderBytes, header.length, header.crc});
  end_ += record.size();
}

void Pack::Sync() { SyncPack(file_); }

std::size_t Pack::Count() const {
  const std::shared_lock lock(mutex_);
  return places_.size();
}

std::uint64_t Pack::Bytes() const {
  const std::shared_lock lock(mutex_);
  return end_;
}

}  // namespace burnish::store

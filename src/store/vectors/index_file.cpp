#include "store/vectors/index_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/error.hpp"
#include "base/files.hpp"
#include "store/artifacts/pack.hpp"

namespace burnish::store {
namespace {

struct Places {
  std::size_t centres = 0;
  std::size_t starts = 0;
  std::size_t terms = 0;
  std::size_t codes = 0;
  std::size_t fine_terms = 0;
  std::size_t fine_codes = 0;
  std::size_t end = 0;
};

constexpr std::size_t Padded(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

Places PlacesOf(const IndexHeader& header) {
  const std::size_t rows = header.rows;
  const std::size_t lists = header.lists;
  Places places;
  places.centres = sizeof(IndexHeader);
  places.starts = places.centres + Padded(lists * header.dimensions * sizeof(base::Half));
  places.terms = places.starts + Padded((lists + 1) * sizeof(std::uint32_t));
  places.codes = places.terms + Padded(rows * sizeof(CodeTerms));
  places.fine_terms = places.codes + Padded(rows * header.words * sizeof(std::uint64_t));
  places.fine_codes = places.fine_terms + Padded(rows * sizeof(FineTerms));
  places.end = places.fine_codes + Padded(rows * IndexFile::FineBytesOf(header));
  return places;
}

[[noreturn]] void Refuse(const char* what) {
  throw base::Error(base::ErrorCode::kInternal, std::string("The search index ") + what + ".");
}

std::uint32_t HeaderCrc(const IndexHeader& header) {
  return Crc32c(std::as_bytes(std::span(&header, 1)).first(offsetof(IndexHeader, header_crc)));
}

std::byte* Map(std::size_t bytes, int protection, int flags, int file) {
  void* data = mmap(nullptr, bytes, protection, flags, file, 0);
  if (data == MAP_FAILED)
    throw base::Error(base::ErrorCode::kUnavailable, "There is not enough memory for the search index.");
  return static_cast<std::byte*>(data);
}

}  // namespace

IndexFile::IndexFile(const IndexHeader& header) {
  bytes_ = PlacesOf(header).end;
  data_ = Map(bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
  std::memcpy(data_, &header, sizeof header);
  FindParts();
}

IndexFile::~IndexFile() { munmap(data_, bytes_); }

std::unique_ptr<IndexFile> IndexFile::Open(const std::filesystem::path& file) {
  const base::FileDescriptor opened(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.Valid()) {
    if (errno == ENOENT) return nullptr;
    throw base::Error(base::ErrorCode::kUnavailable, "The search index cannot be opened.");
  }
  struct stat status {};
  if (fstat(opened.Get(), &status) != 0 || status.st_size < static_cast<off_t>(sizeof(IndexHeader))) Refuse("is cut");
  const auto bytes = static_cast<std::size_t>(status.st_size);
  // Private: what is mapped stays as it was checked even if the file is replaced, which happens by renaming.
  std::unique_ptr<IndexFile> index(new IndexFile(Map(bytes, PROT_READ, MAP_PRIVATE, opened.Get()), bytes));
  index->Check();
  index->FindParts();
  return index;
}

void IndexFile::Check() const {
  const IndexHeader& header = Header();
  if (header.magic != IndexHeader{}.magic) Refuse("has another format");
  if (header.header_crc != HeaderCrc(header)) Refuse("is damaged");
  if (PlacesOf(header).end != bytes_) Refuse("is cut");
  if (header.body_crc != Crc32c(std::span(data_ + sizeof header, bytes_ - sizeof header))) Refuse("is damaged");
}

void IndexFile::FindParts() {
  const IndexHeader& header = Header();
  const Places places = PlacesOf(header);
  const std::size_t rows = header.rows;
  const std::size_t lists = header.lists;
  parts_.centres = {reinterpret_cast<base::Half*>(data_ + places.centres), lists * header.dimensions};
  parts_.starts = {reinterpret_cast<std::uint32_t*>(data_ + places.starts), lists + 1};
  parts_.terms = {reinterpret_cast<CodeTerms*>(data_ + places.terms), rows};
  parts_.codes = {reinterpret_cast<std::uint64_t*>(data_ + places.codes), rows * header.words};
  parts_.fine_terms = {reinterpret_cast<FineTerms*>(data_ + places.fine_terms), rows};
  parts_.fine_codes = {reinterpret_cast<std::uint8_t*>(data_ + places.fine_codes), rows * FineBytesOf(header)};
}

void IndexFile::Write(const std::filesystem::path& file) {
  IndexHeader& header = EditHeader();
  header.body_crc = Crc32c(std::span(data_ + sizeof header, bytes_ - sizeof header));
  header.header_crc = HeaderCrc(header);
  base::WriteFileDurably(file, std::span(data_, bytes_));
}

}  // namespace burnish::store

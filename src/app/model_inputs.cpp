#include "app/model_inputs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace burnish::app {
namespace {

base::FileDescriptor NamelessFile(const std::filesystem::path& folder) {
  return base::FileDescriptor(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

// `transfer(done)` moves bytes from there on and says how many, as read and write do.
template <class Transfer>
bool Whole(std::size_t size, Transfer&& transfer) {
  std::size_t done = 0;
  while (done < size) {
    const auto count = transfer(done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

ModelInputs::ModelInputs(const std::filesystem::path& folder, std::size_t bytes_each, Room room)
    : file_(NamelessFile(folder)),
      bytes_each_(bytes_each),
      most_in_memory_(bytes_each != 0 ? room.memory_bytes / bytes_each : 0),
      most_in_file_(file_.Valid() && bytes_each != 0 ? room.file_bytes / bytes_each : 0) {}

void ModelInputs::Keep(const base::ContentHash& content, std::vector<std::uint8_t> pixels) {
  if (pixels.size() != bytes_each_) return;
  std::uint64_t place = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (in_memory_.contains(content) || places_.contains(content)) return;
    if (in_memory_.size() < most_in_memory_) {
      in_memory_.emplace(content, std::move(pixels));
      return;
    }
    if (begun_ >= most_in_file_) return;
    place = begun_++;
  }
  const auto start = static_cast<off_t>(place * bytes_each_);
  const bool written = Whole(pixels.size(), [&](std::size_t done) {
    return ::pwrite(file_.Get(), pixels.data() + done, pixels.size() - done, start + static_cast<off_t>(done));
  });
  const std::scoped_lock lock(mutex_);
  if (written) {
    places_.emplace(content, place);
  } else {
    most_in_file_ = 0;  // the disk is full: what people wait for comes first
  }
}

std::vector<std::uint8_t> ModelInputs::Find(const base::ContentHash& content) const {
  off_t start = 0;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto kept = in_memory_.find(content); kept != in_memory_.end()) return kept->second;
    const auto found = places_.find(content);
    if (found == places_.end()) return {};
    start = static_cast<off_t>(found->second * bytes_each_);
  }
  std::vector<std::uint8_t> pixels(bytes_each_);
  const bool read = Whole(pixels.size(), [&](std::size_t done) {
    return ::pread(file_.Get(), pixels.data() + done, pixels.size() - done, start + static_cast<off_t>(done));
  });
  if (!read) pixels.clear();
  return pixels;
}

}  // namespace burnish::app

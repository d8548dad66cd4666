// Thumbnails of all JPEGs of a folder, from memory, by the code that the decoder children run.
//   thumbnails_bench FOLDER OUT SIDE ROUNDS     writes OUT/<stem>.jpg and prints the seconds of ROUNDS passes after it
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/files.hpp"
#include "media/decode_item.hpp"

namespace {

using namespace burnish;

constexpr std::size_t kWorkers = 2;

struct Picture {
  std::string name;
  base::FileDescriptor file;  // its bytes in memory, as the pool hands them to a child
};

base::FileDescriptor InMemory(const std::string& bytes) {
  base::FileDescriptor file(::memfd_create("picture", MFD_CLOEXEC));
  if (::write(file.Get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("no memory for a picture");
  }
  return file;
}

std::vector<Picture> Load(const std::filesystem::path& folder) {
  std::vector<Picture> pictures;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    pictures.push_back({entry.path().stem().string(), InMemory(base::ReadFile(entry.path(), 1U << 30U))});
  }
  return pictures;
}

void Write(const std::filesystem::path& path, const media::Thumbnail& thumbnail) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
  std::fwrite(thumbnail.bytes.data(), 1, thumbnail.bytes.size(), file);
  std::fclose(file);
}

media::Decoded MakeThumbnail(const Picture& picture, int side) {
  media::DecodeWants wants;
  wants.thumbnail_sides = {side};
  auto decoded = media::DecodeItem(picture.file.Get(), wants, {});
  if (!decoded.Ok()) throw std::runtime_error(picture.name + " cannot be decoded");
  return decoded;
}

double Seconds(const std::vector<Picture>& pictures, int side, std::size_t rounds) {
  const auto start = std::chrono::steady_clock::now();
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < rounds * pictures.size(); i = next++) {
      MakeThumbnail(pictures[i % pictures.size()], side);
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < kWorkers; ++i) workers.emplace_back(work);
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "thumbnails_bench FOLDER OUT SIDE ROUNDS\n");
    return 2;
  }
  ::mallopt(M_MMAP_THRESHOLD, 16 << 20);  // as DecoderMain
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  const auto pictures = Load(arguments[1]);
  const int side = std::atoi(arguments[3]);
  for (const auto& picture : pictures) {
    Write(std::filesystem::path(arguments[2]) / (picture.name + ".jpg"), MakeThumbnail(picture, side).thumbnails[0]);
  }
  const auto rounds = static_cast<std::size_t>(std::atoi(arguments[4]));
  std::printf("{\"count\": %zu, \"seconds\": %.6f}\n", pictures.size(), Seconds(pictures, side, rounds));
  return 0;
}

#include "cli/demo_photographs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <random>
#include <string>

#include "base/error.hpp"
#include "base/files.hpp"
#include "formats/reader_child.hpp"

namespace burnish::cli {
namespace {

constexpr std::array<std::string_view, 10> kClasses = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                                       "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

base::FileDescriptor OpenSource(const std::string& name) {
  base::FileDescriptor file(::open((std::filesystem::path(kFashionMnist) / name).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.Valid()) {
    throw base::Error(base::ErrorCode::kNotFound,
                      "The demo's photographs are not installed. Install Debian's package dataset-fashion-mnist.",
                      name);
  }
  return file;
}

// Chooses which train labels to swap, the same ones for the same seed on every machine, and just as many as the plan
// says (selection sampling: Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
class Planter {
 public:
  explicit Planter(const DemoPlan& plan)
      : left_(plan.train),
        wanted_(static_cast<std::uint32_t>(std::lround(plan.planted_share * plan.train))),
        engine_(plan.seed) {}
  // The class to write for `label`, the next train label; another one for the planted share.
  int Next(int label) {
    const auto draw = static_cast<double>(engine_() >> 11U) / static_cast<double>(1ULL << 53U);
    const auto step = 1 + static_cast<int>(engine_() % (kClasses.size() - 1));
    if (draw * left_-- >= wanted_ - planted_) return label;
    ++planted_;
    return (label + step) % static_cast<int>(kClasses.size());
  }
  std::uint32_t Planted() const { return planted_; }

 private:
  std::uint32_t left_;
  std::uint32_t wanted_;
  std::mt19937_64 engine_;
  std::uint32_t planted_ = 0;
};

class DemoWriter {
 public:
  DemoWriter(std::filesystem::path folder, const DemoPlan& plan)
      : folder_(std::move(folder)), planter_(plan), table_(folder_ / kDemoTable) {
    table_ << "path,class,split,source_file,index,planted\n";
    for (const auto* name : {"train", "test", "pool"})
      std::filesystem::create_directories(folder_ / "photographs" / name);
  }

  // The first so many photographs of a pair of files; `split` says where each belongs, "" for the end.
  void Take(const std::string& images, const std::string& labels,
            const std::function<std::string_view(std::uint32_t)>& split) {
    formats::IdxInput input{OpenSource(images), OpenSource(labels)};
    formats::Problems problems;
    const auto take = [&](formats::IdxItem&& item) {
      const auto where = split(item.index);
      if (where.empty()) return false;
      Add(item, where, images);
      return true;
    };
    formats::Reader().ReadIdx(input, images, formats::Pictures::kWith, take, problems);
    if (problems.Blocking())
      throw base::Error(base::ErrorCode::kUnavailable, problems.Groups().front().Sentence(), images);
  }

  std::uint32_t Finish() {
    table_.close();
    if (!table_)
      throw base::Error(base::ErrorCode::kStorageFull,
                        "The demo's photographs could not be written. Free some space and try again.");
    // One flush for all of these small files: the import leaves them where they are.
    const base::FileDescriptor opened(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ::syncfs(opened.Get());
    return planter_.Planted();
  }

 private:
  void Add(const formats::IdxItem& item, std::string_view split, const std::string& source) {
    auto number = std::to_string(item.index);
    number.insert(0, 5 - std::min<std::size_t>(5, number.size()), '0');
    const auto path = "photographs/" + std::string(split) + "/" + number + ".png";
    std::ofstream picture(folder_ / path, std::ios::binary);
    picture.write(reinterpret_cast<const char*>(item.png.data()), static_cast<std::streamsize>(item.png.size()));
    picture.close();
    if (!picture)
      throw base::Error(base::ErrorCode::kStorageFull,
                        "The demo's photographs could not be written. Free some space and try again.");

    const int label = split == "train" ? planter_.Next(item.label) : item.label;
    const auto class_name = split == "pool" ? std::string_view{} : kClasses.at(static_cast<std::size_t>(label));
    table_ << path << ',' << class_name << ',' << split << ',' << source << ',' << item.index << ','
           << (label == item.label ? "false" : "true") << '\n';
  }

  std::filesystem::path folder_;
  Planter planter_;
  std::ofstream table_;
};

}  // namespace

DemoPlan WholeDemo() {
  DemoPlan plan;
  plan.train = 36'000;
  plan.pool = 24'000;
  plan.test = 10'000;
  return plan;
}

DemoPlan DemoPlan::Resized(std::uint32_t total) const {
  const auto share = [&](std::uint32_t part) {
    return static_cast<std::uint32_t>(std::uint64_t{part} * total / Total());
  };
  DemoPlan plan = *this;
  plan.pool = share(pool);
  plan.test = share(test);
  plan.train = total - plan.pool - plan.test;
  return plan;
}

std::uint32_t WriteDemoPhotographs(const std::filesystem::path& folder, const DemoPlan& plan) {
  std::filesystem::create_directories(folder);
  DemoWriter writer(folder, plan);
  writer.Take("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", [&](std::uint32_t index) -> std::string_view {
    return index < plan.train ? "train" : index < plan.train + plan.pool ? "pool" : "";
  });
  writer.Take("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz",
              [&](std::uint32_t index) -> std::string_view { return index < plan.test ? "test" : ""; });
  return writer.Finish();
}

}  // namespace burnish::cli

// Search among many vectors, as the server does it, on .npy files:
//
//   search_bench pack ROWS FOLDER                          f32 rows into a pack of f16
//   search_bench build FOLDER                              the index of the pack
//   search_bench search FOLDER QUERIES COUNT ALLOWED OUT   one query after the other on one thread; ALLOWED: ordinals,
//   or - search_bench scan FOLDER QUERIES COUNT ALLOWED OUT     the same without the index
//
// Prints one JSON object.
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/half.hpp"
#include "base/hash.hpp"
#include "reference/npy.hpp"
#include "store/artifacts/fixed_pack.hpp"
#include "store/vectors/index_builder.hpp"
#include "store/vectors/vector_index.hpp"
#include "store/vectors/vector_space.hpp"

namespace burnish::bench {
namespace {

using namespace burnish::store;
using Arguments = std::span<const std::string>;
using Clock = std::chrono::steady_clock;

double Since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

base::ContentHash Name(std::uint32_t row) { return base::HashContent(std::as_bytes(std::span(&row, 1))); }

std::filesystem::path IndexIn(const std::string& folder) { return std::filesystem::path(folder) / "rows.ivf"; }

std::shared_ptr<FixedPack> OpenPack(const std::string& folder, std::uint32_t width) {
  return std::make_shared<FixedPack>(std::filesystem::path(folder) / "rows.fixed", width * 2);
}

std::uint32_t WidthIn(const std::string& folder) {
  std::uint32_t width = 0;
  std::ifstream(std::filesystem::path(folder) / "width") >> width;
  return width;
}

void MakePack(Arguments arguments) {
  const auto rows = reference::ReadNpy<float>(arguments[0]);
  std::ofstream(std::filesystem::path(arguments[1]) / "width") << rows.width;
  const auto pack = OpenPack(arguments[1], static_cast<std::uint32_t>(rows.width));
  std::vector<base::Half> halves(rows.width);
  for (std::uint32_t row = 0; row < rows.rows; ++row) {
    base::ToHalf(std::span(rows.values).subspan(row * rows.width, rows.width), halves);
    pack->Put(Name(row), std::as_bytes(std::span(halves)));
  }
  pack->Sync();
  std::printf("{\"rows\": %u}\n", pack->Rows());
}

void MakeIndex(Arguments arguments) {
  const auto pack = OpenPack(arguments[0], WidthIn(arguments[0]));
  const auto start = Clock::now();
  const auto index = BuildIndex(*pack, pack->Rows());
  index->Write(IndexIn(arguments[0]));
  const auto& visits = index->Header().visits;
  std::printf(R"({"seconds": %.3f, "lists": %u, "visits": [%u, %u, %u]})"
              "\n",
              Since(start), index->Header().lists, visits[0], visits[1], visits[2]);
}

void Search(Arguments arguments, bool indexed) {
  const auto pack = OpenPack(arguments[0], WidthIn(arguments[0]));
  const auto queries = reference::ReadNpy<float>(arguments[1]);
  const auto count = static_cast<std::uint32_t>(std::stoul(arguments[2]));
  Snapshot snapshot;
  snapshot.size = pack->Rows();
  ColumnEditor<std::uint32_t> media(snapshot.media);
  ColumnEditor<base::ContentHash> contents(snapshot.media_content);
  for (std::uint32_t row = 0; row < pack->Rows(); ++row) {
    media.Append(row);
    contents.Append(Name(row));
  }
  const auto start = Clock::now();
  const auto opened = VectorIndex::Open(IndexIn(arguments[0]), *pack);
  if (indexed && !opened.index) throw std::runtime_error("there is no index: " + opened.problem);
  const VectorSpace space("bench", pack, WidthIn(arguments[0]), snapshot, indexed ? opened.index : nullptr);
  const double opening = Since(start);
  Bitset allowed(pack->Rows(), true);
  if (arguments[3] != "-") allowed = Bitset::Of(pack->Rows(), reference::ReadNpy<std::uint32_t>(arguments[3]).values);
  std::vector<std::uint32_t> found(queries.rows * count);
  const auto run = [&] {
    for (std::size_t query = 0; query < queries.rows; ++query) {
      const auto hits =
          space.Nearest(std::span(queries.values).subspan(query * queries.width, queries.width), count, allowed);
      for (std::size_t i = 0; i < hits.size(); ++i) found[query * count + i] = hits[i].ordinal;
    }
  };
  if (indexed) run();  // once to warm up, as the peers are
  const auto searching = Clock::now();
  run();
  const double seconds = Since(searching);
  reference::WriteNpy(arguments[4], found, queries.rows, count);
  std::printf(R"({"seconds": %.6f, "opening": %.3f})"
              "\n",
              seconds, opening);
}

int Run(Arguments arguments) {
  const std::string command = arguments.empty() ? "" : arguments[0];
  const auto rest = arguments.subspan(arguments.empty() ? 0 : 1);
  if (command == "pack" && rest.size() == 2) return MakePack(rest), 0;
  if (command == "build" && rest.size() == 1) return MakeIndex(rest), 0;
  if ((command == "search" || command == "scan") && rest.size() == 5) return Search(rest, command == "search"), 0;
  std::cerr << "see the top of bench/search_bench.cpp\n";
  return 2;
}

}  // namespace
}  // namespace burnish::bench

int main(int count, char** values) {
  try {
    return burnish::bench::Run(std::vector<std::string>(values + 1, values + count));
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}

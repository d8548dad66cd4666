#include "app/probabilities.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cmath>

#include "base/files.hpp"
#include "base/half.hpp"

namespace burnish::app {

void WriteProbabilities(const std::filesystem::path& file, std::span<const float> rows) {
  std::vector<base::Half> halves(rows.size());
  base::ToHalf(rows, halves);
  base::WriteFileDurably(file, std::as_bytes(std::span(halves)));
}

std::vector<std::pair<model::ClassId, float>> ReadProbabilities(const store::RunColumns& run, model::Ordinal ordinal) {
  const std::size_t width = run.probability_classes.size();
  if (run.probabilities_file.empty() || width == 0) return {};
  const base::FileDescriptor file(open(run.probabilities_file.c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<base::Half> halves(width);
  const std::size_t bytes = width * sizeof(base::Half);
  if (!file.Valid() ||
      pread(file.Get(), halves.data(), bytes, static_cast<off_t>(ordinal * bytes)) != static_cast<ssize_t>(bytes))
    return {};
  std::vector<float> values(width);
  base::ToFloat(halves, values);
  std::vector<std::pair<model::ClassId, float>> probabilities;
  for (std::size_t k = 0; k < width; ++k) {
    if (!std::isnan(values[k])) probabilities.emplace_back(run.probability_classes[k], values[k]);
  }
  return probabilities;
}

}  // namespace burnish::app

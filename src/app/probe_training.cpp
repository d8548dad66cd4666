#include "app/probe_training.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <unordered_map>

#include "app/edit_outcome.hpp"
#include "app/embedding_matrix.hpp"
#include "app/probabilities.hpp"
#include "base/error.hpp"
#include "base/half.hpp"
#include "insight/folds.hpp"
#include "insight/label_errors.hpp"
#include "insight/neighbour_shares.hpp"
#include "math/logistic.hpp"

namespace burnish::app {
namespace {

constexpr std::string_view kRecipe = "probe-3";
constexpr std::size_t kRowsAtOnce = 8'192;
constexpr std::size_t kEvidenceNeighbours = 10;

std::filesystem::path FolderOf(const OpenProject& project) {
  auto folder = project.ArtifactFolder() / "probe";
  std::filesystem::create_directories(folder);
  return folder;
}

// Folds by content hash, remembered over edits: relabelling one photograph moves no other to another fold.
// Text, one line "<content> <fold>" each; losing the file costs a slightly different ranking, no truth.
class FoldMemory {
 public:
  explicit FoldMemory(std::filesystem::path file) : file_(std::move(file)) {
    if (!std::filesystem::exists(file_)) return;
    const std::string text = base::ReadFile(file_);
    constexpr std::size_t kLine = 35;  // 32 digits, a space, one digit, a line end
    for (std::size_t at = 0; at + kLine <= text.size(); at += kLine) {
      folds_[base::ContentHash::FromHex(text.substr(at, 32))] = static_cast<std::uint8_t>(text[at + 33] - '0');
    }
  }

  std::uint8_t Find(const base::ContentHash& content) const {
    const auto found = folds_.find(content);
    return found == folds_.end() ? insight::kNoFold : found->second;
  }

  void Remember(std::span<const base::ContentHash> content, std::span<const std::uint8_t> folds) {
    const std::size_t before = folds_.size();
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (folds[i] != insight::kNoFold) folds_.emplace(content[i], folds[i]);
    }
    if (folds_.size() == before) return;
    std::string text;
    for (const auto& [hash, fold] : folds_) text += hash.Hex() + ' ' + static_cast<char>('0' + fold) + '\n';
    base::WriteFileDurably(file_, std::as_bytes(std::span(text.data(), text.size())));
  }

 private:
  std::filesystem::path file_;
  std::unordered_map<base::ContentHash, std::uint8_t> folds_;
};

std::vector<std::uint8_t> FoldsOf(const OpenProject& project, const store::Snapshot& snapshot,
                                  const ProbeInputs& inputs) {
  FoldMemory memory(FolderOf(project) / "folds.txt");
  std::vector<base::ContentHash> content;
  std::vector<std::uint8_t> previous;
  for (const model::Ordinal ordinal : inputs.train) {
    content.push_back(snapshot.ContentOf(ordinal));
    previous.push_back(memory.Find(content.back()));
  }
  auto folds = insight::AssignFolds(content, inputs.train_labels, {kProbeFolds, kProbeSeed}, previous);
  memory.Remember(content, folds);
  return folds;
}

std::string KeyOf(const OpenProject& project, const store::Snapshot& snapshot, const ProbeInputs& inputs,
                  std::span<const std::uint8_t> folds) {
  base::Digest digest;
  digest.UpdateText(kRecipe);
  digest.UpdateText(project.EmbeddingRecipe());
  digest.UpdateU64(inputs.samples);
  for (std::size_t i = 0; i < inputs.train.size(); ++i) {
    digest.UpdateU64(inputs.train[i]);
    digest.UpdateText(snapshot.ContentOf(inputs.train[i]).Hex());
    digest.UpdateU64((static_cast<std::uint64_t>(inputs.train_labels[i]) << 8U) | folds[i]);
  }
  digest.UpdateText("others");
  for (const model::Ordinal ordinal : inputs.others) {
    digest.UpdateU64(ordinal);
    digest.UpdateText(snapshot.ContentOf(ordinal).Hex());
  }
  return digest.FinishHex().substr(0, 32);
}

std::optional<ProbeResult> Load(const std::filesystem::path& file, const std::string& key, const ProbeInputs& inputs) {
  if (!std::filesystem::exists(file)) return std::nullopt;
  const std::string bytes = base::ReadFile(file, std::size_t{8} << 30U);
  ProbeResult result{key, inputs.classes, inputs.samples, {}, file};
  if (bytes.size() != result.rows * result.classes.size() * sizeof(base::Half)) return std::nullopt;
  std::vector<base::Half> halves(bytes.size() / sizeof(base::Half));
  std::memcpy(halves.data(), bytes.data(), bytes.size());
  result.probabilities.resize(halves.size());
  base::ToFloat(halves, result.probabilities);
  return result;
}

std::vector<std::uint16_t> ColumnsOf(const ProbeInputs& inputs) {
  std::vector<std::uint16_t> columns;
  for (const model::ClassId label : inputs.train_labels) {
    columns.push_back(static_cast<std::uint16_t>(std::lower_bound(inputs.classes.begin(), inputs.classes.end(), label) -
                                                 inputs.classes.begin()));
  }
  return columns;
}

}  // namespace

ProbeInputs CollectProbeInputs(const store::Snapshot& snapshot, const store::VectorSpace* vectors) {
  ProbeInputs inputs;
  inputs.samples = snapshot.Size();
  if (vectors == nullptr) {
    inputs.obstacle = snapshot.Size() == 0 ? "Import samples first." : "The probe follows the embeddings.";
    return inputs;
  }
  std::set<model::ClassId> classes;
  std::size_t labeled = 0;
  for (std::size_t i = 0; i < snapshot.Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot.IsWithdrawn(ordinal)) continue;
    const model::ClassId label = snapshot.ClassOf(ordinal);
    if (label != model::kNoClass) ++labeled;
    if (i >= vectors->Size() || vectors->Vector(ordinal).empty()) continue;
    if (label != model::kNoClass && snapshot.SplitOf(ordinal) == model::Split::kTrain &&
        !snapshot.IsExcluded(ordinal)) {
      inputs.train.push_back(ordinal);
      inputs.train_labels.push_back(label);
      classes.insert(label);
    } else {
      inputs.others.push_back(ordinal);
    }
  }
  inputs.classes.assign(classes.begin(), classes.end());
  if (labeled == 0) {
    inputs.obstacle = "No sample has a label yet. Label some samples of each class, and the probe trains by itself.";
  } else if (inputs.train.empty()) {
    inputs.obstacle = "No labeled sample is in train. Move some to train, and the probe trains by itself.";
  } else if (classes.size() < 2) {
    inputs.obstacle =
        "Train has labels of one class only. Label samples of another class, and the probe trains by itself.";
  }
  return inputs;
}

std::shared_ptr<const TrainRows> KeptTrainRows::Find(const std::string& key,
                                                     const std::function<std::shared_ptr<const TrainRows>()>& make) {
  {
    const std::scoped_lock lock(mutex_);
    if (rows_ && key_ == key) return rows_;
    rows_.reset();  // before there are two
  }
  auto made = make();
  if (made->rows.Bytes() > kMostBytes) return made;
  const std::scoped_lock lock(mutex_);
  key_ = key;
  rows_ = made;
  return made;
}

ProbeResult TrainOrLoadProbe(const OpenProject& project, const store::Snapshot& snapshot,
                             const store::VectorSpace& vectors, const ProbeInputs& inputs, KeptTrainRows& kept,
                             const math::RunControl& control) {
  const auto folds = FoldsOf(project, snapshot, inputs);
  const std::string key = KeyOf(project, snapshot, inputs, folds);
  const auto file = FolderOf(project) / (key + ".f16");
  if (auto known = Load(file, key, inputs)) return *std::move(known);

  const auto train = kept.Find(NeighboursKey(project, snapshot, inputs), [&] {
    math::Matrix raw = GatherEmbeddings(vectors, inputs.train);
    auto standardisation = math::FitStandardisation(raw, control);
    const math::Matrix rows = math::Standardise(std::move(raw), standardisation, control);
    return std::make_shared<const TrainRows>(std::move(standardisation), rows, control);
  });
  math::LogisticOptions options;
  options.c = kProbeC;
  const auto fit =
      train->rows.FitFolds(ColumnsOf(inputs), inputs.classes.size(), folds, kProbeFolds, options, control.Part(0, 0.9));

  const std::size_t width = inputs.classes.size();
  std::vector<float> probabilities(inputs.samples * width, std::numeric_limits<float>::quiet_NaN());
  const auto put = [&](model::Ordinal ordinal, std::span<const float> row) {
    std::copy(row.begin(), row.end(), probabilities.begin() + static_cast<std::ptrdiff_t>(ordinal * width));
  };
  for (std::size_t i = 0; i < inputs.train.size(); ++i) put(inputs.train[i], fit.out_of_fold.Row(i));
  for (std::size_t at = 0; at < inputs.others.size(); at += kRowsAtOnce) {
    const auto piece = std::span(inputs.others).subspan(at, std::min(kRowsAtOnce, inputs.others.size() - at));
    const auto predicted = math::PredictProbabilities(
        fit.model, math::Standardise(GatherEmbeddings(vectors, piece), train->standardisation, control), control);
    for (std::size_t i = 0; i < piece.size(); ++i) put(piece[i], predicted.Row(i));
  }
  WriteProbabilities(file, probabilities);
  auto stored = Load(file, key, inputs);  // what everybody will see from now on
  if (!stored) throw base::Error(base::ErrorCode::kInternal, "The probe's predictions could not be read back.");
  return *std::move(stored);
}

store::RunColumns RunColumnsOf(const ProbeResult& result, base::RunId run, std::string name, std::uint64_t generation) {
  store::RunColumns columns;
  columns.run = std::move(run);
  columns.name = std::move(name);
  columns.generation = generation;
  columns.probabilities_file = result.file;
  columns.probability_classes = result.classes;
  columns.predicted.resize(result.rows, model::kNoClass);
  columns.confidence.resize(result.rows, store::kMissingFloat);
  columns.margin.resize(result.rows, store::kMissingFloat);
  for (std::size_t i = 0; i < result.rows; ++i) {
    const auto row = result.Row(static_cast<model::Ordinal>(i));
    if (std::isnan(row[0])) continue;
    const auto best = std::max_element(row.begin(), row.end());
    float second = 0;
    for (auto other = row.begin(); other != row.end(); ++other) {
      if (other != best) second = std::max(second, *other);
    }
    columns.predicted[i] = result.classes[static_cast<std::size_t>(best - row.begin())];
    columns.confidence[i] = *best;
    columns.margin[i] = *best - second;
  }
  return columns;
}

math::Neighbours TrainNeighbours(const store::Snapshot& snapshot, const store::VectorSpace& vectors,
                                 const ProbeInputs& inputs, const math::RunControl& control) {
  auto neighbours = math::NearestNeighbours(GatherEmbeddings(vectors, inputs.train), insight::kShareNeighbours,
                                            math::Metric::kCosine, control);
  for (std::size_t row = 0; row < neighbours.rows; ++row) {
    const auto own = snapshot.ContentOf(inputs.train[row]);
    for (std::size_t i = row * neighbours.k; i < (row + 1) * neighbours.k; ++i) {
      std::uint32_t& other = neighbours.indices[i];
      if (other != math::kNoNeighbour && snapshot.ContentOf(inputs.train[other]) == own) other = math::kNoNeighbour;
    }
  }
  return neighbours;
}

std::string NeighboursKey(const OpenProject& project, const store::Snapshot& snapshot, const ProbeInputs& inputs) {
  base::Digest digest;
  digest.UpdateText(project.EmbeddingRecipe());
  for (const model::Ordinal ordinal : inputs.train) digest.UpdateText(snapshot.ContentOf(ordinal).Hex());
  return digest.FinishHex();
}

store::SuspectColumns RankSuspects(const store::Snapshot& snapshot, const ProbeInputs& inputs,
                                   const ProbeResult& result, const math::Neighbours& neighbours,
                                   std::uint64_t generation) {
  store::SuspectColumns suspects;
  suspects.generation = generation;
  suspects.label_score.resize(result.rows, store::kMissingFloat);
  for (std::size_t i = 0; i < result.rows; ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    const auto column = std::lower_bound(result.classes.begin(), result.classes.end(), snapshot.ClassOf(ordinal));
    if (column == result.classes.end() || *column != snapshot.ClassOf(ordinal)) continue;
    suspects.label_score[i] = result.Row(ordinal)[static_cast<std::size_t>(column - result.classes.begin())];
  }
  math::Matrix train(inputs.train.size(), result.classes.size());
  std::vector<std::uint16_t> labels = ColumnsOf(inputs);
  for (std::size_t i = 0; i < inputs.train.size(); ++i) {
    const auto row = result.Row(inputs.train[i]);
    double sum = 0;
    for (const float value : row) sum += value;
    // Rows were rounded to f16 in the artifact: brought back to sum one.
    for (std::size_t k = 0; k < row.size(); ++k) train.Row(i)[k] = static_cast<float>(row[k] / sum);
  }
  insight::BlendShares(train, insight::SharesOfNeighbours(neighbours, labels, result.classes.size()));
  const auto errors = insight::FindLabelErrors(train, labels);
  for (const auto& suspect : errors.suspects) {
    const model::Ordinal ordinal = inputs.train[suspect.position];
    if (model::StateOfLabel(snapshot.labels[ordinal]) == model::LabelState::kConfirmed) continue;
    suspects.ranking.push_back(
        {ordinal, result.classes[suspect.given], result.classes[suspect.suggested], suspects.label_score[ordinal]});
  }
  return suspects;
}

std::vector<float> AgreementOf(const math::Neighbours& neighbours, const ProbeInputs& inputs,
                               const std::vector<store::Suspect>& suspects) {
  std::vector<float> agreement;
  for (const store::Suspect& suspect : suspects) {
    const auto own = std::lower_bound(inputs.train.begin(), inputs.train.end(), suspect.ordinal);
    std::size_t counted = 0;
    std::size_t agree = 0;
    for (const std::uint32_t row : neighbours.IndicesOf(static_cast<std::size_t>(own - inputs.train.begin()))) {
      if (row == math::kNoNeighbour || counted == kEvidenceNeighbours) continue;
      ++counted;
      if (inputs.train_labels[row] == suspect.given) ++agree;
    }
    agreement.push_back(counted == 0 ? store::kMissingFloat : static_cast<float>(agree) / static_cast<float>(counted));
  }
  return agreement;
}

}  // namespace burnish::app

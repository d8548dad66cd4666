// A data folder with one large generated project, as the server opens it: samples with twelve fields, truth, model
// runs, thumbnails (12 kB for the first thousand, a few bytes for the rest), qualities and a map. No thumbnail can be
// decoded unless there are PICTURES: then these, in turn, are the small ones.
// Run: make_project FOLDER SAMPLES RUNS [REGIONS [PICTURE ...]], REGIONS being region labels per sample
#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app/open_project.hpp"
#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/random.hpp"
#include "bench/generated.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/accounts.hpp"
#include "store/catalog/catalog.hpp"
#include "store/catalog/data_folder.hpp"
#include "store/catalog/fields.hpp"
#include "store/catalog/model_runs.hpp"
#include "store/catalog/projects.hpp"
#include "store/columns/batch.hpp"
#include "store/log/change_log.hpp"

namespace {

using namespace burnish;
namespace fs = std::filesystem;

constexpr std::size_t kLargeThumbnails = 1'000;
constexpr std::size_t kThumbnailBytes = 12'000;
constexpr model::ClassId kProbabilities = 10;  // per prediction

class Maker {
 public:
  Maker(const fs::path& data, std::size_t samples)
      : data_(data), folder_(data), samples_(samples), blobs_(store::OpenFolderBlobStore(data / "blobs")) {
    store::CatalogConfig config;
    config.sqlite = data / "catalog.sqlite";
    catalog_ = store::Catalog::Open(config, clock_, random_);
    catalog_->Write([&](store::Writer& writer) {
      person_ = store::CreatePerson(writer, "Owner").id;
      project_ = store::CreateProject(writer, person_, "Generated").id;
      store::AddMediaRoot(writer, project_, {"generated", "/nowhere"});
    });
    log_.emplace(*catalog_, *blobs_);
  }

  void Import() {
    store::BatchSource source = bench::Generated(samples_);
    store::BatchWriter writer(source.fields, data_);
    std::vector<store::SampleRow> rows;
    while (source.next(rows)) {
      for (const store::SampleRow& row : rows) writer.Append(row);
    }
    store::AppendRequest request = Request(model::ChangeKind::kImport, "Imported samples");
    request.import = store::NewImport{
        base::ImportId("first"), static_cast<std::uint32_t>(samples_), Publish(writer, "batch.parquet"), {}};
    request.delta.classes = bench::GeneratedClasses();
    request.also = [&](store::Writer& to, const store::AppendResult&) {
      store::RegisterFields(to, project_, source.fields);
    };
    head_ = log_->Append(request).sequence;
  }

  void ImportRegions(std::size_t each) {
    const fs::path file = data_ / "regions";
    bench::WriteGeneratedRegions(file, samples_, each, [](std::size_t, const store::RegionLabel&) {});
    store::AppendRequest request = Request(model::ChangeKind::kImport, "Imported region labels");
    request.import = store::NewImport{base::ImportId("regions"), 0, blobs_->PutFile(file), {}};
    request.delta.aspects.push_back(bench::FirstRegions(samples_));
    head_ = log_->Append(request).sequence;
  }

  void Predict(int number) {
    std::vector<model::ClassId> classes(kProbabilities);
    for (model::ClassId i = 0; i < kProbabilities; ++i) classes[i] = i;
    store::PredictionWriter writer(classes, data_);
    std::mt19937 engine(static_cast<unsigned>(number));
    store::PredictionRow row;
    row.probabilities.resize(kProbabilities);
    for (std::size_t i = 0; i < samples_; ++i) {
      row.ordinal = static_cast<model::Ordinal>(i);
      float sum = 0;
      for (float& value : row.probabilities) sum += value = static_cast<float>(engine() % 1'000 + 1);
      for (float& value : row.probabilities) value /= sum;
      const auto most = std::max_element(row.probabilities.begin(), row.probabilities.end());
      row.predicted = static_cast<model::ClassId>(most - row.probabilities.begin());
      row.confidence = *most;
      writer.Append(row);
    }
    store::ModelRun run;
    run.id = base::RunId("run-" + std::to_string(number));
    run.name = "run " + std::to_string(number);
    run.status = store::RunStatus::kReady;
    run.artifact = Publish(writer, "predictions.parquet");
    store::AppendRequest request = Request(model::ChangeKind::kModelRun, "Imported a model run");
    request.run = run.id;
    request.also = [&](store::Writer& to, const store::AppendResult&) { store::CreateModelRun(to, project_, run); };
    head_ = log_->Append(request).sequence;
  }

  void Derive(const std::vector<std::string>& pictures) {
    const fs::path artifacts = data_ / "projects" / project_.Text() / "artifacts";
    fs::create_directories(artifacts);
    store::Pack small(artifacts / store::PackFileName("thumbnail-160", "jpeg82-v1"));
    store::Pack large(artifacts / store::PackFileName("thumbnail-320", "jpeg82-v1"));
    store::FixedPack quality(artifacts / store::PackFileName("quality", "v1", "fixed"), sizeof(app::QualityRecord));
    std::mt19937 engine(3);
    std::string picture(kThumbnailBytes, '\0');
    for (char& byte : picture) byte = static_cast<char>(engine());
    picture.replace(0, 4, "\xFF\xD8\xFF\xE0");
    for (std::size_t i = 0; i < samples_; ++i) {
      const std::string path = "folder/" + std::to_string(i) + ".jpg";
      const auto key = base::HashContent(std::as_bytes(std::span(path)));
      const auto bytes = std::as_bytes(std::span(picture).first(i < kLargeThumbnails ? picture.size() : 16));
      small.Put(key, pictures.empty() ? bytes : std::as_bytes(std::span(pictures[i % pictures.size()])));
      large.Put(key, bytes);
      app::QualityRecord record;
      record.brightness = static_cast<float>(engine() % 1'000) / 1'000;
      record.contrast = record.sharpness = record.colourfulness = record.entropy = record.brightness / 2;
      record.width = record.height = 64;
      quality.Put(key, std::as_bytes(std::span(&record, 1)));
    }
    LayOut(artifacts);
  }

  const base::ProjectId& Project() const { return project_; }

 private:
  // Two hundred clouds of points, in the format of src/app/map.cpp for a server without an embedding model.
  void LayOut(const fs::path& artifacts) {
    std::mt19937 engine(4);
    std::uniform_real_distribution<float> anywhere(-0.9F, 0.9F);
    std::normal_distribution<float> near(0, 0.03F);
    std::vector<std::array<float, 2>> clouds(200);
    for (auto& cloud : clouds) cloud = {anywhere(engine), anywhere(engine)};
    const std::array<std::uint64_t, 2> counts{1, samples_};  // generation, positions
    const double reach = 1;
    std::string file = "BRNMAP01";
    file.append(reinterpret_cast<const char*>(counts.data()), sizeof counts);
    file.append(reinterpret_cast<const char*>(&reach), sizeof reach);
    for (std::size_t i = 0; i < samples_; ++i) {
      const auto& cloud = clouds[engine() % clouds.size()];
      const std::array<float, 2> place{cloud[0] + near(engine), cloud[1] + near(engine)};
      file.append(reinterpret_cast<const char*>(place.data()), sizeof place);
    }
    base::WriteFileDurably(artifacts / "map-.bin", std::as_bytes(std::span(file)));
  }

  template <class Writer>
  std::string Publish(Writer& writer, const char* name) {
    const fs::path file = data_ / name;
    writer.Finish(file);
    return blobs_->PutFile(file);
  }

  store::AppendRequest Request(model::ChangeKind kind, std::string summary) {
    store::AppendRequest request;
    request.project = project_;
    request.operation = base::OperationId("operation-" + std::to_string(head_));
    request.author = person_;
    request.kind = kind;
    request.summary = std::move(summary);
    request.base = head_;
    request.digest = request.operation.Text();
    return request;
  }

  fs::path data_;
  store::DataFolder folder_;
  std::size_t samples_;
  base::SystemClock clock_;
  base::SystemRandom random_;
  std::unique_ptr<store::Catalog> catalog_;
  std::unique_ptr<store::BlobStore> blobs_;
  std::optional<store::ChangeLog> log_;
  base::PersonId person_;
  base::ProjectId project_;
  model::SequenceNumber head_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  try {
    std::vector<std::string> pictures;
    for (int i = 5; i < argc; ++i) pictures.push_back(base::ReadFile(argv[i]));
    Maker maker(argv[1], std::stoul(argv[2]));
    maker.Import();
    const std::size_t regions = argc > 4 ? std::stoul(argv[4]) : 0;
    if (regions > 0) maker.ImportRegions(regions);
    for (int run = 1; run <= std::stoi(argv[3]); ++run) maker.Predict(run);
    maker.Derive(pictures);
    std::printf("%s\n", maker.Project().Text().c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

#include "app/test_project.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "store/catalog/accounts.hpp"
#include "store/columns/batch.hpp"

namespace burnish::app {
namespace {

std::filesystem::path NewFolder() {
  std::string name = std::filesystem::temp_directory_path() / "burnish-app-XXXXXX";
  const char* made = mkdtemp(name.data());
  if (made == nullptr) throw std::runtime_error("no temporary folder");
  return made;
}

std::unique_ptr<store::Catalog> OpenCatalog(const std::filesystem::path& folder, const base::Clock& clock,
                                            base::Random& random) {
  store::CatalogConfig config;
  config.sqlite = folder / "catalog.sqlite";
  return store::Catalog::Open(config, clock, random);
}

}  // namespace

TestProject::TestProject(const std::vector<PlainSample>& samples)
    : folder_(NewFolder()),
      catalog_(OpenCatalog(folder_, clock_, random_)),
      blobs_(store::OpenFolderBlobStore(folder_ / "blobs")),
      log_(*catalog_, *blobs_),
      scheduler_(clock_, random_, job_store_) {
  workspace_ = std::make_unique<Workspace>(Services{
      *catalog_, *blobs_, log_, decoders_, nullptr, scheduler_, clock_, random_, folder_, {}, [](const Notice&) {}});
  catalog_->Write([this](store::Writer& writer) {
    const auto person = store::CreatePerson(writer, "Owner");
    owner_ = {person.id, person.name, Role::kOwner};
    project_ = store::CreateProject(writer, person.id, "test").id;
  });
  Import(samples);
}

TestProject::~TestProject() {
  workspace_.reset();
  std::filesystem::remove_all(folder_);
}

void TestProject::Import(const std::vector<PlainSample>& samples) {
  OntologyEdits ontology(*workspace_);
  std::vector<model::ClassId> used;
  for (const PlainSample& sample : samples) {
    if (sample.class_name.empty() || Now()->ontology.FindByName(sample.class_name) != nullptr) continue;
    ontology.Add(owner_, project_, NewOperation(), sample.class_name, "");
  }
  std::filesystem::create_directories(folder_ / "staging");
  store::BatchWriter batch({}, folder_ / "staging");
  for (const PlainSample& sample : samples) {
    store::SampleRow row;
    row.source = "test";
    row.path = sample.path;
    row.media.location = {"test", sample.path};
    row.media.content = base::HashContent(std::as_bytes(std::span(sample.path.data(), sample.path.size())));
    row.split = sample.split;
    if (!sample.class_name.empty()) {
      used.push_back(Now()->ontology.FindByName(sample.class_name)->id);
      row.label = model::PackLabel(used.back(), model::LabelState::kSet);
    }
    batch.Append(row);
  }
  const auto file = folder_ / "staging" / "batch.parquet";
  batch.Finish(file);
  store::AppendRequest append;
  append.project = project_;
  append.operation = NewOperation();
  append.author = owner_.person;
  append.kind = model::ChangeKind::kImport;
  append.summary = "Imported";
  append.base = Head();
  append.import = store::NewImport{base::ImportId("import-1"), static_cast<std::uint32_t>(samples.size()),
                                   blobs_->PutFile(file), used};
  workspace_->Committed(project_, log_.Append(append));
}

std::string TestProject::Labels() {
  const auto snapshot = Now();
  std::string text;
  for (std::size_t i = 0; i < snapshot->Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    const std::string name = snapshot->ontology.NameOf(snapshot->ClassOf(ordinal));
    text += (i == 0 ? "" : ", ") + (name.empty() ? std::string("-") : name);
    if (model::StateOfLabel(snapshot->labels[i]) == model::LabelState::kConfirmed) text += "!";
  }
  return text;
}

EditOutcome TestProject::Apply(const EditTarget& target, const EditSet& set, std::optional<base::SequenceNumber> base) {
  EditRequest request;
  request.operation = NewOperation();
  request.base = base.value_or(Head());
  request.target = target;
  request.set = set;
  return Edits(*workspace_).Apply(owner_, project_, request);
}

EditOutcome TestProject::Relabel(const std::vector<model::Ordinal>& ordinals, const std::string& class_name,
                                 std::optional<base::SequenceNumber> base) {
  EditSet set;
  set.class_name = std::optional<std::string>(class_name);
  return Apply(ordinals, set, base);
}

}  // namespace burnish::app

#include "app/import_server.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <set>
#include <thread>

namespace burnish::app {
namespace {

constexpr std::chrono::milliseconds kLook{5};
constexpr int kMostLooks = 12'000;

std::filesystem::path NewFolder() {
  std::string name = std::filesystem::temp_directory_path() / "burnish-import-XXXXXX";
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

ImportServer::ImportServer()
    : folder_(NewFolder()),
      photos_(folder_ / "photos"),
      catalog_(OpenCatalog(folder_, clock_, random_)),
      blobs_(store::OpenFolderBlobStore(folder_ / "blobs")),
      log_(*catalog_, *blobs_),
      scheduler_(clock_, random_, job_store_) {
  std::filesystem::create_directories(photos_);
  std::filesystem::create_directories(folder_ / "staging");
  workspace_ = std::make_unique<Workspace>(Services{*catalog_,
                                                    *blobs_,
                                                    log_,
                                                    decoders_,
                                                    nullptr,
                                                    scheduler_,
                                                    clock_,
                                                    random_,
                                                    folder_,
                                                    {{"photos", photos_}},
                                                    [](const Notice&) {}});
  imports_ = std::make_unique<Imports>(*workspace_);
  exports_ = std::make_unique<Exports>(*workspace_);
  catalog_->Write([this](store::Writer& writer) {
    const auto person = store::CreatePerson(writer, "Owner");
    owner_ = {person.id, person.name, Role::kOwner};
  });
  project_ = NewProject("test");
  scheduler_.Start();
}

ImportServer::~ImportServer() {
  scheduler_.Stop();
  exports_.reset();
  imports_.reset();
  workspace_.reset();
  std::filesystem::remove_all(folder_);
}

base::ProjectId ImportServer::NewProject(const std::string& name) {
  return catalog_->Write([&](store::Writer& writer) { return store::CreateProject(writer, owner_.person, name).id; });
}

void ImportServer::Write(const std::string& name, const std::string& bytes) const {
  std::filesystem::create_directories((photos_ / name).parent_path());
  std::ofstream(photos_ / name, std::ios::binary) << bytes;
}

ImportView ImportServer::Upload(const base::ImportId& import, const std::string& path, const std::string& bytes) {
  const auto received = folder_ / "staging" / ("received-" + std::to_string(++operations_));
  std::ofstream(received, std::ios::binary) << bytes;
  return imports_->AddFile(owner_, project_, import, path, received);
}

ImportView ImportServer::Wait(const base::ImportId& import) {
  for (int look = 0; look < kMostLooks; ++look) {
    auto view = imports_->Get(owner_, project_, import);
    if (view.state != "checking" && view.state != "importing") return view;
    std::this_thread::sleep_for(kLook);
  }
  throw std::runtime_error("the import does not end");
}

ImportView ImportServer::Check(const base::ImportId& import, const ImportChoices& choices) {
  imports_->Check(owner_, project_, import, choices);
  return Wait(import);
}

ImportView ImportServer::Commit(const base::ImportId& import) {
  imports_->Commit(owner_, project_, import, NewOperation());
  return Wait(import);
}

ImportView ImportServer::ImportFolder(const std::string& path, const ImportChoices& choices) {
  const auto begun = Begin(FolderSource{"photos", path});
  const auto checked = Check(begun.id, choices);
  if (!checked.plan || !checked.plan->can_commit) return checked;
  return Commit(begun.id);
}

std::string ImportServer::Describe() {
  const auto snapshot = Now();
  std::set<std::string> lines;
  for (std::size_t i = 0; i < snapshot->Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot->IsWithdrawn(ordinal)) continue;
    const auto id = snapshot->ClassOf(ordinal);
    lines.insert(std::string(snapshot->PathOf(ordinal)) + ": " +
                 (id == model::kNoClass ? "-" : snapshot->ontology.NameOf(id)) + " " +
                 std::string(model::SplitName(snapshot->SplitOf(ordinal))) + "\n");
  }
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

std::size_t ImportServer::FilesInStaging() const {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "staging"))
    count += entry.is_regular_file() ? 1U : 0U;
  return count;
}

}  // namespace burnish::app

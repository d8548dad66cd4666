#include "store/catalog/test_store.hpp"

#include <cstdlib>
#include <limits>
#include <stdexcept>

#include "store/catalog/postgres_server.hpp"

namespace burnish::store::testing {

using model::AspectKind;

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "burnish-store-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TestStore::TestStore(Backend backend) {
  if (backend == Backend::kSqlite) {
    config.sqlite = folder.Path() / "catalog.sqlite";
  } else {
    config.postgres = PostgresServer::Instance().NewSchema();
  }
  Reopen();
  catalog->Write([&](Writer& writer) {
    ada = CreatePerson(writer, "Ada").id;
    ben = CreatePerson(writer, "Ben").id;
    project = CreateProject(writer, ada, "Clothes").id;
  });
  caller = ada;
  AppendRequest import = Request({});
  import.kind = model::ChangeKind::kImport;
  import.import = NewImport{base::ImportId("first"), 10, "", {}};
  import.delta.classes = {{std::nullopt,
                           { 0,
                             "dress",
                             false,
                             {} }},
                          {std::nullopt,
                           { 1,
                             "shirt",
                             false,
                             {} }},
                          { std::nullopt,
                            { 2,
                              "coat",
                              false,
                              {} } }};
  log->Append(import);
}

void TestStore::Reopen() {
  log.reset();
  catalog.reset();
  catalog = Catalog::Open(config, clock, random);
  blobs = OpenFolderBlobStore(folder.Path() / "blobs");
  log = std::make_unique<ChangeLog>(*catalog, *blobs);
}

AppendRequest TestStore::Request(const std::vector<model::AspectDelta>& aspects) {
  AppendRequest request;
  request.project = project;
  request.operation = base::OperationId(NewOperation());
  request.author = caller;
  request.summary = "An edit";
  request.base = log->Head(project);
  request.delta.aspects = aspects;
  request.digest = request.operation.Text();
  return request;
}

AppendRequest TestStore::Relabel(const std::vector<Ordinal>& ordinals, model::ClassId to) {
  const auto state = Fold();
  model::AspectDelta delta{{AspectKind::kLabel, 0}, ordinals, {}, {}};
  for (const Ordinal ordinal : ordinals) {
    const auto found = state.find({delta.aspect, ordinal});
    delta.before.push_back(found == state.end() ? model::kNoLabelCode : found->second);
    delta.after.push_back(model::PackLabel(to, model::LabelState::kSet));
  }
  return Request({delta});
}

namespace {

UndoRequest UndoOf(TestStore& store) {
  UndoRequest request;
  request.project = store.project;
  request.operation = base::OperationId(store.NewOperation());
  request.author = store.caller;
  request.digest = request.operation.Text();
  return request;
}

}  // namespace

AppendResult TestStore::Undo(SequenceNumber target) {
  UndoRequest request = UndoOf(*this);
  request.what = UndoRequest::What::kChange;
  request.target = target;
  return log->Undo(request);
}

AppendResult TestStore::UndoLatest() { return log->Undo(UndoOf(*this)); }

AppendResult TestStore::RedoLatest() {
  UndoRequest request = UndoOf(*this);
  request.what = UndoRequest::What::kRedoLatest;
  return log->Undo(request);
}

AppendResult TestStore::Import(std::uint32_t count) {
  AppendRequest request = Request({});
  request.kind = model::ChangeKind::kImport;
  request.import = NewImport{base::ImportId(NewOperation()), count, "", {}};
  return log->Append(request);
}

std::map<std::pair<model::Aspect, Ordinal>, std::uint32_t> TestStore::Fold() {
  std::map<std::pair<model::Aspect, Ordinal>, std::uint32_t> state;
  for (const model::Change& change :
       log->ReadChanges(project, 0, std::numeric_limits<std::int64_t>::max(), 1'000'000)) {
    for (const model::AspectDelta& delta : change.delta.aspects) {
      for (std::size_t i = 0; i < delta.ordinals.size(); ++i) {
        const auto [cell, is_new] = state.try_emplace({delta.aspect, delta.ordinals[i]}, delta.before[i]);
        EXPECT_EQ(cell->second, delta.before[i])
            << "change " << change.sequence << " does not start from what was there";
        cell->second = delta.after[i];
      }
    }
  }
  return state;
}

std::string TestStore::Labels() {
  constexpr std::array<const char*, 3> kNames = {"dress", "shirt", "coat"};
  std::string text;
  for (const auto& [cell, value] : Fold()) {
    if (cell.first.kind != AspectKind::kLabel || value == model::kNoLabelCode) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(cell.second) + ": " + kNames.at(model::LabelClass(value));
  }
  return text;
}

void BackendTest::SetUp() {
  if (GetParam() == Backend::kPostgres && !PostgresServer::Instance().Running())
    GTEST_SKIP() << PostgresServer::Instance().WhyAbsent();
}

std::string BackendName(const ::testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::kSqlite ? "Sqlite" : "Postgres";
}

}  // namespace burnish::store::testing

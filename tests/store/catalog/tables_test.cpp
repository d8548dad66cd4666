#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "store/catalog/accounts.hpp"
#include "store/catalog/audit.hpp"
#include "store/catalog/fields.hpp"
#include "store/catalog/imports.hpp"
#include "store/catalog/jobs_table.hpp"
#include "store/catalog/model_runs.hpp"
#include "store/catalog/operations.hpp"
#include "store/catalog/preferences.hpp"
#include "store/catalog/projects.hpp"
#include "store/catalog/sql.hpp"
#include "store/catalog/stored_sets.hpp"
#include "store/catalog/test_store.hpp"
#include "store/catalog/versions.hpp"

namespace burnish::store {
namespace {

using base::Error;
using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TestStore;

class TablesTest : public testing::BackendTest {};

template <class Function>
ErrorCode WriteFails(TestStore& store, Function fn) {
  try {
    store.catalog->Write([&](Writer& writer) { fn(writer); });
  } catch (const Error& error) {
    return error.Code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kInternal;
}

TEST_P(TablesTest, ALoginTokenWorksOnceAndForAQuarterOfAnHour) {
  TestStore store(GetParam());
  const auto make = [&] {
    return store.catalog->Write([&](Writer& writer) { return CreateLoginToken(writer, store.ada); });
  };
  const auto use = [&](const std::string& token) {
    return store.catalog->Write([&](Writer& writer) { return UseLoginToken(writer, token); });
  };
  const std::string token = make();
  EXPECT_EQ(use(token), store.ada);
  EXPECT_EQ(use(token), std::nullopt);
  EXPECT_EQ(use("guessed"), std::nullopt);
  const std::string late = make();
  store.clock.Advance(kLoginTokenLife);
  EXPECT_EQ(use(late), std::nullopt);
}

TEST_P(TablesTest, ASessionEndsByLogoutByIdlingAndAfterAWeek) {
  TestStore store(GetParam());
  const auto open = [&] {
    return store.catalog->Write([&](Writer& writer) { return OpenSession(writer, store.ada); });
  };
  const auto find = [&](const std::string& secret) {
    return store.catalog->Read([&](Reader& reader) { return FindSession(reader, secret); });
  };
  const auto touch = [&](const std::string& secret) {
    store.catalog->Write([&](Writer& writer) { TouchSession(writer, secret); });
  };
  const std::string closed = open();
  ASSERT_TRUE(find(closed));
  EXPECT_FALSE(find(closed)->wants_touch);
  store.catalog->Write([&](Writer& writer) { CloseSession(writer, closed); });
  EXPECT_FALSE(find(closed));
  const std::string used = open();
  const std::string idle = open();
  for (int hours = 0; hours < 7 * 24; hours += 6) {
    ASSERT_TRUE(find(used)) << hours;
    touch(used);
    store.clock.Advance(6LL * 3600 * 1'000'000);
    if (hours == 6) {
      EXPECT_FALSE(find(idle));
    }
  }
  EXPECT_FALSE(find(used));
  touch(used);
  EXPECT_FALSE(find(used));
  store.catalog->Write([](Writer& writer) { ForgetExpiredLogins(writer); });
}

TEST_P(TablesTest, SecretsAreNotKept) {
  TestStore store(GetParam());
  const auto [token, session] = store.catalog->Write(
      [&](Writer& writer) { return std::pair(CreateLoginToken(writer, store.ada), OpenSession(writer, store.ada)); });
  store.catalog->Read([&](Reader& reader) {
    EXPECT_THAT((sql::Select<std::string>(reader, "SELECT hash FROM login_tokens WHERE hash = :a", {token})),
                IsEmpty());
    EXPECT_THAT((sql::Select<std::string>(reader, "SELECT hash FROM sessions WHERE hash = :a", {session})), IsEmpty());
  });
}

TEST_P(TablesTest, AProjectDoesNotExistForThoseWhoAreNoMembers) {
  TestStore store(GetParam());
  store.catalog->Read([&](Reader& reader) {
    EXPECT_EQ(FindProject(reader, store.ada, store.project)->role, Role::kOwner);
    EXPECT_EQ(FindProject(reader, store.ben, store.project), std::nullopt);
    EXPECT_THAT(ListProjects(reader, store.ben), IsEmpty());
  });
  EXPECT_EQ(WriteFails(store, [&](Writer& writer) { RenameProject(writer, store.ben, store.project, "Mine"); }),
            ErrorCode::kNotFound);
  EXPECT_EQ(WriteFails(store, [&](Writer& writer) { TrashProject(writer, store.ben, store.project); }),
            ErrorCode::kNotFound);
}

TEST_P(TablesTest, ProjectsAreRenamedTrashedAndBroughtBack) {
  TestStore store(GetParam());
  store.catalog->Write([&](Writer& writer) {
    RenameProject(writer, store.ada, store.project, "Kleider");
    SaveProjectSettings(writer, store.ada, store.project, R"({"banner":"planted labels"})");
    TrashProject(writer, store.ada, store.project);
  });
  store.catalog->Read([&](Reader& reader) {
    EXPECT_THAT(ListProjects(reader, store.ada), IsEmpty());
    ASSERT_EQ(ListProjects(reader, store.ada, true).size(), 1U);
    EXPECT_EQ(FindProject(reader, store.ada, store.project)->settings, R"({"banner":"planted labels"})");
  });
  store.catalog->Write([&](Writer& writer) { CreateProject(writer, store.ada, "Kleider"); });
  EXPECT_EQ(WriteFails(store, [&](Writer& writer) { BringBackProject(writer, store.ada, store.project); }),
            ErrorCode::kConflict);
  EXPECT_EQ(WriteFails(store, [&](Writer& writer) { CreateProject(writer, store.ada, "Kleider"); }),
            ErrorCode::kConflict);
  for (const std::string& name : {std::string(), std::string("a\nb"), std::string(300, 'x'), std::string("\xFF\xFE")}) {
    EXPECT_EQ(WriteFails(store, [&](Writer& writer) { CreateProject(writer, store.ada, name); }),
              ErrorCode::kInvalidArgument);
  }
}

TEST_P(TablesTest, MediaRootsBelongToTheirProject) {
  TestStore store(GetParam());
  store.catalog->Write([&](Writer& writer) {
    AddMediaRoot(writer, store.project, {"photos", "/data/photos"});
    AddMediaRoot(writer, store.project, {"photos", "/data/photos"});
  });
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return ListMediaRoots(reader, store.project).size(); }), 1U);
  EXPECT_EQ(WriteFails(store,
                       [&](Writer& writer) {
                         AddMediaRoot(writer, store.project, {"photos", "/etc"});
                       }),
            ErrorCode::kConflict);
}

TEST_P(TablesTest, FieldsKeepTheirIdsAndTypes) {
  TestStore store(GetParam());
  const auto add = [&](std::vector<model::Field> fields) {
    return store.catalog->Write([&](Writer& writer) { return RegisterFields(writer, store.project, fields); });
  };
  EXPECT_THAT(add({{"site", model::FieldType::kText}, {"weight", model::FieldType::kNumber}}), ElementsAre(0, 1));
  EXPECT_THAT(add({{"weight", model::FieldType::kNumber}, {"day", model::FieldType::kTime}}), ElementsAre(1, 2));
  EXPECT_THROW(add({{"site", model::FieldType::kNumber}}), Error);
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return LoadFields(reader, store.project); }).at(2).name, "day");
}

TEST_P(TablesTest, VersionsHaveOneNameAndNameWhatHasHappened) {
  TestStore store(GetParam());
  const auto name = [&](const std::string& text, base::SequenceNumber sequence) {
    return store.catalog->Write([&](Writer& writer) {
      return CreateVersion(writer, store.project, store.ada, {text, "a note", sequence, "digest"});
    });
  };
  const Version spring = name("spring", 1);
  EXPECT_THROW(name("spring", 1), Error);
  EXPECT_THROW(name("later", 2), Error);
  store.catalog->Read([&](Reader& reader) {
    EXPECT_EQ(FindVersionByName(reader, store.project, "spring")->id, spring.id);
    EXPECT_EQ(FindVersion(reader, store.project, spring.id)->note, "a note");
    EXPECT_EQ(FindVersion(reader, base::ProjectId("other"), spring.id).has_value(), false);
    EXPECT_EQ(ListVersions(reader, store.project).size(), 1U);
  });
}

TEST_P(TablesTest, ModelRunsAreUpdatedAndOnlyProbesRemoved) {
  TestStore store(GetParam());
  ModelRun probe;
  probe.id = base::RunId("probe-1");
  probe.name = "probe";
  probe.kind = RunKind::kProbe;
  ModelRun imported = probe;
  imported.id = base::RunId("imported-1");
  imported.kind = RunKind::kImported;
  store.catalog->Write([&](Writer& writer) {
    CreateModelRun(writer, store.project, probe);
    CreateModelRun(writer, store.project, imported);
    probe.status = RunStatus::kReady;
    probe.trained_on = 1;
    UpdateModelRun(writer, store.project, probe);
  });
  EXPECT_EQ(
      store.catalog->Read([&](Reader& reader) { return FindModelRun(reader, store.project, probe.id)->trained_on; }),
      1U);
  EXPECT_EQ(WriteFails(store, [&](Writer& writer) { RemoveProbeRun(writer, store.project, imported.id); }),
            ErrorCode::kInvalidArgument);
  store.catalog->Write([&](Writer& writer) { RemoveProbeRun(writer, store.project, probe.id); });
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return ListModelRuns(reader, store.project).size(); }), 1U);
}

TEST_P(TablesTest, AnImportsReportStays) {
  TestStore store(GetParam());
  ImportRecord import;
  import.id = base::ImportId("import-1");
  import.author = store.ada;
  store.catalog->Write([&](Writer& writer) {
    CreateImport(writer, store.project, import);
    import.state = ImportState::kDone;
    import.report = R"({"left_out":["a.txt"]})";
    import.sequence = 1;
    UpdateImport(writer, store.project, import);
  });
  const auto found = store.catalog->Read([&](Reader& reader) { return ListImports(reader, store.project); });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].report, import.report);
  EXPECT_EQ(found[0].state, ImportState::kDone);
  EXPECT_EQ(found[0].created, store.clock.Now());
  import.report = "no json";
  EXPECT_EQ(WriteFails(store, [&](Writer& writer) { UpdateImport(writer, store.project, import); }),
            ErrorCode::kInvalidArgument);
}

TEST_P(TablesTest, StoredSetsAndPreferencesBelongToOne) {
  TestStore store(GetParam());
  const StoredSet set = store.catalog->Write([&](Writer& writer) {
    SavePreference(writer, store.ada, "explore.panes", "[1,2]");
    SavePreference(writer, store.ada, "explore.panes", "[1,3]");
    return CreateStoredSet(writer, store.project, store.ada, "blob", 12);
  });
  store.catalog->Read([&](Reader& reader) {
    EXPECT_EQ(FindStoredSet(reader, store.project, set.id)->count, 12U);
    EXPECT_FALSE(FindStoredSet(reader, base::ProjectId("other"), set.id));
    EXPECT_EQ(LoadPreference(reader, store.ada, "explore.panes"), "[1,3]");
    EXPECT_FALSE(LoadPreference(reader, store.ben, "explore.panes"));
  });
  EXPECT_EQ(WriteFails(store, [&](Writer& writer) { SavePreference(writer, store.ada, "A b", "1"); }),
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(
      WriteFails(store, [&](Writer& writer) { SavePreference(writer, store.ada, "k", std::string(70'000, '1')); }),
      ErrorCode::kTooLarge);
}

TEST_P(TablesTest, UnfinishedJobsAreFoundAfterARestartMostUrgentFirst) {
  TestStore store(GetParam());
  const auto job = [&](const char* id, std::int64_t priority, JobState state) {
    JobRecord record;
    record.id = base::JobId(id);
    record.project = store.project;
    record.kind = "thumbnails";
    record.priority = priority;
    record.state = state;
    return record;
  };
  store.catalog->Write([&](Writer& writer) {
    CreateJob(writer, job("a", 1, JobState::kQueued));
    CreateJob(writer, job("b", 5, JobState::kRunning));
    CreateJob(writer, job("c", 9, JobState::kDone));
    CreateJob(writer, job("d", 9, JobState::kFailed));
    auto resumed = job("a", 1, JobState::kRunning);
    resumed.resume = R"({"next":100})";
    resumed.started = writer.Now();
    UpdateJob(writer, resumed);
  });
  store.Reopen();
  const auto jobs = store.catalog->Read([](Reader& reader) { return UnfinishedJobs(reader); });
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].id, base::JobId("b"));
  EXPECT_EQ(jobs[1].resume, R"({"next":100})");
  store.catalog->Write([&](Writer& writer) { ForgetOldJobs(writer, store.project, 1); });
  EXPECT_EQ(store.catalog->Read([&](Reader& reader) { return ListJobs(reader, store.project).size(); }), 3U);
}

TEST_P(TablesTest, AnOperationIsRememberedInItsScope) {
  TestStore store(GetParam());
  const OperationKey key{{}, store.ada, base::OperationId("operation-9"), "digest"};
  store.catalog->Write([&](Writer& writer) { RememberOperation(writer, key, R"({"id":1})"); });
  auto other = key;
  other.person = store.ben;
  store.catalog->Read([&](Reader& reader) {
    EXPECT_EQ(FindOperation(reader, key), R"({"id":1})");
    EXPECT_EQ(FindOperation(reader, other), std::nullopt);
  });
  other = key;
  other.digest = "another";
  EXPECT_THROW(store.catalog->Read([&](Reader& reader) { return FindOperation(reader, other); }), Error);
}

TEST_P(TablesTest, AuditRowsFormOneChainPerProject) {
  TestStore store(GetParam());
  store.catalog->Read([&](Reader& reader) {
    EXPECT_TRUE(AuditIsWhole(reader, store.project));
    EXPECT_TRUE(AuditIsWhole(reader, {}));
    const auto rows = ListAudit(reader, store.project);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].action, "change.import");
    EXPECT_EQ(rows[1].action, "project.create");
    EXPECT_EQ(rows[1].number, 1U);
  });
}

INSTANTIATE_BACKENDS(TablesTest);

}  // namespace
}  // namespace burnish::store

#include <boost/json/serialize.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/demo_photographs.hpp"

namespace burnish::cli {
namespace {

constexpr std::string_view kDemoName = "Clothes";
constexpr std::string_view kDemoRoot = "demo";
constexpr std::chrono::milliseconds kLookEvery{100};

// Comes in as the local owner, as the login link would, and goes out again.
class OwnerLogin {
 public:
  explicit OwnerLogin(app::Accounts& accounts)
      : accounts_(accounts), login_(accounts.LogIn(accounts.NewLoginToken())) {}
  ~OwnerLogin() { accounts_.LogOut(login_.caller, login_.secret); }
  OwnerLogin(const OwnerLogin&) = delete;
  OwnerLogin& operator=(const OwnerLogin&) = delete;
  const app::Caller& Caller() const { return login_.caller; }

 private:
  app::Accounts& accounts_;
  app::Accounts::Login login_;
};

std::string Thousands(std::uint64_t number) {
  auto text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string Banner(std::uint32_t planted) {
  return "This is a demo with real photographs (Fashion-MNIST). So that there is something to find, " +
         Thousands(planted) + " train labels were swapped on purpose; the field \"planted\" says which.";
}

base::OperationId NewOperation(Application& application) {
  return base::OperationId(base::NewIdText(application.random));
}

// Returns the import in one of its resting states.
app::ImportView WaitForImport(Application& application, const app::Caller& caller, const base::ProjectId& project,
                              const base::ImportId& import) {
  while (true) {
    auto view = application.imports.Get(caller, project, import);
    if (view.state != "checking" && view.state != "importing") return view;
    std::this_thread::sleep_for(kLookEvery);
  }
}

void ExpectState(const app::ImportView& view, const std::string& state) {
  if (view.state == state) return;
  throw base::Error(
      base::ErrorCode::kInternal,
      "The demo could not be loaded: " + (view.failure.empty() ? "its import was " + view.state + "." : view.failure));
}

app::ImportChoices DemoColumns() {
  app::ImportChoices choices;
  choices.format = formats::FormatId::kCsv;
  choices.content = app::ImportContent::kSamples;
  const auto field = [](model::FieldType type) { return app::ColumnChoice{formats::Role::kField, type, std::nullopt}; };
  choices.columns = {{"path", {formats::Role::kPath, std::nullopt, std::nullopt}},
                     {"class", {formats::Role::kClass, std::nullopt, std::nullopt}},
                     {"split", {formats::Role::kSplit, std::nullopt, std::nullopt}},
                     {"source_file", field(model::FieldType::kText)},
                     {"index", field(model::FieldType::kNumber)},
                     {"planted", field(model::FieldType::kBoolean)}};
  choices.media_base = "";
  return choices;
}

// The same import that a person walks through in the browser.
void ImportDemo(Application& application, const app::Caller& caller, const base::ProjectId& project) {
  const auto import =
      application.imports
          .Create(caller, project, NewOperation(application), app::FolderSource{std::string(kDemoRoot), kDemoTable})
          .id;
  application.imports.Check(caller, project, import, DemoColumns());
  ExpectState(WaitForImport(application, caller, project, import), "checked");
  application.imports.Commit(caller, project, import, NewOperation(application));
  const auto done = WaitForImport(application, caller, project, import);
  ExpectState(done, "done");
  std::cout << Thousands(done.report ? done.report->samples : 0) << " photographs imported." << std::endl;
}

bool IsLoaded(Application& application, const app::Caller& caller) {
  for (const bool trashed : {false, true}) {
    for (const auto& card : application.projects.List(caller, trashed)) {
      if (card.project.name == kDemoName && card.project.samples > 0) return true;
    }
  }
  return false;
}

// What an interrupted load left is an empty project: it is taken up again.
base::ProjectId MakeProject(Application& application, const app::Caller& caller, std::uint32_t planted) {
  for (const auto& card : application.projects.List(caller, false)) {
    if (card.project.name == kDemoName) return card.project.id;
  }
  boost::json::object settings;
  if (planted > 0) settings["banner"] = Banner(planted);
  return application.projects
      .Create(caller, NewOperation(application), std::string(kDemoName), boost::json::serialize(settings))
      .project.id;
}

void LoadDemo(Application& application, const DemoOptions& options) {
  const OwnerLogin owner(application.accounts);
  if (IsLoaded(application, owner.Caller())) return;
  auto plan = options.all ? WholeDemo() : DemoPlan{};
  if (options.photographs > 0) plan = plan.Resized(options.photographs);
  if (options.clean_labels) plan.planted_share = 0;
  std::cout << "Loading the demo project: " << Thousands(plan.Total()) << " photographs ..." << std::endl;
  const auto planted = WriteDemoPhotographs(application.options.media_roots.at(std::string(kDemoRoot)), plan);
  ImportDemo(application, owner.Caller(), MakeProject(application, owner.Caller(), planted));
}

}  // namespace

int Demo(const DemoOptions& options) {
  BlockStopSignals();
  auto application_options = options.serve.application;
  application_options.media_roots[std::string(kDemoRoot)] = application_options.data / "demo";
  Application application(application_options);
  application.Start();
  LoadDemo(application, options);
  return ServeUntilStopped(application, options.serve);
}

}  // namespace burnish::cli

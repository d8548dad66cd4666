#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/log.hpp"
#include "cli/commands.hpp"
#include "formats/reader_child.hpp"
#include "media/decoder.hpp"
#include "store/columns/kept_file.hpp"

namespace burnish::cli {
namespace {

// The server starts itself again under these names, to do what foreign bytes make dangerous.
std::optional<int> RunAsChild(int argc, char** argv) {
  const std::string_view name = argc > 1 ? argv[1] : "";
  if (name == "decoder-child") return media::DecoderMain();
  if (name == "reader-child" && argc > 2) return formats::ReaderMain(argv[2]);
  if (name == "probe-columns" && argc > 2) return store::ProbeColumns(argv[2]);
  return std::nullopt;
}

// Installed beside the binary, or, in a checkout, where ./dev setup puts it.
std::filesystem::path FindInstalled(const char* installed, const char* in_checkout) {
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
  for (const auto* candidate : {installed, in_checkout}) {
    if (std::filesystem::exists(program / candidate, failed))
      return std::filesystem::weakly_canonical(program / candidate);
  }
  return program / installed;
}

std::filesystem::path DefaultModels() { return FindInstalled("../share/burnish/models", "../../.third_party/models"); }

std::filesystem::path DefaultPlugin() {
  return FindInstalled("../lib/burnish/libonnxruntime_providers_openvino_plugin.so",
                       "../../.third_party/openvino/lib/libonnxruntime_providers_openvino_plugin.so");
}

// "photos=/srv/photos"
void AddMediaRoot(ApplicationOptions& options, const std::string& text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  if (equals == std::string::npos || !base::LooksLikeId(name)) {
    throw base::Error(base::ErrorCode::kInvalidArgument,
                      "--media-root must be NAME=FOLDER, with a name of small letters, digits and '-'.");
  }
  std::error_code failed;
  const auto path = std::filesystem::canonical(text.substr(equals + 1), failed);
  if (failed || !std::filesystem::is_directory(path, failed)) {
    throw base::Error(base::ErrorCode::kNotFound,
                      "The media root '" + name + "' is not a folder: " + text.substr(equals + 1));
  }
  options.media_roots[name] = path;
}

struct Settings {
  std::string data = "burnish-data";
  std::string models;
  std::string precision = "auto";
  std::vector<std::string> media_roots;
  std::string project;
  std::string backups;
  std::string backup;
  std::uint32_t keep = 0;
  std::string log_level = "info";
  ServeOptions serve;
  DemoOptions demo;

  ApplicationOptions Application() const {
    ApplicationOptions options;
    options.data = std::filesystem::absolute(data);
    options.models = models.empty() ? DefaultModels() : std::filesystem::path(models);
    if (precision == "auto") options.bfloat16_plugin = DefaultPlugin();
    for (const auto& root : media_roots) AddMediaRoot(options, root);
    return options;
  }
  ServeOptions Serving() const {
    auto options = serve;
    options.application = Application();
    return options;
  }
};

void AddDataFolder(CLI::App& command, Settings& settings) {
  command.add_option("--data", settings.data, "Folder that holds everything Burnish keeps")
      ->envname("BURNISH_DATA")
      ->capture_default_str();
}

void AddData(CLI::App& command, Settings& settings) {
  AddDataFolder(command, settings);
  command.add_option("--models", settings.models, "Folder of embedding models")->envname("BURNISH_MODELS");
  command
      .add_option("--embedding-precision", settings.precision,
                  "auto: bfloat16 where the processor has it, which is twice as fast; float32: 32 bits everywhere")
      ->envname("BURNISH_EMBEDDING_PRECISION")
      ->check(CLI::IsMember({"auto", "float32"}))
      ->capture_default_str();
}

void AddServing(CLI::App& command, Settings& settings) {
  AddData(command, settings);
  command.add_option("--port", settings.serve.port, "Port on 127.0.0.1; 0 for any free one")
      ->envname("BURNISH_PORT")
      ->capture_default_str();
  command.add_option("--host", settings.serve.hosts,
                     "A further name, with port, under which browsers reach this server");
  command.add_option("--media-root", settings.media_roots, "NAME=FOLDER: a folder that people may import from");
}

int Run(int argc, char** argv) {
  Settings settings;
  CLI::App program{"Burnish: the workbench of data operations"};
  program.require_subcommand(1);
  program.fallthrough();  // --log may stand anywhere
  program.set_config("--config", "", "Settings as a TOML file; flags and environment go first");
  program.add_option("--log", settings.log_level, "debug, info, warn or error")
      ->envname("BURNISH_LOG")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));

  auto* serve = program.add_subcommand("serve", "Start the server and print a login link");
  AddServing(*serve, settings);
  auto* demo = program.add_subcommand("demo", "Load the demo project if it is not there, and serve it");
  AddServing(*demo, settings);
  demo->add_flag("--all", settings.demo.all, "All 70,000 photographs instead of 12,000");
  demo->add_option("--photographs", settings.demo.photographs, "This many photographs, in the same proportions")
      ->check(CLI::Range(100, 70'000))
      ->excludes("--all");
  demo->add_flag("--clean-labels", settings.demo.clean_labels, "Without the planted mistakes");
  auto* login = program.add_subcommand("login", "Print another login link");
  login->add_option("--data", settings.data, "The server's data folder")
      ->envname("BURNISH_DATA")
      ->capture_default_str();
  login->add_option("--port", settings.serve.port, "The port that the server will have, if it does not run")
      ->envname("BURNISH_PORT")
      ->capture_default_str();
  auto* rebuild = program.add_subcommand("rebuild", "Make the derived views anew from batches and log, and compare");
  AddData(*rebuild, settings);
  rebuild->add_option("--project", settings.project, "Only this project, by id");
  auto* backup = program.add_subcommand("backup", "Back everything up at one moment, also while the server works");
  AddDataFolder(*backup, settings);
  backup->add_option("folder", settings.backups, "Folder of backups, on another disk; made when absent")->required();
  backup->add_option("--keep", settings.keep, "Remove older backups than the newest this many")
      ->check(CLI::Range(1, 10'000));
  auto* restore = program.add_subcommand("restore", "Make a new data folder from a backup");
  restore->add_option("backup", settings.backup, "What 'burnish backup' printed")->required();
  restore->add_option("--data", settings.data, "The data folder to make; nothing may be there yet")->required();
  auto* verify = program.add_subcommand("verify", "Check logs, stored files and projects, also while the server works");
  AddDataFolder(*verify, settings);
  verify->add_option("backup", settings.backup, "Check this backup instead of the data folder");
  auto* licenses = program.add_subcommand("licenses", "List every part with its licence");
  auto* version = program.add_subcommand("version", "Print the version");
  auto* routes = program.add_subcommand("routes", "Print the registry of routes as JSON")->group("");

  CLI11_PARSE(program, argc, argv);
  base::StartLog(spdlog::level::from_str(settings.log_level));
  if (*serve) return Serve(settings.Serving());
  if (*demo) {
    settings.demo.serve = settings.Serving();
    return Demo(settings.demo);
  }
  if (*login) return Login(std::filesystem::absolute(settings.data), settings.serve.port);
  if (*rebuild) return Rebuild(settings.Application(), settings.project);
  if (*backup) return Backup({settings.data, settings.backups, settings.keep});
  if (*restore) return Restore(settings.backup, settings.data);
  if (*verify) return settings.backup.empty() ? Verify(settings.data) : VerifyBackup(settings.backup);
  if (*licenses) return PrintLicenses();
  if (*routes) return PrintRoutes();
  if (*version) std::cout << "burnish " << BURNISH_VERSION << "\n";
  return 0;
}

}  // namespace
}  // namespace burnish::cli

int main(int argc, char** argv) {
  if (const auto code = burnish::cli::RunAsChild(argc, argv)) return *code;
  ::umask(0077);  // what Burnish writes is for its owner alone
  try {
    return burnish::cli::Run(argc, argv);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
}

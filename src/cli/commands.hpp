#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/application.hpp"

namespace burnish::cli {

struct ServeOptions {
  ApplicationOptions application;
  std::uint16_t port = 8080;
  std::vector<std::string> hosts;  // further names with ports that Host may hold
};

struct DemoOptions {
  ServeOptions serve;
  bool all = false;               // the whole data set instead of a part
  std::uint32_t photographs = 0;  // a part of this size; 0 for the usual one
  bool clean_labels = false;      // without the planted mistakes
};

struct BackupOptions {
  std::filesystem::path data;
  std::filesystem::path folder;
  std::uint32_t keep = 0;  // older backups go; 0 for all
};

// Each returns the exit code. Failures are thrown as base::Error and end in one sentence on standard error.
int Serve(const ServeOptions& options);
int Demo(const DemoOptions& options);
int Login(const std::filesystem::path& data, std::uint16_t port);
int Rebuild(const ApplicationOptions& options, const std::string& project);
int Backup(const BackupOptions& options);
int Restore(const std::filesystem::path& backup, const std::filesystem::path& data);
int Verify(const std::filesystem::path& data);
int VerifyBackup(const std::filesystem::path& backup);
int PrintLicenses();
// The registry of routes as JSON, for the contract test and the access matrix.
int PrintRoutes();

// Serves an application until SIGINT or SIGTERM. SignalMask must stand before its threads start.
void BlockStopSignals();
int ServeUntilStopped(Application& application, const ServeOptions& options);

}  // namespace burnish::cli

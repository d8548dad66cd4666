#include "app/import_source.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"
#include "formats/table_format.hpp"
#include "formats/text.hpp"
#include "media/sniff.hpp"

namespace burnish::app {
namespace {

using base::Error;
using base::ErrorCode;

std::string FolderOf(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string NameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool IsArchive(const base::FileDescriptor& file) {
  std::string start(media::kSniffBytes, '\0');
  start.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(file.Get(), start.data(), start.size(), 0))));
  switch (media::Sniff(std::as_bytes(std::span(start)))) {
    case media::ContentType::kZip:
    case media::ContentType::kTar:
    case media::ContentType::kGzip:
      return true;
    default:
      return false;
  }
}

// Names that say archive and not IDX, whose files are gzip too.
bool IsArchiveName(const std::string& path) {
  const std::string name = formats::LowerAscii(path);
  return name.ends_with(".zip") || name.ends_with(".tar") || name.ends_with(".tgz") || name.ends_with(".tar.gz") ||
         name.ends_with(".tar.bz2") || name.ends_with(".tar.xz") || name.ends_with(".tar.zst");
}

bool IsIdxName(const std::string& path) {
  const std::string name = formats::LowerAscii(NameOf(path));
  return name.find("idx3") != std::string::npos || name.find("idx1") != std::string::npos;
}

OpenedSource Unpacked(const formats::Reader& reader, ImportSession& session, const base::FileDescriptor& archive,
                      const std::string& name, jobs::Context& job) {
  const auto opened = [&] {
    const std::scoped_lock lock(session.mutex);
    return session.unpacked.has_value();
  };
  if (!opened()) {  // one check of a session runs at a time
    formats::Problems problems;
    auto entries = reader.Unpack(archive, name, session.staging.Path(), problems, [&](std::uint64_t bytes) {
      job.Report(bytes, 0, "bytes", "Unpacking");
      return !job.Stop().stop_requested();
    });
    const std::scoped_lock lock(session.mutex);
    session.unpacked = std::move(entries);
    session.unpack_problems = problems;
  }
  const std::scoped_lock lock(session.mutex);
  return {formats::OpenStaged(session.staging.Path(), *session.unpacked),
          {},
          SourceName(session.source),
          session.unpack_problems};
}

OpenedSource OpenUploads(const formats::Reader& reader, ImportSession& session, jobs::Context& job) {
  std::vector<formats::StagedFile> uploads;
  {
    const std::scoped_lock lock(session.mutex);
    uploads = session.uploads;
  }
  std::shared_ptr<formats::FileSet> files = formats::OpenStaged(session.staging.Path(), uploads);
  if (files->Files().size() == 1 && !IsIdxName(files->Files()[0].path)) {
    const auto file = files->Open(0);
    if (IsArchive(file) || IsArchiveName(files->Files()[0].path))
      return Unpacked(reader, session, file, files->Files()[0].path, job);
  }
  return {std::move(files), {}, SourceName(session.source), {}};
}

OpenedSource OpenServerFile(const formats::Reader& reader, ImportSession& session, const formats::MediaRoot& root,
                            const std::string& path, const std::optional<std::string>& media_base, jobs::Context& job) {
  const auto file = base::OpenBeneath(root.path, path);
  if (IsArchive(file) && !IsIdxName(path)) return Unpacked(reader, session, file, NameOf(path), job);
  const std::string folder = FolderOf(path);
  if (!formats::TableKindOf(path)) return {formats::OpenFolder(root, folder), {}, root.name + "/" + folder, {}};
  if (!media_base || *media_base == folder)
    return {formats::OpenFolder(root, folder), NameOf(path), root.name + "/" + folder, {}};
  return {formats::WithTable(formats::OpenFolder(root, *media_base), formats::OpenFolder(root, folder), NameOf(path)),
          NameOf(path),
          root.name + "/" + *media_base,
          {}};
}

bool IsFile(const formats::MediaRoot& root, const std::string& path) {
  if (path.empty()) return false;
  try {
    return base::OpenBeneath(root.path, path).Valid();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

formats::MediaRoot FindRoot(const Services& services, const std::string& root) {
  const auto found = services.media_roots.find(root);
  if (found == services.media_roots.end()) {
    throw Error(ErrorCode::kNotFound,
                "\"" + formats::Printable(root) +
                    "\" is no folder that may be imported from. The server's owner can allow more.",
                "root");
  }
  return {found->first, found->second};
}

OpenedSource OpenSource(const Services& services, const formats::Reader& reader, ImportSession& session,
                        const std::optional<std::string>& media_base, jobs::Context& job) {
  if (std::holds_alternative<UploadSource>(session.source)) return OpenUploads(reader, session, job);
  const auto& folder = std::get<FolderSource>(session.source);
  const auto root = FindRoot(services, folder.root);
  if (IsFile(root, folder.path)) return OpenServerFile(reader, session, root, folder.path, media_base, job);
  return {formats::OpenFolder(root, folder.path), {}, SourceName(session.source), {}};
}

FolderListing ListFolderOf(const formats::MediaRoot& root, const std::string& path) {
  const auto entries = formats::ListOneFolder(root, path);
  FolderListing listing;
  listing.path = path;
  listing.folders = entries.folders;
  for (const auto& file : entries.files) {
    if (formats::LooksLikeImageName(file))
      ++listing.image_count;
    else if (formats::TableKindOf(file) || IsArchiveName(file) || IsIdxName(file))
      listing.files.push_back(file);
  }
  return listing;
}

}  // namespace burnish::app

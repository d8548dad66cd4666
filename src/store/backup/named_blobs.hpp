#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "store/catalog/session.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

// What a project needs a blob for.
enum class BlobUse : std::uint8_t { kBatch, kDelta, kPredictions, kSelection, kPhotograph };
// "the samples of an import", ...
std::string_view BlobUseName(BlobUse use);

struct NamedBlob {
  std::string name;
  BlobUse use = BlobUse::kBatch;
};

// The blobs that rows of the catalog name for this project: of every change that ever was, undone or not.
std::vector<NamedBlob> BlobsOfRows(Reader& reader, const base::ProjectId& project);
// The photographs that lie in the blob store: those that were replaced or withdrawn since, too.
std::vector<NamedBlob> PhotographsOf(const Snapshot& snapshot);
// Both, with one entry for each name, by name.
std::vector<NamedBlob> Unique(std::vector<NamedBlob> blobs);

}  // namespace burnish::store

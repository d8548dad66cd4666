#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/change.hpp"
#include "store/blobs/blob_store.hpp"
#include "store/catalog/session.hpp"

// The table of changes: how a change is written to it and read back. Decides nothing.
namespace burnish::store {

// The project's row that gives changes their order.
struct LogHead {
  model::SequenceNumber sequence = 0;
  std::string hash;  // of the last change; empty before the first
  std::uint32_t next_ordinal = 0;
  bool trashed = false;
};

// Holds the row until the transaction ends. Nothing when there is no such project.
std::optional<LogHead> LockHead(Writer& writer, const base::ProjectId& project);
std::optional<LogHead> FindHead(Reader& reader, const base::ProjectId& project);

// A change with what only the log needs.
struct LogEntry {
  model::Change change;
  // Of the change at the end of a chain of undos; its own kind for all but kUndo.
  model::ChangeKind root_kind = model::ChangeKind::kEdit;
  std::uint8_t parity = 0;  // 0 does or redoes, 1 undoes
  std::string hash;
};

// A delta as the row holds it: exactly one of the two is not empty.
struct StoredDelta {
  std::string json;
  std::string blob;
};

// Deltas of more samples than this are blobs.
inline constexpr std::size_t kMostInlineSamples = 64;
// Puts a large delta on stable storage.
StoredDelta StoreDelta(BlobStore& blobs, const model::Delta& delta);

// Writes the row and moves the head: sequence and ordinals are the next ones. Fills sequence and
// time of `entry.change`, the first ordinal of its import, and the hash.
void WriteEntry(Writer& writer, const LogHead& head, const StoredDelta& delta, LogEntry& entry);

// Those with after < sequence <= upto, oldest first; with deltas.
std::vector<LogEntry> ReadEntries(Reader& reader, const BlobStore& blobs, const base::ProjectId& project,
                                  model::SequenceNumber after, model::SequenceNumber upto, std::size_t limit);
std::optional<LogEntry> FindEntry(Reader& reader, const BlobStore& blobs, const base::ProjectId& project,
                                  model::SequenceNumber sequence);
// Newest first, sequence < before, without deltas.
std::vector<LogEntry> ListEntries(Reader& reader, const base::ProjectId& project, model::SequenceNumber before,
                                  std::size_t limit);

// The last of the chain "undone by, undone by, ..." that starts at `sequence`, and its length (0: never undone).
std::pair<model::SequenceNumber, std::size_t> EndOfUndoChain(Reader& reader, const base::ProjectId& project,
                                                             model::SequenceNumber sequence);

// The hash of a change over the one before it: a changed, removed or inserted row breaks the chain.
std::string HashEntry(const std::string& previous, const LogEntry& entry, const StoredDelta& delta);
// As `ReadEntries` finds it, for checking hashes.
StoredDelta ReadStoredDelta(Reader& reader, const base::ProjectId& project, model::SequenceNumber sequence);

}  // namespace burnish::store

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// What an import may cost. Every reader holds to these; who needs more changes a number here, not a parser.
namespace burnish::formats {

inline constexpr std::size_t kMaxFiles = 5'000'000;  // of one source
inline constexpr std::size_t kMaxFolderDepth = 32;
inline constexpr std::size_t kMaxPathBytes = 1'024;  // of a sample's path
inline constexpr std::uint64_t kMaxTableBytes = 8ULL << 30;
inline constexpr std::size_t kMaxColumns = 2'000;
inline constexpr std::size_t kMaxCellBytes = 1U << 20;     // of a text cell
inline constexpr std::size_t kMaxImageBytes = 256U << 20;  // of a picture inside a table
inline constexpr std::size_t kMaxRowBytes = 8U << 20;      // of one row of text
inline constexpr std::uint64_t kMaxRows = 100'000'000;

inline constexpr std::uint64_t kMaxArchiveBytes = 64ULL << 30;
inline constexpr std::uint64_t kMaxUnpackedBytes = 256ULL << 30;
inline constexpr std::uint64_t kMaxEntryBytes = 1ULL << 30;
inline constexpr std::uint64_t kMaxArchiveEntries = 2'000'000;
// Photographs barely compress and text rarely more than 20 times; 10 MB that unpack to 10 GB are a bomb.
inline constexpr std::uint64_t kMaxUnpackRatio = 200;
inline constexpr std::uint64_t kRatioFreeBytes = 64ULL << 20;  // unpacked bytes before the ratio counts

inline constexpr std::uint32_t kMaxIdxSide = 4'096;
inline constexpr std::uint32_t kMaxIdxItems = 10'000'000;

inline constexpr std::size_t kMaxClassNameBytes = 200;
inline constexpr std::size_t kMaxFieldNameBytes = 120;
inline constexpr std::size_t kMaxColumnNameBytes = 200;
inline constexpr std::size_t kMaxManifestBytes = 64U << 20;

inline constexpr std::size_t kPreviewRows = 50;
inline constexpr std::size_t kExampleValues = 5;            // of a column
inline constexpr std::size_t kMaxDistinctCounted = 70'000;  // of a column: enough for every possible class
inline constexpr std::size_t kProblemNames = 10'000;        // kept of each kind of problem
inline constexpr double kProbabilitySumTolerance = 1e-3;

inline constexpr std::uint64_t kReaderMemoryBytes = 2ULL << 30;
inline constexpr std::uint64_t kReaderCpuSeconds = 3'600;
inline constexpr std::chrono::seconds kReaderSilence{120};  // a child that says nothing for so long is stopped

}  // namespace burnish::formats

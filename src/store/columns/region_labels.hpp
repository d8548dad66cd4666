#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/filter.hpp"
#include "model/label.hpp"
#include "store/columns/attachments.hpp"
#include "store/columns/bitset.hpp"
#include "store/columns/column.hpp"
#include "store/columns/counted_rows.hpp"

namespace burnish::store {

// Labels on regions of samples. Like media they are rows of an append-only table, brought by immutable batches: a row
// holds all regions of one sample, and the samples' column `regions` says which row holds now (model::AspectKind).
// The layout of a batch's file is specified in docs/columns.md.

struct RegionLabel {
  model::ClassId class_id = 0;
  float confidence = kMissingFloat;  // of whoever labeled it; truth has none
  std::array<float, 4> box{};        // left, top, width, height as fractions of the media's
};

// Writes a batch. One thread; holds one block in memory.
class RegionWriter {
 public:
  explicit RegionWriter(const std::filesystem::path& file);
  ~RegionWriter();
  RegionWriter(const RegionWriter&) = delete;
  RegionWriter& operator=(const RegionWriter&) = delete;

  // The next row. Throws kInvalidArgument for a label without class.
  void Append(std::span<const RegionLabel> labels);
  std::uint32_t Rows() const noexcept;
  // The file is whole (not yet durable: publish it through the blob store). Once.
  void Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Up to kChunkRows rows of a batch, as arrays in its mapped file. Row i holds the labels [offsets[i], offsets[i + 1]).
struct RegionBlock {
  std::uint32_t first = 0;  // row in the batch
  std::uint32_t rows = 0;
  std::span<const std::uint32_t> offsets;       // rows + 1, ascending from 0
  std::span<const std::uint8_t> narrow;         // classes; empty when one of them needs 16 bits
  std::span<const std::uint16_t> wide;          // classes, else
  std::span<const float> confidence;            // empty: none has one
  std::span<const std::array<float, 4>> boxes;  // one per label
  std::size_t Labels() const noexcept { return offsets.back(); }
  model::ClassId ClassAt(std::uint32_t label) const noexcept { return narrow.empty() ? wide[label] : narrow[label]; }
};

// A batch, mapped: only what is asked for comes into memory. Immutable; any thread reads.
class RegionBatch {
 public:
  // Throws kUnavailable when the file is missing, broken or of an unknown version. Offsets and classes are checked.
  explicit RegionBatch(const std::filesystem::path& file);
  ~RegionBatch();
  RegionBatch(const RegionBatch&) = delete;
  RegionBatch& operator=(const RegionBatch&) = delete;

  static bool IsOne(const std::filesystem::path& file);  // false too when there is no such file
  std::uint32_t Rows() const noexcept { return rows_; }
  std::uint64_t Labels() const noexcept { return labels_; }
  std::span<const RegionBlock> Blocks() const noexcept { return blocks_; }

 private:
  void Check();

  void* data_ = nullptr;
  std::size_t size_ = 0;
  std::uint32_t rows_ = 0;
  std::uint64_t labels_ = 0;
  std::vector<RegionBlock> blocks_;
};

// The table: batches in the order in which imports brought them. A code is 1 + a row; 0 is no region label.
class RegionTable {
 public:
  struct Row {
    const RegionBlock* block = nullptr;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };

  void Append(std::shared_ptr<const RegionBatch> batch);
  void RemoveLast();
  std::uint32_t Rows() const noexcept { return rows_; }
  std::size_t Batches() const noexcept { return batches_.size(); }
  bool Wide() const noexcept;  // some class needs 16 bits

  // Rows by code, quickly where one follows another. A code beyond the table, as when it is not open yet, has none.
  class Cursor {
   public:
    explicit Cursor(const RegionTable& table) noexcept : table_(table) {}
    Row At(std::uint32_t code) noexcept {
      if (code == 0 || code > table_.rows_) return {};
      const std::uint32_t row = code - 1;
      if (row - first_ >= rows_) Find(row);
      return {block_, block_->offsets[row - first_], block_->offsets[row - first_ + 1]};
    }

   private:
    void Find(std::uint32_t row) noexcept;
    const RegionTable& table_;
    const RegionBlock* block_ = nullptr;
    std::uint32_t first_ = 0;
    std::uint32_t rows_ = 0;
  };

 private:
  std::vector<std::shared_ptr<const RegionBatch>> batches_;
  std::vector<std::uint32_t> firsts_;
  std::uint32_t rows_ = 0;
};

// How many samples of `among` have a region of each class below `classes`, and how many regions those are.
struct RegionCounts {
  std::vector<std::uint32_t> samples;  // by class; the last counts samples without a region
  std::vector<std::uint64_t> labels;   // by class
};
// Uses two threads where it pays.
RegionCounts CountRegions(const RegionTable& table, const Column<std::uint32_t>& codes, const CountedRows& among,
                          std::size_t classes);

// What one region of a sample must be.
struct RegionTest {
  std::vector<bool> classes;               // by class id; empty: any
  std::optional<model::Range> confidence;  // a region without one is in no range
};
// The samples below `size` that have such a region. Uses two threads where it pays.
Bitset MatchRegions(const RegionTable& table, const Column<std::uint32_t>& codes, std::size_t size,
                    const RegionTest& test);

}  // namespace burnish::store

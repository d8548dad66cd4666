#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/sample.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

namespace duck {
class Session;
}

// The Parquet files of imports; immutable once in the blob store. Layouts are specified in docs/columns.md.

// Collects an import's samples and writes them as one Parquet file. One thread.
class BatchWriter {
 public:
  // `scratch`: a folder for what does not fit in memory. Throws kInvalidArgument when two fields share a name.
  BatchWriter(std::vector<model::Field> fields, const std::filesystem::path& scratch);
  ~BatchWriter();
  BatchWriter(const BatchWriter&) = delete;
  BatchWriter& operator=(const BatchWriter&) = delete;

  // row.fields by the constructor's list. New samples first, then rows that replace media (kInvalidArgument).
  void Append(const SampleRow& row);
  std::uint64_t Rows() const noexcept;
  // Writes `file` whole (not yet durable: publish it through the blob store). Once.
  void Finish(const std::filesystem::path& file);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Opens a batch of ours, of samples or of region labels. Throws kUnavailable when it is missing, broken or of an
// unknown version.
BatchSource OpenBatch(const std::filesystem::path& file);
// Its fields, in its order, through a session that may read the file. Throws as OpenBatch.
std::vector<model::Field> FieldsOfBatch(duck::Session& session, const std::filesystem::path& file);

// One row of a model run's predictions.
struct PredictionRow {
  model::Ordinal ordinal = 0;
  model::ClassId predicted = model::kNoClass;
  float confidence = kMissingFloat;
  std::vector<float> probabilities;  // by the batch's class list; empty: none given
};

class PredictionWriter {
 public:
  // `classes`: whose probabilities the rows carry, in order; may be empty.
  PredictionWriter(std::vector<model::ClassId> classes, const std::filesystem::path& scratch);
  ~PredictionWriter();
  PredictionWriter(const PredictionWriter&) = delete;
  PredictionWriter& operator=(const PredictionWriter&) = delete;
  void Append(const PredictionRow& row);
  void Finish(const std::filesystem::path& file);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

struct PredictionBatch {
  std::vector<model::ClassId> classes;
  std::vector<PredictionRow> rows;
};
// Throws kUnavailable as OpenBatch.
PredictionBatch ReadPredictions(const std::filesystem::path& file);
// Columns by ordinal for a snapshot; margin from the probabilities.
RunColumns ToRunColumns(const PredictionBatch& batch, base::RunId run, std::string name);

}  // namespace burnish::store

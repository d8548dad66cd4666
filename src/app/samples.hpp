#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/accounts.hpp"
#include "app/edit_outcome.hpp"

namespace burnish::app {

struct PredictionView {
  base::RunId run;
  std::string name;
  std::optional<std::string> class_name;
  std::optional<float> confidence;
  std::vector<std::pair<std::string, float>> probabilities;  // by class, highest first; empty when the run has none
};

struct SampleView {
  model::Ordinal ordinal = 0;
  base::SequenceNumber as_of = 0;
  std::string path;
  model::Media media;
  model::Split split = model::Split::kPool;
  bool excluded = false;
  bool withdrawn = false;
  std::vector<std::string> tags;
  std::optional<std::string> truth;
  model::LabelState state = model::LabelState::kSet;
  base::SequenceNumber label_revision = 0;
  std::vector<PredictionView> predictions;
  std::vector<std::pair<model::Field, model::FieldValue>> fields;
  std::vector<std::pair<std::string, float>> quality;  // measured ones only
  struct Suspicion {
    std::string given;
    std::string suggested;
    float score = 0;
  };
  std::optional<Suspicion> suspect;
  std::vector<model::Ordinal> duplicates;                          // byte-equal others
  std::vector<store::NearDuplicateColumns::Near> near_duplicates;  // closest first
  base::ImportId import;
  std::string import_name;
  base::SequenceNumber revision = 0;
};

struct HistoryRow {
  base::SequenceNumber sequence = 0;
  base::Micros at = 0;
  std::string author;
  std::string what;
  std::optional<std::string> before;
  std::optional<std::string> after;
  std::string reason;
  std::string summary;
};

struct NeighbourView {
  model::Ordinal ordinal = 0;
  float similarity = 0;
  std::optional<std::string> class_name;
  model::Split split = model::Split::kPool;
};

struct Neighbours {
  bool ready = false;  // false: the embeddings are not there yet
  std::vector<NeighbourView> neighbours;
};

// The bytes of a photograph, checked against the hash that the import wrote down.
struct MediaBytes {
  std::shared_ptr<const std::string> bytes;
  std::string type;  // by our own sniff: "image/jpeg", or application/octet-stream
  std::string content;
};

// One sample: everything about it.
class Samples {
 public:
  Samples(Workspace& workspace, Accounts& accounts) : workspace_(workspace), accounts_(accounts) {}

  // These throw kNotFound for an ordinal that the project does not have.
  SampleView Get(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal,
                 base::SequenceNumber at_least);
  std::vector<HistoryRow> HistoryOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal,
                                    base::SequenceNumber at_least);
  // Nearest first, without itself; of one split or truth class where asked for.
  Neighbours NeighboursOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal,
                          std::optional<model::Split> split, const std::optional<std::string>& class_name,
                          std::size_t count);
  // Throws kConflict when the file has changed since its import, kNotFound when it is gone.
  MediaBytes MediaOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal);
  // The thumbnail if that needs no waiting; nothing for whatever reason: ThumbnailOf knows.
  std::optional<MediaBytes> ThumbnailAtHand(const Caller& caller, const base::ProjectId& project,
                                            model::Ordinal ordinal, int side);
  // Throws kNotFound while there is none.
  MediaBytes ThumbnailOf(const Caller& caller, const base::ProjectId& project, model::Ordinal ordinal, int side);

 private:
  Workspace& workspace_;
  Accounts& accounts_;
};

}  // namespace burnish::app

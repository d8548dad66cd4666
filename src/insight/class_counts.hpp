#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/label.hpp"

// Counting shared by evaluation and comparison. Used by src/insight only.
namespace burnish::insight {

// Per class: how many are so, are predicted so, and both.
class ClassCounts {
 public:
  explicit ClassCounts(std::size_t classes) : truth_(classes), predicted_(classes), correct_(classes) {}

  void Add(model::ClassId truth, model::ClassId predicted, std::uint64_t count) {
    truth_[truth] += count;
    predicted_[predicted] += count;
    if (truth == predicted) correct_[truth] += count;
  }

  std::uint64_t Truth(std::size_t id) const { return truth_[id]; }
  std::uint64_t Predicted(std::size_t id) const { return predicted_[id]; }
  std::uint64_t Correct(std::size_t id) const { return correct_[id]; }

  double Accuracy() const;
  // 0 where nothing is to divide by.
  double Precision(std::size_t id) const;
  double Recall(std::size_t id) const;
  double F1(std::size_t id) const;
  // Over the classes that occur among truths or predictions.
  double MacroF1() const;

 private:
  std::vector<std::uint64_t> truth_;
  std::vector<std::uint64_t> predicted_;
  std::vector<std::uint64_t> correct_;
};

// Throws kInvalidArgument unless the spans have equal lengths and every id is below `classes` or kNoClass.
void CheckClassIds(std::initializer_list<std::span<const model::ClassId>> spans, std::size_t classes);

}  // namespace burnish::insight

#pragma once

#include "formats/registry.hpp"

namespace burnish::formats {

// Pairs of IDX files as MNIST names them: "train-images-idx3-ubyte" and "train-labels-idx1-ubyte", gzip or not. The
// columns are path ("train/000123"), image, label and split.
class IdxFormat final : public Format {
 public:
  FormatId Id() const override { return FormatId::kIdx; }
  std::vector<Recognition> Recognize(const FileSet& files, const Reader& reader) const override;
  ImportPlan Inspect(const FileSet& files, const std::string& table, const Reader& reader) const override;
  void ReadRows(const FileSet& files, const Mapping& mapping, const Reader& reader, Pictures pictures,
                const RowSink& sink, Problems& problems) const override;
};

}  // namespace burnish::formats

#include "store/columns/columns_loader.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "store/columns/caches.hpp"

namespace burnish::store {

std::string FieldColumnName(std::size_t field) { return "f_" + std::to_string(field); }

void ThrowDamaged(const char* what) {
  throw base::Error(base::ErrorCode::kUnavailable,
                    std::string("The project's columns do not fit together: ") + what + ".");
}

namespace {

class Loader {
 public:
  Loader(duck::Session& session, const ColumnsMeta& meta, const std::vector<model::Field>& fields)
      : session_(session), fields_(fields) {
    snapshot_ = std::make_shared<Snapshot>(*EmptySnapshot(base::ProjectId(meta.project)));
    snapshot_->as_of = meta.applied;
  }

  SnapshotPtr Load() {
    LoadNames();
    LoadImports();
    LoadMedia();
    LoadSamples();
    LoadLabels();
    LoadTags();
    return snapshot_;
  }

 private:
  void LoadNames() {
    duck::Rows classes = session_.Query("SELECT id, name, retired, merged_into FROM classes ORDER BY id");
    while (classes.Next()) {
      for (std::size_t i = 0; i < classes.Size(); ++i) {
        model::Class value{classes.Values<std::uint16_t>(0)[i], std::string(classes.Text(1, i)),
                           classes.Values<bool>(2)[i], std::nullopt};
        if (!classes.IsNull(3, i)) value.merged_into = classes.Values<std::uint16_t>(3)[i];
        if (value.id != snapshot_->ontology.Classes().size()) ThrowDamaged("a class is missing");
        snapshot_->ontology.Put(std::move(value));
      }
    }
    duck::Rows tags = session_.Query("SELECT id, name FROM tags ORDER BY id");
    while (tags.Next()) {
      for (std::size_t i = 0; i < tags.Size(); ++i) {
        if (tags.Values<std::uint32_t>(0)[i] != snapshot_->tag_names.size()) ThrowDamaged("a tag is missing");
        snapshot_->tag_names.emplace_back(tags.Text(1, i));
      }
    }
    for (const model::Field& field : fields_) snapshot_->fields.push_back({field, nullptr, {}, {}});
  }

  void LoadImports() {
    duck::Rows rows = session_.Query(
        "SELECT id, sequence, first, count, batch, media_first, fields_before, regions FROM imports ORDER BY sequence");
    while (rows.Next()) {
      for (std::size_t i = 0; i < rows.Size(); ++i) {
        snapshot_->imports.push_back({base::ImportId(std::string(rows.Text(0, i))), rows.Values<std::uint64_t>(1)[i],
                                      rows.Values<std::uint32_t>(2)[i], rows.Values<std::uint32_t>(3)[i],
                                      std::string(rows.Text(4, i)), rows.Values<std::uint32_t>(5)[i],
                                      rows.Values<std::uint32_t>(6)[i], rows.Values<std::uint32_t>(7)[i]});
      }
    }
  }

  void LoadMedia() {
    Snapshot& to = *snapshot_;
    auto roots = std::make_shared<Dictionary>();
    ColumnEditor kinds(to.media_kinds);
    ColumnEditor root_codes(to.media_roots);
    ColumnEditor content(to.media_content);
    ColumnEditor bytes(to.media_bytes);
    ColumnEditor width(to.media_width), height(to.media_height);
    duck::Rows rows = session_.Query("SELECT media, kind, root, path, content, bytes, width, height FROM media");
    while (rows.Next()) {
      for (std::size_t i = 0; i < rows.Size(); ++i) {
        if (rows.Values<std::uint32_t>(0)[i] != to.media_kinds.Size()) ThrowDamaged("media are out of order");
        kinds.Append(rows.Values<std::uint8_t>(1)[i]);
        root_codes.Append(roots->CodeOf(rows.Text(2, i)));
        to.media_paths.Append(rows.Text(3, i));
        base::ContentHash hash;
        const std::string_view raw = rows.Text(4, i);
        if (raw.size() != hash.bytes.size()) ThrowDamaged("a content hash is not one");
        std::copy(raw.begin(), raw.end(), hash.bytes.begin());
        content.Append(hash);
        bytes.Append(rows.Values<std::uint64_t>(5)[i]);
        width.Append(rows.Values<std::uint32_t>(6)[i]);
        height.Append(rows.Values<std::uint32_t>(7)[i]);
      }
    }
    to.roots = std::move(roots);
  }

  void LoadSamples() {
    Snapshot& to = *snapshot_;
    std::string columns;
    for (std::size_t i = 0; i < fields_.size(); ++i) columns += ", " + FieldColumnName(i);
    duck::Rows rows = session_.Query(
        "SELECT ordinal, source, path, import, media, split, excluded, withdrawn, label_revision, changed, regions" +
        columns + " FROM samples");
    auto sources = std::make_shared<Dictionary>();
    ColumnEditor source_codes(to.source_codes);
    ColumnEditor imports(to.import_index);
    ColumnEditor media(to.media);
    ColumnEditor splits(to.splits);
    ColumnEditor regions(to.regions);
    ColumnEditor labels(to.labels), revisions(to.label_revisions), changed(to.changed);
    std::vector<model::Ordinal> excluded, withdrawn;
    OpenFields();
    while (rows.Next()) {
      for (std::size_t i = 0; i < rows.Size(); ++i) {
        const std::uint32_t ordinal = rows.Values<std::uint32_t>(0)[i];
        if (ordinal != to.size) ThrowDamaged("samples are out of order");
        source_codes.Append(sources->CodeOf(rows.Text(1, i)));
        to.paths.Append(rows.Text(2, i));
        imports.Append(static_cast<std::uint16_t>(rows.Values<std::uint32_t>(3)[i]));
        const std::uint32_t medium = rows.Values<std::uint32_t>(4)[i];
        if (medium >= to.media_kinds.Size()) ThrowDamaged("a sample has no media");
        media.Append(medium);
        splits.Append(rows.Values<std::uint8_t>(5)[i]);
        if (rows.Values<bool>(6)[i]) excluded.push_back(ordinal);
        if (rows.Values<bool>(7)[i]) withdrawn.push_back(ordinal);
        labels.Append(model::kNoLabelCode);
        revisions.Append(rows.Values<std::uint32_t>(8)[i]);
        changed.Append(rows.Values<std::uint32_t>(9)[i]);
        regions.Append(rows.Values<std::uint32_t>(10)[i]);
        ++to.size;
      }
      for (std::size_t f = 0; f < fields_.size(); ++f) AppendField(rows, f);
    }
    CloseFields();
    to.sources = std::move(sources);
    to.excluded = std::make_shared<const Bitset>(Bitset::Of(to.size, excluded));
    to.withdrawn = std::make_shared<const Bitset>(Bitset::Of(to.size, withdrawn));
  }

  void OpenFields() {
    for (FieldColumn& column : snapshot_->fields) {
      texts_.push_back(std::make_shared<Dictionary>());
      codes_.emplace_back(column.codes);
      numbers_.emplace_back(column.numbers);
    }
  }

  void AppendField(const duck::Rows& rows, std::size_t f) {
    const std::size_t column = 11 + f;
    const bool text = fields_[f].type == model::FieldType::kText;
    for (std::size_t i = 0; i < rows.Size(); ++i) {
      const bool missing = rows.IsNull(column, i);
      if (text) {
        codes_[f].Append(missing ? kMissingText : texts_[f]->CodeOf(rows.Text(column, i)));
      } else {
        numbers_[f].Append(missing ? std::numeric_limits<double>::quiet_NaN() : rows.Values<double>(column)[i]);
      }
    }
  }

  void CloseFields() {
    for (std::size_t f = 0; f < fields_.size(); ++f) snapshot_->fields[f].texts = texts_[f];
    codes_.clear();
    numbers_.clear();
  }

  void LoadLabels() {
    ColumnEditor labels(snapshot_->labels);
    duck::Rows rows =
        session_.Query("SELECT ordinal, class, state FROM labels WHERE label_set = 'truth' AND geometry IS NULL");
    while (rows.Next()) {
      for (std::size_t i = 0; i < rows.Size(); ++i) {
        const std::uint32_t ordinal = rows.Values<std::uint32_t>(0)[i];
        if (ordinal >= snapshot_->size) ThrowDamaged("a label has no sample");
        labels.Set(ordinal, model::PackLabel(rows.Values<std::uint16_t>(1)[i],
                                             static_cast<model::LabelState>(rows.Values<std::uint8_t>(2)[i])));
      }
    }
  }

  void LoadTags() {
    std::vector<Bitset> tags(snapshot_->tag_names.size(), Bitset(snapshot_->size));
    duck::Rows rows = session_.Query("SELECT tag, ordinal FROM sample_tags");
    while (rows.Next()) {
      for (std::size_t i = 0; i < rows.Size(); ++i) {
        const std::uint32_t tag = rows.Values<std::uint32_t>(0)[i];
        const std::uint32_t ordinal = rows.Values<std::uint32_t>(1)[i];
        if (tag >= tags.size() || ordinal >= snapshot_->size) ThrowDamaged("a tag has no sample");
        tags[tag].Set(ordinal);
      }
    }
    for (Bitset& tag : tags) snapshot_->tags.push_back(std::make_shared<const Bitset>(std::move(tag)));
  }

  duck::Session& session_;
  const std::vector<model::Field>& fields_;
  std::shared_ptr<Snapshot> snapshot_;
  std::vector<std::shared_ptr<Dictionary>> texts_;
  std::vector<ColumnEditor<std::uint32_t>> codes_;
  std::vector<ColumnEditor<double>> numbers_;
};

}  // namespace

SnapshotPtr LoadColumns(duck::Session& session, const ColumnsMeta& meta, const std::vector<model::Field>& fields) {
  return Loader(session, meta, fields).Load();
}

}  // namespace burnish::store

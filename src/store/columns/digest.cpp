#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "base/hash.hpp"
#include "store/columns/snapshot.hpp"

namespace burnish::store {

namespace {

// Collects what is fed, so that the hash works on large pieces.
class Feed {
 public:
  void U32(std::uint32_t value) { Raw(value); }
  void U64(std::uint64_t value) { Raw(value); }
  void Text(std::string_view text) {
    U32(static_cast<std::uint32_t>(text.size()));
    buffer_.append(text);
    Drain();
  }
  void Number(double value) {
    U64(std::isnan(value) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));
  }
  std::string Finish() {
    digest_.Update(buffer_);
    return digest_.FinishHex();
  }

 private:
  template <class T>
  void Raw(T value) {
    static_assert(std::endian::native == std::endian::little);
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    buffer_.append(bytes, sizeof value);
    Drain();
  }
  void Drain() {
    if (buffer_.size() < (1U << 16U)) return;
    digest_.Update(buffer_);
    buffer_.clear();
  }

  base::Digest digest_;
  std::string buffer_;
};

void FeedProject(Feed& feed, const Snapshot& snapshot, bool with_revisions) {
  feed.Text("burnish columns 1");
  feed.U64(snapshot.ontology.Classes().size());
  for (const model::Class& value : snapshot.ontology.Classes()) {
    feed.Text(value.name);
    feed.U32(value.retired ? 1 : 0);
    feed.U32(value.merged_into ? *value.merged_into : model::kNoClass);
  }
  feed.U64(snapshot.tag_names.size());
  for (const std::string& name : snapshot.tag_names) feed.Text(name);
  feed.U64(snapshot.fields.size());
  for (const FieldColumn& column : snapshot.fields) {
    feed.Text(column.field.name);
    feed.U32(static_cast<std::uint32_t>(column.field.type));
  }
  feed.U64(snapshot.imports.size());
  for (const ImportInfo& import : snapshot.imports) {
    feed.Text(import.id.Text());
    feed.U32(import.first);
    feed.U32(import.count);
    if (with_revisions) feed.U64(import.sequence);
    if (import.regions > 0) feed.Text(import.batch);  // the name says the content
  }
}

void FeedMedia(Feed& feed, const Snapshot& snapshot) {
  feed.U64(snapshot.media_kinds.Size());
  for (std::uint32_t i = 0; i < snapshot.media_kinds.Size(); ++i) {
    feed.U32(snapshot.media_kinds[i]);
    feed.Text(snapshot.roots->Text(snapshot.media_roots[i]));
    feed.Text(snapshot.media_paths[i]);
    const base::ContentHash content = snapshot.media_content[i];
    feed.Text(std::string_view(reinterpret_cast<const char*>(content.bytes.data()), content.bytes.size()));
    feed.U64(snapshot.media_bytes[i]);
    feed.U32(snapshot.media_width[i]);
    feed.U32(snapshot.media_height[i]);
  }
}

void FeedSample(Feed& feed, const Snapshot& snapshot, model::Ordinal i, bool with_revisions) {
  feed.Text(snapshot.SourceOf(i));
  feed.Text(snapshot.PathOf(i));
  feed.U32(snapshot.labels[i]);
  feed.U32(snapshot.splits[i]);
  const std::uint32_t regions = snapshot.regions[i];
  feed.U32((snapshot.IsExcluded(i) ? 1U : 0U) | (snapshot.IsWithdrawn(i) ? 2U : 0U) | (regions != 0 ? 4U : 0U));
  if (regions != 0) feed.U32(regions);
  feed.U32(snapshot.media[i]);
  feed.U32(snapshot.import_index[i]);
  if (with_revisions) {
    feed.U32(snapshot.label_revisions[i]);
    feed.U32(snapshot.changed[i]);
  }
  for (const std::uint32_t tag : snapshot.TagsOf(i)) feed.U32(tag);
  feed.U32(0xFFFFFFFFU);  // ends the tags
  for (const FieldColumn& column : snapshot.fields) {
    if (column.field.type != model::FieldType::kText) {
      feed.Number(column.numbers[i]);
    } else if (const std::uint32_t code = column.codes[i]; code == kMissingText) {
      feed.U32(0);
    } else {
      feed.U32(1);
      feed.Text(column.texts->Text(code));
    }
  }
}

std::string DigestOf(const Snapshot& snapshot, bool with_revisions) {
  Feed feed;
  FeedProject(feed, snapshot, with_revisions);
  if (with_revisions) feed.U64(snapshot.as_of);
  FeedMedia(feed, snapshot);
  feed.U64(snapshot.Size());
  for (model::Ordinal i = 0; i < snapshot.Size(); ++i) FeedSample(feed, snapshot, i, with_revisions);
  return feed.Finish();
}

}  // namespace

std::string Digest(const Snapshot& snapshot) { return DigestOf(snapshot, true); }
std::string ContentDigest(const Snapshot& snapshot) { return DigestOf(snapshot, false); }

}  // namespace burnish::store

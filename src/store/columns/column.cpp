#include "store/columns/column.hpp"

namespace burnish::store {

void TextColumn::OwnLast() {
  if (own_last_ || chunks_.empty()) return;
  chunks_.back() = std::make_shared<Chunk>(*chunks_.back());
  own_last_ = true;
}

void TextColumn::Append(std::string_view text) {
  if (size_ / kChunkRows == chunks_.size()) {
    chunks_.push_back(std::make_shared<Chunk>());
    own_last_ = true;
  }
  OwnLast();
  Chunk& chunk = *chunks_.back();
  chunk.bytes.append(text);
  chunk.ends.push_back(static_cast<std::uint32_t>(chunk.bytes.size()));
  ++size_;
}

void TextColumn::Truncate(std::size_t size) {
  if (size >= size_) return;
  const std::size_t chunks = (size + kChunkRows - 1) / kChunkRows;
  if (chunks < chunks_.size()) {
    chunks_.resize(chunks);
    own_last_ = false;
  }
  size_ = size;
  if (size % kChunkRows == 0) return;
  OwnLast();
  Chunk& chunk = *chunks_.back();
  chunk.ends.resize(size % kChunkRows);
  chunk.bytes.resize(chunk.ends.back());
}

std::uint32_t Dictionary::CodeOf(std::string_view text) {
  if (const std::uint32_t* code = Find(text)) return *code;
  const auto code = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  codes_.emplace(texts_.back(), code);
  return code;
}

const std::uint32_t* Dictionary::Find(std::string_view text) const {
  const auto found = codes_.find(text);
  return found == codes_.end() ? nullptr : &found->second;
}

}  // namespace burnish::store

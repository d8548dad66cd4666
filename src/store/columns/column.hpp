#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/sample.hpp"

namespace burnish::store {

// Rows of one chunk: what an edit copies, and what a scan walks.
inline constexpr std::size_t kChunkRows = 65'536;

// A column of plain values by ordinal, in chunks shared between snapshots. Copying a column copies
// pointers; a ColumnEditor copies the chunks that it touches, once each.
template <class T>
class Column {
 public:
  std::size_t Size() const noexcept { return size_; }
  std::size_t ChunkCount() const noexcept { return chunks_.size(); }
  T operator[](std::size_t i) const noexcept { return (*chunks_[i / kChunkRows])[i % kChunkRows]; }
  std::span<const T> Chunk(std::size_t chunk) const noexcept { return *chunks_[chunk]; }
  // The memory of a chunk, to see whether two snapshots share it.
  const void* ChunkIdentity(std::size_t chunk) const noexcept { return chunks_[chunk].get(); }

 private:
  template <class U>
  friend class ColumnEditor;
  std::size_t size_ = 0;
  std::vector<std::shared_ptr<std::vector<T>>>
      chunks_;  // all full but the last; written only by an editor that made them
};

// Writes into a column that nobody else can see yet.
template <class T>
class ColumnEditor {
 public:
  explicit ColumnEditor(Column<T>& column) : column_(column), own_(column.chunks_.size(), nullptr) {}

  void Set(std::size_t i, T value) { Own(i / kChunkRows)[i % kChunkRows] = value; }
  void Append(T value) {
    const std::size_t chunk = column_.size_ / kChunkRows;
    if (chunk == column_.chunks_.size()) {
      column_.chunks_.push_back(std::make_shared<std::vector<T>>());
      own_.push_back(column_.chunks_.back().get());
    }
    Own(chunk).push_back(value);
    ++column_.size_;
  }
  // After full chunks only; `chunk` has kChunkRows rows unless it is the last.
  void AppendChunk(std::vector<T> chunk) {
    column_.size_ += chunk.size();
    column_.chunks_.push_back(std::make_shared<std::vector<T>>(std::move(chunk)));
    own_.push_back(column_.chunks_.back().get());
  }
  void AppendMany(std::size_t count, T value) {
    for (; count > 0; --count) Append(value);
  }
  void Truncate(std::size_t size) {
    if (size >= column_.size_) return;
    const std::size_t chunks = (size + kChunkRows - 1) / kChunkRows;
    column_.chunks_.resize(chunks);
    own_.resize(chunks);
    if (size % kChunkRows != 0) Own(chunks - 1).resize(size % kChunkRows);
    column_.size_ = size;
  }

 private:
  std::vector<T>& Own(std::size_t chunk) {
    if (own_[chunk] == nullptr) {
      column_.chunks_[chunk] = std::make_shared<std::vector<T>>(*column_.chunks_[chunk]);
      own_[chunk] = column_.chunks_[chunk].get();
    }
    return *own_[chunk];
  }

  Column<T>& column_;
  std::vector<std::vector<T>*> own_;
};

// Texts by row, each chunk one arena. Append-only.
class TextColumn {
 public:
  struct Chunk {
    std::vector<std::uint32_t> ends;  // ends[i]: where row i ends in `bytes`
    std::string bytes;
    std::string_view Row(std::size_t i) const noexcept {
      const std::uint32_t begin = i == 0 ? 0 : ends[i - 1];
      return std::string_view(bytes).substr(begin, ends[i] - begin);
    }
  };
  std::size_t Size() const noexcept { return size_; }
  std::string_view operator[](std::size_t i) const noexcept { return chunks_[i / kChunkRows]->Row(i % kChunkRows); }
  std::size_t ChunkCount() const noexcept { return chunks_.size(); }
  const Chunk& ChunkAt(std::size_t chunk) const noexcept { return *chunks_[chunk]; }
  // Both copy the last chunk before they write, unless this object made it since it was copied.
  void Append(std::string_view text);
  // After full chunks only, as ColumnEditor's.
  void AppendChunk(Chunk chunk) {
    size_ += chunk.ends.size();
    chunks_.push_back(std::make_shared<Chunk>(std::move(chunk)));
    own_last_ = true;
  }
  void Truncate(std::size_t size);
  // Call once on a fresh copy, before the first write to it.
  void Detach() noexcept { own_last_ = false; }

 private:
  void OwnLast();

  std::size_t size_ = 0;
  bool own_last_ = false;
  std::vector<std::shared_ptr<Chunk>> chunks_;
};

// The distinct texts of a column, by code in order of first arrival. Append-only.
class Dictionary {
 public:
  std::uint32_t CodeOf(std::string_view text);  // adds it when new
  const std::uint32_t* Find(std::string_view text) const;
  const std::string& Text(std::uint32_t code) const { return texts_[code]; }
  std::size_t Size() const noexcept { return texts_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::vector<std::string> texts_;
  boost::unordered_flat_map<std::string, std::uint32_t, Hash, std::equal_to<>> codes_;
};

}  // namespace burnish::store

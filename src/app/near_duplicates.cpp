#include "app/near_duplicates.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "base/half.hpp"

namespace burnish::app {
namespace {

constexpr std::string_view kKind = "near-duplicates";
constexpr const char* kView = "near_duplicates";
constexpr const char* kTitle = "Finding near duplicates";
// Of one sample; nobody looks at more, and one photograph taken a thousand times must not cost a million.
constexpr std::size_t kMostOfASample = 24;
constexpr std::uint32_t kNoContent = 0xFFFFFFFFU;

struct Header {
  char magic[8] = {'B', 'R', 'N', 'N', 'E', 'A', 'R', '2'};
  std::uint64_t contents = 0;
  std::uint64_t pairs = 0;
};

std::filesystem::path FileOf(const OpenProject& project) {
  return project.ArtifactFolder() / ("near-duplicates-" + project.EmbeddingRecipe() + ".bin");
}

void Append(std::vector<std::byte>& bytes, const void* data, std::size_t size) {
  const auto* begin = static_cast<const std::byte*>(data);
  bytes.insert(bytes.end(), begin, begin + size);
}

std::shared_ptr<const NearPairs> KeptPairs(const OpenProject& project) {
  auto kept = project.FindNearPairs();
  return kept ? kept : std::make_shared<const NearPairs>();
}

// Each content of a sample that has an embedding and a hash but was not compared, once, in order of ordinal; and how
// many there are with both.
struct Fresh {
  std::vector<base::ContentHash> contents;
  std::uint64_t total = 0;
};

Fresh FindFresh(OpenProject& project, const store::Snapshot& snapshot, const NearPairs& compared) {
  Fresh fresh;
  NearPairs seen;
  for (std::size_t i = 0; i < snapshot.Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot.IsWithdrawn(ordinal)) continue;
    const base::ContentHash content = snapshot.ContentOf(ordinal);
    if (compared.position_of.contains(content) || seen.position_of.contains(content)) continue;
    if (project.Embeddings()->Has(content) && project.Quality().Has(content)) seen.Add(content);
  }
  fresh.contents = std::move(seen.contents);
  fresh.total = compared.contents.size() + fresh.contents.size();
  return fresh;
}

struct Looks {
  std::vector<std::uint64_t> hashes;
  std::vector<float> least_scores;
  math::Matrix rows;
};

// A content whose record was damaged since looks like nothing.
Looks LooksOf(OpenProject& project, std::span<const base::ContentHash> contents) {
  Looks looks{std::vector<std::uint64_t>(contents.size(), 0), std::vector<float>(contents.size(), 1.0F),
              math::Matrix(contents.size(), static_cast<std::size_t>(project.EmbeddingDimensions()))};
  std::vector<base::Half> halves(looks.rows.width);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const auto measured = project.Quality().Get(contents[i]);
    const auto embedding = project.Embeddings()->Get(contents[i]);
    if (!measured || !embedding) continue;
    QualityRecord record;
    std::memcpy(&record, measured->data(), sizeof record);
    looks.hashes[i] = record.perceptual_hash;
    looks.least_scores[i] = insight::LeastNearScore(std::min(record.width, record.height));
    std::memcpy(halves.data(), embedding->data(), embedding->size());
    base::ToFloat(halves, looks.rows.Row(i));
  }
  return looks;
}

// Lists by position, as compressed rows.
template <class T>
struct Lists {
  std::vector<std::size_t> begins;
  std::vector<T> values;

  std::span<const T> Of(std::size_t i) const { return std::span(values).subspan(begins[i], begins[i + 1] - begins[i]); }
};

// `each` calls its argument with (list, value) for all values, the same twice.
template <class T, class Each>
Lists<T> MakeLists(std::size_t count, const Each& each) {
  Lists<T> lists;
  lists.begins.assign(count + 1, 0);
  each([&](std::size_t list, const T&) { ++lists.begins[list + 1]; });
  for (std::size_t i = 0; i < count; ++i) lists.begins[i + 1] += lists.begins[i];
  lists.values.resize(lists.begins.back());
  std::vector<std::size_t> next(lists.begins.begin(), lists.begins.end() - 1);
  each([&](std::size_t list, const T& value) { lists.values[next[list]++] = value; });
  return lists;
}

struct NearContent {
  std::uint32_t content = 0;
  float score = 0;
};

Lists<NearContent> NearContentsOf(const NearPairs& pairs) {
  auto lists = MakeLists<NearContent>(pairs.contents.size(), [&](const auto& add) {
    for (const insight::NearPair& pair : pairs.pairs) {
      add(pair.first, NearContent{pair.second, pair.score});
      add(pair.second, NearContent{pair.first, pair.score});
    }
  });
  for (std::size_t i = 0; i < pairs.contents.size(); ++i) {
    const auto begin = lists.values.begin() + static_cast<std::ptrdiff_t>(lists.begins[i]);
    const auto end = lists.values.begin() + static_cast<std::ptrdiff_t>(lists.begins[i + 1]);
    std::sort(begin, end, [](const NearContent& one, const NearContent& other) {
      return std::pair(-one.score, one.content) < std::pair(-other.score, other.content);
    });
  }
  return lists;
}

}  // namespace

void NearPairs::Add(const base::ContentHash& content) {
  if (position_of.emplace(content, static_cast<std::uint32_t>(contents.size())).second) contents.push_back(content);
}

std::vector<std::byte> EncodeNearPairs(const NearPairs& pairs) {
  Header header;
  header.contents = pairs.contents.size();
  header.pairs = pairs.pairs.size();
  std::vector<std::byte> bytes;
  Append(bytes, &header, sizeof header);
  Append(bytes, pairs.contents.data(), pairs.contents.size() * sizeof pairs.contents[0]);
  Append(bytes, pairs.pairs.data(), pairs.pairs.size() * sizeof pairs.pairs[0]);
  const base::ContentHash hash = base::HashContent(bytes);
  Append(bytes, &hash, sizeof hash);
  return bytes;
}

std::optional<NearPairs> DecodeNearPairs(std::span<const std::byte> bytes) {
  Header header;
  const Header expected;
  base::ContentHash hash;
  if (bytes.size() < sizeof header + sizeof hash) return std::nullopt;
  const auto body = bytes.first(bytes.size() - sizeof hash);
  std::memcpy(&header, body.data(), sizeof header);
  std::memcpy(&hash, bytes.data() + body.size(), sizeof hash);
  if (std::memcmp(header.magic, expected.magic, sizeof header.magic) != 0 || base::HashContent(body) != hash)
    return std::nullopt;
  const std::size_t room = body.size() - sizeof header;
  if (header.contents > room / sizeof(base::ContentHash) || header.pairs > room / sizeof(insight::NearPair) ||
      header.contents * sizeof(base::ContentHash) + header.pairs * sizeof(insight::NearPair) != room)
    return std::nullopt;
  std::vector<base::ContentHash> contents(header.contents);
  NearPairs pairs;
  pairs.pairs.resize(header.pairs);
  const auto* from = body.data() + sizeof header;
  std::memcpy(contents.data(), from, contents.size() * sizeof contents[0]);
  from += contents.size() * sizeof contents[0];
  std::memcpy(pairs.pairs.data(), from, pairs.pairs.size() * sizeof pairs.pairs[0]);
  for (const base::ContentHash& content : contents) pairs.Add(content);
  return pairs;
}

store::NearDuplicateColumns NearDuplicatesOf(const store::Snapshot& snapshot, const NearPairs& pairs) {
  std::vector<std::uint32_t> content_of(snapshot.Size(), kNoContent);
  for (std::size_t i = 0; i < snapshot.Size(); ++i) {
    const auto ordinal = static_cast<model::Ordinal>(i);
    if (snapshot.IsWithdrawn(ordinal)) continue;
    const auto found = pairs.position_of.find(snapshot.ContentOf(ordinal));
    if (found != pairs.position_of.end()) content_of[i] = found->second;
  }
  const auto samples_of = MakeLists<model::Ordinal>(pairs.contents.size(), [&](const auto& add) {
    for (std::size_t i = 0; i < content_of.size(); ++i) {
      if (content_of[i] != kNoContent) add(content_of[i], static_cast<model::Ordinal>(i));
    }
  });
  const auto near_contents = NearContentsOf(pairs);
  store::NearDuplicateColumns columns;
  columns.members = store::Bitset(snapshot.Size());
  columns.begins.push_back(0);
  for (std::size_t i = 0; i < content_of.size(); ++i) {
    const std::size_t most = columns.near.size() + kMostOfASample;
    if (content_of[i] != kNoContent) {
      for (const NearContent& near : near_contents.Of(content_of[i])) {
        for (const model::Ordinal other : samples_of.Of(near.content)) {
          if (columns.near.size() < most) columns.near.push_back({other, near.score});
        }
      }
    }
    if (columns.near.size() > columns.begins.back()) columns.members.Set(i);
    columns.begins.push_back(static_cast<std::uint32_t>(columns.near.size()));
  }
  return columns;
}

NearDuplicates::NearDuplicates(Workspace& workspace) : workspace_(workspace) {
  jobs::Kind kind;
  kind.name = kKind;
  kind.heavy = true;
  kind.run = [this](jobs::Context& context) { Run(context); };
  workspace_.Parts().jobs.Register(std::move(kind));
}

void NearDuplicates::Restore(OpenProject& project) {
  if (project.Embeddings() && std::filesystem::exists(FileOf(project))) {
    const std::string bytes = base::ReadFile(FileOf(project));
    if (auto pairs = DecodeNearPairs(std::as_bytes(std::span(bytes))))
      project.KeepNearPairs(std::make_shared<const NearPairs>(*std::move(pairs)));
  }
  Follow(project);
}

void NearDuplicates::Attach(OpenProject& project) {
  const auto pairs = project.FindNearPairs();
  if (!pairs) return;
  // Before the view is asked for its turn, since edits wait for that; again only if samples came or went meanwhile.
  const auto snapshot = project.Latest();
  auto columns = NearDuplicatesOf(*snapshot, *pairs);
  project.View().Attach([&](const store::Snapshot& latest) {
    const bool same = latest.Size() == snapshot->Size() && latest.withdrawn == snapshot->withdrawn;
    if (!same) columns = NearDuplicatesOf(latest, *pairs);
    columns.generation = ++attached_;
    return store::WithNearDuplicates(latest, std::move(columns));
  });
}

void NearDuplicates::Follow(OpenProject& project) {
  const auto snapshot = project.Latest();
  if (!project.Vectors()) {
    project.SetState(
        kView, {0, snapshot->Size(), false, 0, snapshot->Size() == 0 ? "" : "Near duplicates follow the embeddings."});
    return;
  }
  Attach(project);
  const Fresh fresh = FindFresh(project, *snapshot, *KeptPairs(project));
  project.SetState(kView,
                   {fresh.total - fresh.contents.size(), fresh.total, fresh.contents.empty(), snapshot->as_of, {}});
  if (fresh.contents.empty()) return;
  workspace_.Parts().jobs.Submit(
      {.kind = std::string(kKind), .project = project.Id(), .person = {}, .key = std::string(kKind), .title = kTitle});
}

void NearDuplicates::Run(jobs::Context& context) {
  const auto project = workspace_.OpenForServer(context.Self().project);
  const auto snapshot = project->Latest();
  if (!project->Embeddings()) return;
  NearPairs pairs = *KeptPairs(*project);
  const std::size_t known = pairs.contents.size();
  for (const base::ContentHash& content : FindFresh(*project, *snapshot, pairs).contents) pairs.Add(content);
  if (pairs.contents.size() == known) return;
  math::RunControl control;
  control.stop = context.Stop();
  control.progress = [&](double share) { context.Report(static_cast<std::uint64_t>(share * 100), 100, "%", kTitle); };
  Looks looks = LooksOf(*project, pairs.contents);
  const auto found = insight::FindNearDuplicates(looks.hashes, looks.least_scores,
                                                 math::NormaliseRows(std::move(looks.rows), control.Part(0, 0.05)),
                                                 known, control.Part(0.05, 1));
  pairs.pairs.insert(pairs.pairs.end(), found.begin(), found.end());
  base::WriteFileDurably(FileOf(*project), EncodeNearPairs(pairs));
  const std::uint64_t total = pairs.contents.size();
  project->KeepNearPairs(std::make_shared<const NearPairs>(std::move(pairs)));
  Attach(*project);
  project->SetState(kView, {total, total, true, snapshot->as_of, {}});
  workspace_.AnnounceReady(project->Id(), kView, attached_);
}

}  // namespace burnish::app

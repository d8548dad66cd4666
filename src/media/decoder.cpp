#include "media/decoder.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/child_process.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "media/decoder_protocol.hpp"

namespace burnish::media {
namespace {

using base::Error;
using base::ErrorCode;
using base::FileDescriptor;

constexpr std::chrono::milliseconds kStartTime{30'000};
constexpr int kNice = 15;  // the server answers people before it decodes

std::string Number(std::uint64_t value) { return std::to_string(value); }

std::string Sentence(const Decoded& item, const DecoderLimits& limits) {
  const std::string kind(Describe(item.type));
  switch (item.code) {
    case DecodeCode::kOk:
      return {};
    case DecodeCode::kEmpty:
      return "The file is empty.";
    case DecodeCode::kNotAnImage:
      return item.type == ContentType::kUnknown ? "The file is not an image."
                                                : "The file is not an image: it is " + kind + ".";
    case DecodeCode::kTruncated:
      return "The file is cut off: it begins as " + kind + ", but its end is missing. Copy it again from its source.";
    case DecodeCode::kUnsupportedFormat:
      return "The file is " + kind + " of a kind that cannot be read. Save it as JPEG or PNG.";
    case DecodeCode::kTooLarge:
      if (item.bytes > limits.bytes) {
        return "The file has " + Number(item.bytes >> 20U) + " MB; at most " + Number(limits.bytes >> 20U) +
               " MB can be read.";
      }
      return "The picture has " + Number(static_cast<std::uint64_t>(item.width)) + " x " +
             Number(static_cast<std::uint64_t>(item.height)) + " pixels, which is too large to read. Scale it down.";
    case DecodeCode::kTimeout:
      return "The file took longer than " + Number(static_cast<std::uint64_t>(limits.time.count()) / 1000) +
             " s to read and was left out. Save it anew as JPEG or PNG.";
    case DecodeCode::kDecoderCrashed:
      return "The file made the image decoder stop, so it may be damaged or harmful. Save it anew as JPEG or PNG.";
    case DecodeCode::kSvgRefused:
      return "The file is an SVG drawing, which can carry programs. Save it as PNG.";
    case DecodeCode::kDamaged:
      return "The file is damaged: it begins as " + kind +
             ", but the rest makes no sense. Copy it again from its source.";
    case DecodeCode::kUnreadable:
      break;
  }
  return "The file cannot be read from the disk.";
}

class SharedMemory {
 public:
  SharedMemory() : file_(::memfd_create("burnish-decoder", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    // Sealed, so that the child cannot cut it short under the parent's feet.
    const bool made = file_.Valid() && ::ftruncate(file_.Get(), static_cast<off_t>(kSharedBytes)) == 0 &&
                      ::fcntl(file_.Get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
    void* start = made ? ::mmap(nullptr, kSharedBytes, PROT_READ, MAP_SHARED, file_.Get(), 0) : MAP_FAILED;
    if (start == MAP_FAILED) throw Error(ErrorCode::kUnavailable, "There is no memory for the image decoder.");
    start_ = static_cast<const std::byte*>(start);
  }
  ~SharedMemory() { ::munmap(const_cast<std::byte*>(start_), kSharedBytes); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  int Descriptor() const { return file_.Get(); }
  // The child names the range: nothing if it leaves the memory.
  std::optional<std::span<const std::byte>> At(const Range& range) const {
    if (range.offset > kSharedBytes || range.size > kSharedBytes - range.offset) return std::nullopt;
    return std::span(start_ + range.offset, range.size);
  }

 private:
  FileDescriptor file_;
  const std::byte* start_ = nullptr;
};

bool Plausible(const Reply& reply, const Request& request) {
  const auto& quality = reply.quality;
  const bool finite = std::isfinite(quality.brightness) && std::isfinite(quality.contrast) &&
                      std::isfinite(quality.sharpness) && std::isfinite(quality.colourfulness) &&
                      std::isfinite(quality.entropy);
  const auto side = static_cast<std::uint64_t>(request.model_input.size);
  const std::uint64_t model_bytes = request.has_model_input && reply.code == DecodeCode::kOk ? side * side * 3 : 0;
  return finite && reply.code <= DecodeCode::kUnreadable && reply.type <= ContentType::kDicom && reply.width >= 0 &&
         reply.height >= 0 && reply.orientation >= 1 && reply.orientation <= 8 &&
         reply.model_input.size == model_bytes &&
         reply.thumbnail_count == (reply.code == DecodeCode::kOk ? request.thumbnail_count : 0);
}

// Copies a reply out of the child's hands; nothing if it makes no sense.
std::optional<Decoded> Accept(const Reply& reply, const Request& request, const SharedMemory& memory) {
  if (!Plausible(reply, request)) return std::nullopt;
  Decoded item;
  item.code = reply.code;
  item.type = reply.type;
  item.width = reply.width;
  item.height = reply.height;
  item.orientation = reply.orientation;
  item.bytes = reply.bytes;
  if (reply.has_content_hash) item.content_hash = reply.content_hash;
  if (reply.has_perceptual_hash) item.perceptual_hash = reply.perceptual_hash;
  if (reply.has_quality) item.quality = reply.quality;
  const auto input = memory.At(reply.model_input);
  if (!input) return std::nullopt;
  const auto* pixels = reinterpret_cast<const std::uint8_t*>(input->data());
  item.model_input.assign(pixels, pixels + input->size());
  for (std::uint32_t i = 0; i < reply.thumbnail_count; ++i) {
    const auto& shared = reply.thumbnails[i];
    const auto bytes = memory.At(shared.bytes);
    const bool known = shared.type == ContentType::kJpeg || shared.type == ContentType::kPng;
    if (!bytes || !known || shared.width <= 0 || shared.height <= 0) return std::nullopt;
    item.thumbnails.push_back({shared.width, shared.height, shared.type, {bytes->begin(), bytes->end()}});
  }
  return item;
}

Decoded Failed(DecodeCode code) {
  Decoded item;
  item.code = code;
  return item;
}

// One child and what the parent holds of it. Used by one thread at a time.
class Decoder {
 public:
  explicit Decoder(const DecoderOptions& options) : options_(options) {}

  Decoded Decode(int descriptor, const Request& request) {
    // A child may die by another's hand (the kernel was short of memory): an item is blamed when a second, fresh child
    // dies of it too.
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (!process_) Start();
      if (SendPacket(socket_.Get(), &request, sizeof request, descriptor)) {
        if (auto item = Await(request)) return std::move(*item);
      } else {
        EndLoudly();
      }
    }
    return Failed(DecodeCode::kDecoderCrashed);
  }

 private:
  void Start() {
    std::array<int, 2> ends = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw Error(ErrorCode::kUnavailable, "The image decoder cannot be started.");
    }
    FileDescriptor ours(ends[0]);
    FileDescriptor theirs(ends[1]);
    auto memory = std::make_unique<SharedMemory>();
    base::ChildSpec spec;
    spec.name = "decoder";
    spec.program = options_.program;
    spec.arguments = options_.arguments;
    spec.descriptors = {{theirs.Get(), kSocketDescriptor}, {memory->Descriptor(), kMemoryDescriptor}};
    spec.nice = kNice;
    auto process = base::ChildProcess::Start(std::move(spec));
    theirs = FileDescriptor();  // so that the end of the child is the end of the stream
    const Hello hello{options_.limits.memory_bytes};
    Ready ready;
    const bool works = SendPacket(ours.Get(), &hello, sizeof hello, -1) && Readable(ours.Get(), kStartTime) &&
                       ReceivePacket(ours.Get(), &ready, sizeof ready, nullptr) == sizeof ready;
    if (!works) {
      process.Kill();
      spdlog::error("decoder: {} while it started", process.Wait().Describe());
      throw Error(ErrorCode::kUnavailable, "The image decoder cannot be started.");
    }
    socket_ = std::move(ours);
    memory_ = std::move(memory);
    process_ = std::move(process);
  }

  void Stop() {
    process_.reset();
    socket_ = FileDescriptor();
    memory_.reset();
  }

  // True also when the child has gone: the next read tells.
  static bool Readable(int socket, std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
      pollfd watched{socket, POLLIN, 0};
      const int count = ::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left, 0)));
      if (count > 0) return true;
      if (count == 0 || errno != EINTR) return false;
    }
  }

  // Nothing if the child went away without an answer.
  std::optional<Decoded> Await(const Request& request) {
    if (!Readable(socket_.Get(), options_.limits.time)) {
      Stop();
      return Failed(DecodeCode::kTimeout);
    }
    Reply reply;
    const auto size = ReceivePacket(socket_.Get(), &reply, sizeof reply, nullptr);
    if (size == 0) {
      EndLoudly();
      return std::nullopt;
    }
    if (size == sizeof reply) {
      if (auto item = Accept(reply, request, *memory_)) return item;
    }
    spdlog::warn("decoder: gave an answer that makes no sense");
    Stop();
    return Failed(DecodeCode::kDecoderCrashed);
  }

  void EndLoudly() {
    process_->Kill();
    spdlog::warn("decoder: {}", process_->Wait().Describe());
    Stop();
  }

  const DecoderOptions& options_;
  std::unique_ptr<SharedMemory> memory_;
  FileDescriptor socket_;
  std::optional<base::ChildProcess> process_;
};

Request RequestOf(const DecodeWants& wants, const DecoderLimits& limits) {
  const auto refuse = [](const char* message) { throw Error(ErrorCode::kInvalidArgument, message); };
  if (wants.thumbnail_sides.size() > kMaxThumbnails) refuse("Too many sizes of thumbnails are asked for at once.");
  Request request;
  request.max_bytes = limits.bytes;
  request.max_pixels = limits.pixels;
  request.thumbnail_count = static_cast<std::uint32_t>(wants.thumbnail_sides.size());
  for (std::size_t i = 0; i < wants.thumbnail_sides.size(); ++i) {
    const int side = wants.thumbnail_sides[i];
    if (side < 16 || side > 4096) refuse("A thumbnail's side must be from 16 to 4096 pixels.");
    request.thumbnail_sides[i] = side;
  }
  request.content_hash = wants.content_hash;
  request.perceptual_hash = wants.perceptual_hash;
  request.quality = wants.quality;
  request.has_model_input = wants.model_input.has_value();
  if (wants.model_input) {
    const auto& spec = *wants.model_input;
    const bool sane =
        spec.size >= 8 && spec.size <= kMaxModelSize && spec.resize >= spec.size && spec.resize <= 4 * kMaxModelSize;
    if (!sane) refuse("The model's input size makes no sense.");
    request.model_input = spec;
  }
  return request;
}

FileDescriptor InMemory(std::span<const std::byte> bytes) {
  FileDescriptor file(::memfd_create("burnish-item", MFD_CLOEXEC));
  std::size_t done = 0;
  while (file.Valid() && done < bytes.size()) {
    const auto written = ::write(file.Get(), bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw Error(ErrorCode::kUnavailable, "There is no memory left to read a picture.");
    done += static_cast<std::size_t>(written);
  }
  if (!file.Valid()) throw Error(ErrorCode::kUnavailable, "There is no memory left to read a picture.");
  return file;
}

}  // namespace

std::string_view ToString(DecodeCode code) {
  switch (code) {
    case DecodeCode::kOk:
      return "ok";
    case DecodeCode::kNotAnImage:
      return "not_an_image";
    case DecodeCode::kTruncated:
      return "truncated";
    case DecodeCode::kEmpty:
      return "empty";
    case DecodeCode::kUnsupportedFormat:
      return "unsupported_format";
    case DecodeCode::kTooLarge:
      return "too_large";
    case DecodeCode::kTimeout:
      return "timeout";
    case DecodeCode::kDecoderCrashed:
      return "decoder_crashed";
    case DecodeCode::kSvgRefused:
      return "svg_refused";
    case DecodeCode::kDamaged:
      return "damaged";
    case DecodeCode::kUnreadable:
      break;
  }
  return "unreadable";
}

class DecoderPool::Impl {
 public:
  explicit Impl(DecoderOptions options) : options_(std::move(options)) {
    const auto cores = static_cast<int>(std::thread::hardware_concurrency());
    const int count = options_.children > 0 ? options_.children : std::max(1, cores);
    for (int i = 0; i < count; ++i) {
      decoders_.push_back(std::make_unique<Decoder>(options_));
      idle_.push_back(decoders_.back().get());
    }
  }

  int Children() const { return static_cast<int>(decoders_.size()); }

  Decoded Decode(const DecodeInput& input, const DecodeWants& wants) {
    const Request request = RequestOf(wants, options_.limits);
    Decoded item = DecodeWithin(input, request);
    item.sentence = Sentence(item, options_.limits);
    return item;
  }

 private:
  // One of the decoders, for the lifetime of the object.
  class Lease {
   public:
    explicit Lease(Impl& pool) : pool_(pool) {
      std::unique_lock lock(pool_.mutex_);
      pool_.returned_.wait(lock, [this] { return !pool_.idle_.empty(); });
      decoder_ = pool_.idle_.back();
      pool_.idle_.pop_back();
    }
    ~Lease() {
      {
        const std::scoped_lock lock(pool_.mutex_);
        pool_.idle_.push_back(decoder_);
      }
      pool_.returned_.notify_one();
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Decoder& operator*() const { return *decoder_; }

   private:
    Impl& pool_;
    Decoder* decoder_;
  };

  Decoded DecodeWithin(const DecodeInput& input, const Request& request) {
    if (input.descriptor >= 0) {
      if ((::fcntl(input.descriptor, F_GETFL) & O_ACCMODE) != O_RDONLY) {
        throw Error(ErrorCode::kInternal, "A file for the decoder has to be open for reading only.");
      }
      const Lease lease(*this);
      return (*lease).Decode(input.descriptor, request);
    }
    Decoded item;
    item.bytes = input.bytes.size();
    item.code = input.bytes.empty() ? DecodeCode::kEmpty : DecodeCode::kTooLarge;
    if (input.bytes.empty()) item.type = ContentType::kEmpty;
    if (input.bytes.empty() || input.bytes.size() > options_.limits.bytes) return item;
    const auto file = InMemory(input.bytes);
    const Lease lease(*this);
    return (*lease).Decode(file.Get(), request);
  }

  const DecoderOptions options_;
  std::vector<std::unique_ptr<Decoder>> decoders_;
  std::mutex mutex_;  // guards idle_
  std::condition_variable returned_;
  std::vector<Decoder*> idle_;
};

DecoderPool::DecoderPool(DecoderOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
DecoderPool::~DecoderPool() = default;

int DecoderPool::Children() const { return impl_->Children(); }

Decoded DecoderPool::Decode(const DecodeInput& input, const DecodeWants& wants) { return impl_->Decode(input, wants); }

void DecoderPool::DecodeEach(std::size_t count, const DecodeWants& wants,
                             const std::function<DecodeInput(std::size_t)>& open,
                             const std::function<void(std::size_t, Decoded)>& done,
                             const std::function<bool()>& cancelled) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;  // guards failure
  std::exception_ptr failure;
  std::atomic<bool> stop = false;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < count && !stop; i = next++) {
        if (cancelled && cancelled()) return;
        done(i, Decode(open(i), wants));
      }
    } catch (...) {
      stop = true;
      const std::scoped_lock lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::jthread> threads;
  const std::size_t wanted = std::min(count, static_cast<std::size_t>(Children()));
  while (threads.size() < wanted) threads.emplace_back(work);
  threads.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace burnish::media

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <clocale>

#include <cerrno>
#include <exception>

#include "base/error.hpp"
#include "formats/export.hpp"

namespace burnish::formats {
namespace {

using base::Error;
using base::ErrorCode;

// libarchive writes names by the locale of the thread; ours are UTF-8.
class Utf8Names {
 public:
  Utf8Names() : ours_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(::uselocale(ours_)) {}
  ~Utf8Names() {
    ::uselocale(before_);
    if (ours_ != nullptr) ::freelocale(ours_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  locale_t ours_;
  locale_t before_;
};

class ZipSink final : public ExportSink {
 public:
  explicit ZipSink(std::function<void(std::span<const std::byte>)> write)
      : write_(std::move(write)), zip_(archive_write_new(), &Free) {
    archive_write_set_format_zip(zip_.get());
    archive_write_set_bytes_per_block(zip_.get(), 1 << 18);
    archive_write_set_bytes_in_last_block(zip_.get(), 1);
    Check(archive_write_open(zip_.get(), this, nullptr, &Pass, nullptr));
  }

  ~ZipSink() override { archive_write_fail(zip_.get()); }  // freeing must not write the directory

  void Begin(const std::string& name, std::uint64_t bytes, bool packed) override {
    const Utf8Names names;
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), &archive_entry_free);
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
    archive_entry_set_mtime(entry.get(), kNoTime, 0);
    Check(packed ? archive_write_zip_set_compression_store(zip_.get())
                 : archive_write_zip_set_compression_deflate(zip_.get()));
    Check(archive_write_header(zip_.get(), entry.get()));
  }

  void Write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const auto count = archive_write_data(zip_.get(), bytes.data(), bytes.size());
      if (count <= 0) Check(ARCHIVE_FATAL);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

  void End() override { Check(archive_write_finish_entry(zip_.get())); }
  void Finish() override { Check(archive_write_close(zip_.get())); }

 private:
  static constexpr time_t kNoTime =
      315'532'800;  // 1980-01-01, the first that a zip knows: the same export gives the same bytes

  static void Free(archive* zip) { archive_write_free(zip); }

  // C code lies between the caller and `write_`: its exception waits here.
  static la_ssize_t Pass(archive* zip, void* self, const void* bytes, std::size_t size) {
    auto& sink = *static_cast<ZipSink*>(self);
    try {
      sink.write_({static_cast<const std::byte*>(bytes), size});
      return static_cast<la_ssize_t>(size);
    } catch (...) {
      sink.thrown_ = std::current_exception();
      archive_set_error(zip, EIO, "stopped");
      return -1;
    }
  }

  void Check(int result) {
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
    if (result < ARCHIVE_WARN) throw Error(ErrorCode::kInternal, "The zip of the export cannot be made.");
  }

  std::function<void(std::span<const std::byte>)> write_;
  std::exception_ptr thrown_;
  std::unique_ptr<archive, decltype(&Free)> zip_;
};

}  // namespace

std::unique_ptr<ExportSink> MakeZipSink(std::function<void(std::span<const std::byte>)> write) {
  return std::make_unique<ZipSink>(std::move(write));
}

}  // namespace burnish::formats

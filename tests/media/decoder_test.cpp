#include "media/decoder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <sstream>

#include "base/error.hpp"
#include "base/files.hpp"
#include "media/encode.hpp"
#include "media/fixtures.hpp"

namespace burnish::media {
namespace {

using namespace std::string_view_literals;

// One pool for all tests: its children are what is reused in the product.
DecoderPool& Pool() {
  static DecoderPool pool({.children = 2});
  return pool;
}

DecodeWants Everything() {
  DecodeWants wants;
  wants.thumbnail_sides = {256};
  wants.content_hash = true;
  wants.perceptual_hash = true;
  wants.quality = true;
  wants.model_input = ModelInputSpec{};
  return wants;
}

Decoded Decode(const Bytes& bytes, const DecodeWants& wants = Everything()) {
  return Pool().Decode(DecodeInput::Memory(bytes), wants);
}

std::string Describe(const Decoded& item) {
  std::ostringstream text;
  text << ToString(item.code);
  if (item.Ok()) text << " " << Extension(item.type) << " " << item.width << "x" << item.height;
  return text.str();
}

Bytes RandomBytes(std::size_t count) {
  std::mt19937 random(1);
  Bytes bytes;
  while (bytes.size() < count) bytes.push_back(static_cast<std::byte>(random()));
  return bytes;
}

Bytes Replaced(Bytes bytes, std::size_t from, const Bytes& by) {
  std::copy(by.begin(), by.end(), bytes.begin() + static_cast<std::ptrdiff_t>(from));
  return bytes;
}

// The GIF with another width and height in its header.
Bytes OfScreen(Bytes gif, std::string_view size) { return Replaced(std::move(gif), 6, ToBytes(size)); }

struct Case {
  std::string name;
  Bytes bytes;
  std::string expected;
};

// Full decodes of every kind of bytes that people and attackers bring.
TEST(DecoderTest, EachInputHasItsAnswer) {
  const auto picture = Gradient(320, 240);
  const auto jpeg = EncodeJpeg(picture, 90);
  const auto png = EncodePng(Noise(100, 80));
  const auto progressive = Save(picture, "jpg[interlace]");
  const auto html = ToBytes("<!DOCTYPE html><script>alert(1)</script>");
  const Case cases[] = {
      {"JPEG", jpeg, "ok jpg 320x240"},
      {"progressive JPEG", progressive, "ok jpg 320x240"},
      {"grey JPEG", EncodeJpeg(Filled(200, 100, {7}), 90), "ok jpg 200x100"},
      {"PNG", png, "ok png 100x80"},
      {"PNG with alpha", EncodePng(Filled(100, 80, {255, 0, 0, 128})), "ok png 100x80"},
      {"interlaced PNG", Save(picture, "png[interlace]"), "ok png 320x240"},
      {"palette PNG", Save(picture, "png[palette]"), "ok png 320x240"},
      {"GIF", Save(picture, "gif"), "ok gif 320x240"},
      {"GIF whose frame reaches beyond its screen", OfScreen(Save(picture, "gif"), "\x09\0\xF0\0"sv), "ok gif 320x240"},
      {"WebP", Save(picture, "webp"), "ok webp 320x240"},
      {"lossless WebP", Save(picture, "webp[lossless]"), "ok webp 320x240"},
      {"TIFF", Save(picture, "tif"), "ok tif 320x240"},
      {"compressed TIFF", Save(picture, "tif[compression=deflate,tile]"), "ok tif 320x240"},
      {"AVIF", Save(picture, "avif"), "ok avif 320x240"},
      {"HEIC", Save(picture, "heic[compression=hevc]"), "ok heic 320x240"},
      {"BMP", Bmp(picture), "ok bmp 320x240"},
      {"one pixel", EncodePng(Filled(1, 1, {1, 2, 3})), "ok png 1x1"},
      {"one long row", EncodePng(Filled(5000, 1, {1, 2, 3})), "ok png 5000x1"},
      {"JPEG with a zip behind it",
       Join(jpeg, ToBytes("PK\x03\x04"
                          "evil")),
       "ok jpg 320x240"},
      {"JPEG with a page behind it", Join(jpeg, html), "ok jpg 320x240"},
      {"JPEG with a comment that is a page",
       Join(Join(ToBytes("\xFF\xD8\xFF\xFE\0\x2A"sv), html), Bytes(jpeg.begin() + 2, jpeg.end())), "ok jpg 320x240"},

      {"nothing", {}, "empty"},
      {"text", ToBytes("path,label\n"), "not_an_image"},
      {"a page named .jpg", html, "not_an_image"},
      {"random bytes", RandomBytes(5000), "not_an_image"},
      {"PDF", ToBytes("%PDF-1.4\n"), "not_an_image"},
      {"zip", ToBytes("PK\x03\x04"), "not_an_image"},
      {"Windows metafile of ImageMagick's kind", ToBytes("push graphic-context\nfill 'url(https://x)'"),
       "not_an_image"},
      {"SVG", ToBytes("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), "svg_refused"},
      {"SVG behind a prolog", ToBytes("\xEF\xBB\xBF<?xml version='1.0'?>\n<svg/>"), "svg_refused"},
      {"JPEG 2000", ToBytes("\0\0\0\x0CjP  \r\n\x87\n"sv), "unsupported_format"},
      {"Photoshop", ToBytes("8BPS\0\x01"sv), "unsupported_format"},
      {"PPM", ToBytes("P6\n1 1\n255\nabc"), "unsupported_format"},
      {"BMP with run lengths", Replaced(Bmp(picture), 30, ToBytes("\x01")), "unsupported_format"},

      {"JPEG cut in half", Cut(jpeg, 0.5), "truncated"},
      {"JPEG without its last byte", Bytes(jpeg.begin(), jpeg.end() - 2), "truncated"},
      {"progressive JPEG cut in half", Cut(progressive, 0.5), "truncated"},
      {"JPEG cut in its header", Bytes(jpeg.begin(), jpeg.begin() + 30), "truncated"},
      {"three bytes of JPEG", ToBytes("\xFF\xD8\xFF"), "truncated"},
      {"PNG cut in half", Cut(png, 0.5), "truncated"},
      {"PNG cut in its header", Bytes(png.begin(), png.begin() + 18), "truncated"},
      {"WebP cut in half", Cut(Save(picture, "webp"), 0.5), "truncated"},
      {"GIF cut in half", Cut(Save(Noise(300, 200), "gif"), 0.5), "truncated"},
      {"TIFF cut in half", Cut(Save(picture, "tif"), 0.5), "truncated"},
      {"AVIF cut in half", Cut(Save(picture, "avif"), 0.5), "truncated"},
      {"BMP cut in half", Cut(Bmp(picture), 0.5), "truncated"},

      {"PNG of 65500 x 65500", PngOfSize(65500, 65500), "too_large"},
      {"PNG of 2^31-1 squared", PngOfSize(0x7FFFFFFF, 0x7FFFFFFF), "too_large"},
      {"GIF of 65535 x 65535", ToBytes("GIF89a\xFF\xFF\xFF\xFF\0\0\0;"sv), "too_large"},

      {"PNG of 0 x 0", PngOfSize(0, 0), "damaged"},
      {"PNG that promises pixels it lacks", PngOfSize(1000, 1000), "damaged"},
      {"PNG with other bytes within", Replaced(png, png.size() / 2, RandomBytes(64)), "damaged"},
      {"JPEG's first bytes, then noise", Join(ToBytes("\xFF\xD8\xFF\xE0\0\x04JF"sv), RandomBytes(3000)), "damaged"},
      {"JPEG with other bytes within", Replaced(jpeg, 200, RandomBytes(64)), "damaged"},
      {"GIF that is a script", ToBytes("GIF89a/*\0\0\0*/=1;alert(1);//;"sv), "damaged"},
      {"WebP of noise", Join(ToBytes("RIFF\x40\0\0\0WEBPVP8 "sv), RandomBytes(60)), "damaged"},
      {"TIFF of noise", Join(ToBytes("II*\0\x08\0\0\0\x05\0"sv), RandomBytes(400)), "damaged"},
      {"TIFF without directory", ToBytes("II*\0\xFF\xFF\xFF\0"sv), "truncated"},
      {"AVIF of noise",
       Join(ToBytes("\0\0\0\x18"
                    "ftypavif\0\0\0\0mif1avif\0\0\x01\x98"
                    "meta"sv),
            RandomBytes(400)),
       "damaged"},
  };
  std::string got;
  std::string expected;
  for (const auto& each : cases) {
    const auto item = Decode(each.bytes);
    got += each.name + ": " + Describe(item) + "\n";
    expected += each.name + ": " + each.expected + "\n";
    EXPECT_EQ(item.sentence.empty(), item.Ok()) << each.name;
    EXPECT_EQ(item.thumbnails.size(), item.Ok() ? 1U : 0U) << each.name;
  }
  EXPECT_EQ(got, expected);
}

TEST(DecoderTest, TheHeaderAloneTellsKindAndSize) {
  const auto picture = Gradient(320, 240);
  const DecodeWants header;
  EXPECT_EQ(Describe(Decode(EncodeJpeg(picture, 90), header)), "ok jpg 320x240");
  EXPECT_EQ(Describe(Decode(JpegWithOrientation(picture, 6), header)), "ok jpg 240x320");
  EXPECT_EQ(Describe(Decode(EncodePng(picture), header)), "ok png 320x240");
  EXPECT_EQ(Describe(Decode(Save(picture, "gif"), header)), "ok gif 320x240");
  EXPECT_EQ(Describe(Decode(OfScreen(Save(picture, "gif"), "\x09\0\x07\0"sv), header)), "ok gif 320x240");
  EXPECT_EQ(Describe(Decode(Save(picture, "webp"), header)), "ok webp 320x240");
  EXPECT_EQ(Describe(Decode(Save(picture, "webp[lossless]"), header)), "ok webp 320x240");
  EXPECT_EQ(Describe(Decode(Save(Filled(320, 240, {1, 2, 3, 4}), "webp"), header)), "ok webp 320x240");
  EXPECT_EQ(Describe(Decode(Save(picture, "tif"), header)), "ok tif 320x240");
  EXPECT_EQ(Describe(Decode(Save(picture, "avif"), header)), "ok avif 320x240");
  EXPECT_EQ(Describe(Decode(Bmp(picture), header)), "ok bmp 320x240");
  EXPECT_EQ(Describe(Decode(PngOfSize(65500, 65500), header)), "too_large");
  EXPECT_EQ(Describe(Decode(ToBytes("<svg/>"), header)), "svg_refused");
}

TEST(DecoderTest, SentencesSayWhatToDo) {
  EXPECT_EQ(Decode({}).sentence, "The file is empty.");
  EXPECT_EQ(Decode(ToBytes("%PDF-1.4\n")).sentence, "The file is not an image: it is a PDF document.");
  EXPECT_EQ(Decode(PngOfSize(65500, 65500)).sentence,
            "The picture has 65500 x 65500 pixels, which is too large to read. Scale it down.");
  EXPECT_EQ(Decode(Cut(EncodeJpeg(Gradient(320, 240), 90), 0.5)).sentence,
            "The file is cut off: it begins as a JPEG image, but its end is missing. Copy it again from its source.");
}

TEST(DecoderTest, GivesEverythingFromOneDecode) {
  const auto bytes = EncodeJpeg(Gradient(640, 480), 95);
  auto wants = Everything();
  wants.thumbnail_sides = {256, 64, 1000};
  const auto item = Decode(bytes, wants);
  ASSERT_EQ(item.thumbnails.size(), 3U);
  EXPECT_EQ(Describe(Decode(item.thumbnails[0].bytes)), "ok jpg 256x192");
  EXPECT_EQ(Describe(Decode(item.thumbnails[1].bytes)), "ok jpg 64x48");
  EXPECT_EQ(Describe(Decode(item.thumbnails[2].bytes)), "ok jpg 640x480");  // never scaled up
  EXPECT_EQ(item.bytes, bytes.size());
  EXPECT_EQ(item.content_hash, base::HashContent(bytes));
  EXPECT_NEAR(item.quality->brightness, 0.5F, 0.02F);
  EXPECT_NE(*item.perceptual_hash, 0U);
  ASSERT_EQ(item.model_input.size(), 224U * 224 * 3);
  const auto* middle = &item.model_input[(112 * 224 + 112) * 3];
  EXPECT_NEAR(middle[0], 128, 4);
  EXPECT_NEAR(middle[1], 128, 4);
  EXPECT_NEAR(item.model_input[3 * 223], 254, 4);  // the right end of the first row is red
}

TEST(DecoderTest, SmallPicturesKeepEveryPixel) {
  const auto picture = Noise(28, 28);
  const auto item = Decode(EncodePng(picture));
  ASSERT_TRUE(item.Ok());
  EXPECT_EQ(item.thumbnails[0].type, ContentType::kPng);
  EXPECT_EQ(item.thumbnails[0].bytes, EncodePng(picture));
}

TEST(DecoderTest, TransparencyIsFlattenedOnWhite) {
  auto wants = Everything();
  wants.model_input->size = 8;
  wants.model_input->resize = 8;
  const auto item = Decode(EncodePng(Filled(8, 8, {255, 0, 0, 0})), wants);
  EXPECT_EQ(item.model_input, Filled(8, 8, {255, 255, 255}).pixels);
}

TEST(DecoderTest, OrientationIsAppliedToEverything) {
  // Stored lying on its side: red grows to the right as stored, so downwards when shown (orientation 6).
  auto wants = Everything();
  wants.model_input = ModelInputSpec{.size = 32, .resize = 32};
  const auto item = Decode(JpegWithOrientation(Gradient(320, 160), 6), wants);
  EXPECT_EQ(Describe(item), "ok jpg 160x320");
  EXPECT_EQ(item.orientation, 6);
  EXPECT_EQ(item.thumbnails[0].width, 128);
  EXPECT_EQ(item.thumbnails[0].height, 256);
  EXPECT_LT(item.model_input[0], 20);               // top left: little red
  EXPECT_GT(item.model_input[3 * (31 * 32)], 235);  // bottom left: much red
  EXPECT_GT(item.model_input[1], 235);              // top left: much green (the stored bottom)
  EXPECT_LT(item.model_input[3 * (31 * 32 + 31) + 1], 20);
}

TEST(DecoderTest, ModelInputsFitAsTheModelAsks) {
  DecodeWants wants;
  const auto edge = [&](ModelInputSpec::Fit fit) {
    wants.model_input = ModelInputSpec{.size = 100, .resize = 100, .fit = fit};
    const auto item = Decode(EncodePng(Gradient(400, 200)), wants);
    return static_cast<int>(item.model_input[3 * (50 * 100)]);  // red in the middle of the left edge
  };
  EXPECT_NEAR(edge(ModelInputSpec::Fit::kSquash), 1, 3);
  EXPECT_NEAR(edge(ModelInputSpec::Fit::kCrop), 64, 3);  // a quarter of the width is cut off
  EXPECT_NEAR(edge(ModelInputSpec::Fit::kPad), 1, 3);
  const auto item = Decode(EncodePng(Gradient(400, 200)), wants);
  EXPECT_EQ(item.model_input[0], 128);  // padded above
}

TEST(DecoderTest, ReadsAnOpenFile) {
  const base::FileDescriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(Pool().Decode(DecodeInput::File(file.Get()), {}).sentence, "The file is not an image: it is a program.");
  const base::FileDescriptor folder(::open("/", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(Pool().Decode(DecodeInput::File(folder.Get()), {}).code, DecodeCode::kUnreadable);
}

TEST(DecoderTest, RefusesAFileThatCouldBeWritten) {
  const base::FileDescriptor file(::memfd_create("test", MFD_CLOEXEC));
  EXPECT_THROW(Pool().Decode(DecodeInput::File(file.Get()), {}), base::Error);
}

TEST(DecoderTest, FilesAboveTheLimitAreNotRead) {
  DecoderPool pool({.children = 1, .limits = {.bytes = 1000}});
  const auto item = pool.Decode(DecodeInput::Memory(EncodePng(Noise(100, 100))), Everything());
  EXPECT_EQ(item.code, DecodeCode::kTooLarge);
}

TEST(DecoderTest, MemoryIsLimited) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers reserve terabytes, so their children have no limit on memory";
#endif
  // Interlaced, so that all of it has to stand in memory: 48 MB.
  DecoderPool pool({.children = 1, .limits = {.memory_bytes = 32U << 20U}});
  const auto bytes = Save(Filled(4000, 4000, {1, 2, 3}), "png[interlace]");
  EXPECT_FALSE(pool.Decode(DecodeInput::Memory(bytes), Everything()).Ok());
  EXPECT_TRUE(Decode(bytes).Ok());
}

TEST(DecoderTest, ALargePictureStreamsThroughLittleMemory) {
  // 300 MB of pixels in rows.
  DecoderPool pool({.children = 1, .limits = {.memory_bytes = 200U << 20U}});
  const auto bytes = Save(Filled(10000, 10000, {9}), "png[compression=1]");
  const auto item = pool.Decode(DecodeInput::Memory(bytes), Everything());
  EXPECT_EQ(Describe(item), "ok png 10000x10000");
}

std::vector<std::string> ChildPids() {
  std::ifstream tasks;
  std::vector<std::string> pids;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    for (std::string pid; children >> pid;) pids.push_back(pid);
  }
  return pids;
}

TEST(DecoderTest, ItsChildrenAreSandboxed) {
  Decode(EncodePng(Noise(9, 9)));
  const auto pids = ChildPids();
  ASSERT_FALSE(pids.empty());
  for (const auto& pid : pids) {
    std::ifstream status("/proc/" + pid + "/status");
    const std::string text(std::istreambuf_iterator<char>(status), {});
    EXPECT_NE(text.find("Seccomp:\t2"), std::string::npos);
    EXPECT_NE(text.find("NoNewPrivs:\t1"), std::string::npos);
  }
}

TEST(DecoderTest, AChildKilledBetweenItemsIsReplaced) {
  const auto bytes = EncodePng(Noise(9, 9));
  Decode(bytes);
  // The signal may reach a child before or after the next item does; neither is that item's fault.
  for (const auto& pid : ChildPids()) ::kill(std::stoi(pid), SIGKILL);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Describe(Decode(bytes)), "ok png 9x9");
}

DecoderOptions Faulty() {
  DecoderOptions options{.children = 2};
  options.arguments = {"faulty-child"};
  return options;
}

TEST(DecoderTest, AChildThatDiesHangsOrLiesCostsOneItem) {
  DecoderOptions options = Faulty();
  options.limits.time = std::chrono::seconds(2);  // a good one never takes as long, however busy the machine
  DecoderPool pool(options);
  const auto answer = [&](std::string_view order) {
    return std::string(
        ToString(pool.Decode(DecodeInput::Memory(ToBytes(order)), {.thumbnail_sides = {}, .quality = true}).code));
  };
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(answer("DIE!"), "decoder_crashed");
    EXPECT_EQ(answer("good"), "ok");
    EXPECT_EQ(answer("EXIT"), "decoder_crashed");
    EXPECT_EQ(answer("HANG"), "timeout");
    EXPECT_EQ(answer("LIE1"), "ok");  // no thumbnails were asked for
    EXPECT_EQ(answer("LIE2"), "decoder_crashed");
    EXPECT_EQ(answer("LIE3"), "decoder_crashed");
    EXPECT_EQ(answer("SHRT"), "decoder_crashed");
    EXPECT_EQ(answer("good"), "ok");
  }
  EXPECT_EQ(pool.Decode(DecodeInput::Memory(ToBytes("LIE1")), {.thumbnail_sides = {64}}).code,
            DecodeCode::kDecoderCrashed);
}

TEST(DecoderTest, OthersDoNotNoticeACrash) {
  DecoderPool pool(Faulty());
  const auto good = ToBytes("good");
  const auto bad = ToBytes("DIE!");
  std::atomic<int> crashed = 0;
  std::atomic<int> fine = 0;
  pool.DecodeEach(
      200, {}, [&](std::size_t i) { return DecodeInput::Memory(i % 10 == 3 ? bad : good); },
      [&](std::size_t i, const Decoded& item) {
        if (item.code == (i % 10 == 3 ? DecodeCode::kDecoderCrashed : DecodeCode::kOk))
          ++(i % 10 == 3 ? crashed : fine);
      });
  EXPECT_EQ(crashed, 20);
  EXPECT_EQ(fine, 180);
}

TEST(DecoderTest, AProgramThatIsNoDecoderIsSaid) {
  DecoderPool pool({.children = 1, .program = "/bin/true"});
  EXPECT_THROW(pool.Decode(DecodeInput::Memory(ToBytes("x")), {}), base::Error);
}

TEST(DecodeEachTest, StopsWhenCancelled) {
  const auto bytes = EncodePng(Noise(9, 9));
  std::atomic<int> count = 0;
  Pool().DecodeEach(
      1000, {}, [&](std::size_t) { return DecodeInput::Memory(bytes); }, [&](std::size_t, const Decoded&) { ++count; },
      [&] { return count >= 10; });
  EXPECT_LT(count, 20);
}

TEST(DecodeEachTest, HandsOnWhatACallbackThrows) {
  EXPECT_THROW(Pool().DecodeEach(
                   10, {}, [](std::size_t) -> DecodeInput { throw base::Error(base::ErrorCode::kStorageFull, "full"); },
                   [](std::size_t, const Decoded&) {}),
               base::Error);
}

TEST(EncodeRawTest, IsLosslessAndChecksItsSize) {
  const auto picture = Filled(28, 28, {77});
  auto wants = DecodeWants{};
  wants.model_input = ModelInputSpec{.size = 28, .resize = 28};
  const auto item = Decode(EncodeRaw(28, 28, 1, picture.pixels), wants);
  EXPECT_EQ(item.model_input, Filled(28, 28, {77, 77, 77}).pixels);
  EXPECT_THROW(EncodeRaw(28, 27, 1, picture.pixels), base::Error);
}

TEST(RecyclingPhotosTest, AllAreReadAndTheThreePairsAreFound) {
  const std::filesystem::path folder = "../shared/data/recycling-photos/images";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the sample photographs are not here";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".jpg") files.push_back(entry.path());
  }
  std::atomic<int> fine = 0;
  std::mutex mutex;
  std::set<std::string> hashes;
  std::vector<base::FileDescriptor> open(files.size());
  Pool().DecodeEach(
      files.size(), Everything(),
      [&](std::size_t i) {
        open[i] = base::FileDescriptor(::open(files[i].c_str(), O_RDONLY | O_CLOEXEC));
        return DecodeInput::File(open[i].Get());
      },
      [&](std::size_t i, const Decoded& item) {
        open[i] = base::FileDescriptor();
        if (Describe(item) == "ok jpg 384x288") ++fine;
        const std::scoped_lock lock(mutex);
        hashes.insert(item.content_hash->Hex());
      });
  EXPECT_EQ(fine, 2527);
  EXPECT_EQ(hashes.size(), 2524U);  // three pictures occur twice
}

}  // namespace
}  // namespace burnish::media

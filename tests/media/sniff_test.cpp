#include "media/sniff.hpp"

#include <gtest/gtest.h>

#include <string>

#include "media/fixtures.hpp"

namespace burnish::media {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view name;
  std::string_view start;
  ContentType type;
};

TEST(SniffTest, TellsWhatBytesAre) {
  const Case cases[] = {
      {"nothing", "", ContentType::kEmpty},
      {"JPEG", "\xFF\xD8\xFF\xE0\0\x10JFIF"sv, ContentType::kJpeg},
      {"PNG", "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"sv, ContentType::kPng},
      {"half of PNG's magic", "\x89PNG"sv, ContentType::kUnknown},
      {"GIF", "GIF89a\x01\0\x01\0"sv, ContentType::kGif},
      {"WebP", "RIFF\x10\0\0\0WEBPVP8 "sv, ContentType::kWebp},
      {"WAV", "RIFF\x10\0\0\0WAVEfmt "sv, ContentType::kWave},
      {"TIFF, Intel", "II*\0\x08\0\0\0"sv, ContentType::kTiff},
      {"TIFF, Motorola", "MM\0*\0\0\0\x08"sv, ContentType::kTiff},
      {"BMP", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"sv, ContentType::kBmp},
      {"text that begins as BMP", "BMW and other cars", ContentType::kText},
      {"AVIF",
       "\0\0\0\x1C"
       "ftypavif\0\0\0\0avifmif1"sv,
       ContentType::kAvif},
      {"HEIC by a compatible brand",
       "\0\0\0\x18"
       "ftypmif1\0\0\0\0mif1heic"sv,
       ContentType::kHeic},
      {"MP4",
       "\0\0\0\x18"
       "ftypisom\0\0\x02\0isomiso2"sv,
       ContentType::kMpeg4},
      {"a brand in the minor version",
       "\0\0\0\x14"
       "ftypisomavifisom"sv,
       ContentType::kMpeg4},
      {"SVG", "<svg xmlns='http://www.w3.org/2000/svg'/>", ContentType::kSvg},
      {"SVG after prolog, comment and BOM", "\xEF\xBB\xBF \n<?xml version='1.0'?><!-- x --><SVG>", ContentType::kSvg},
      {"SVG behind a doctype", "<!DOCTYPE svg PUBLIC>", ContentType::kXml},
      {"XML", "<?xml version='1.0'?><annotation/>", ContentType::kXml},
      {"HTML", "  <!DOCTYPE HTML><title>", ContentType::kHtml},
      {"script", "<script>alert(1)</script>", ContentType::kHtml},
      {"PDF", "%PDF-1.7", ContentType::kPdf},
      {"zip", "PK\x03\x04", ContentType::kZip},
      {"PPM", "P6\n2 2\n255\n", ContentType::kNetpbm},
      {"JPEG 2000", "\0\0\0\x0CjP  \r\n\x87\n"sv, ContentType::kJpeg2000},
      {"JPEG XL", "\xFF\x0A"sv, ContentType::kJpegXl},
      {"Photoshop", "8BPS\0\x01"sv, ContentType::kPhotoshop},
      {"icon", "\0\0\x01\0\x01\0"sv, ContentType::kIcon},
      {"text", "path,label\na.jpg,cat\n", ContentType::kText},
      {"noise", "\x01\x02\x03\x04"sv, ContentType::kUnknown},
  };
  for (const auto& each : cases) EXPECT_EQ(Sniff(ToBytes(each.start)), each.type) << each.name;
}

TEST(SniffTest, OnlyPicturesThatBrowsersShowSafelyHaveAMediaType) {
  EXPECT_EQ(MediaType(ContentType::kPng), "image/png");
  EXPECT_EQ(MediaType(ContentType::kSvg), "application/octet-stream");
  EXPECT_EQ(MediaType(ContentType::kHtml), "application/octet-stream");
  EXPECT_EQ(MediaType(static_cast<ContentType>(250)), "application/octet-stream");
}

}  // namespace
}  // namespace burnish::media

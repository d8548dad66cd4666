#include "formats/parse/csv_parser.hpp"

#include <gtest/gtest.h>

#include "formats/limits.hpp"
#include "formats/parse/text_decoder.hpp"
#include "formats/profile.hpp"
#include "formats/text.hpp"

namespace burnish::formats {
namespace {

// Writes down what a parser gives, one line for each thing.
class Notes final : public TableSink {
 public:
  bool Header(TableHeader&& header) override {
    text += "[" + header.details + "]";
    for (const auto& column : header.columns) text += " <" + column.name + ">";
    text += "\n";
    return true;
  }
  bool TakeRow(Row&& row) override {
    text += std::to_string(row.line) + ":";
    for (const auto& cell : row.cells)
      text += cell.kind == Cell::Kind::kMissing ? " -" : " <" + Printable(CellText(cell)) + ">";
    text += "\n";
    return true;
  }
  void Problem(ProblemCode code, std::uint64_t line, std::string_view thing) override {
    text += std::to_string(line) + ": " + std::string(CodeName(code)) + " " + std::string(thing) + "\n";
  }
  std::string text;
};

std::string Parse(std::string_view bytes) {
  Notes notes;
  MemorySource source(bytes);
  ParseCsv(source, notes);
  return notes.text;
}

struct Case {
  std::string name;
  std::string bytes;
  std::string expected;
};

class CsvParserTest : public testing::TestWithParam<Case> {};

TEST_P(CsvParserTest, Reads) { EXPECT_EQ(Parse(GetParam().bytes), GetParam().expected); }

using namespace std::string_literals;

INSTANTIATE_TEST_SUITE_P(
    Tables, CsvParserTest,
    testing::Values(
        Case{"Plain", "path,class\na.jpg,cat\nb.jpg,\n",
             "[UTF-8, separated by commas] <path> <class>\n2: <a.jpg> <cat>\n3: <b.jpg> -\n"},
        Case{"NoLineEndAtTheEnd", "path,class\na.jpg,cat",
             "[UTF-8, separated by commas] <path> <class>\n2: <a.jpg> <cat>\n"},
        Case{"WindowsLines", "path,class\r\na.jpg,cat\r\nb.jpg,dog\r\n",
             "[UTF-8, separated by commas] <path> <class>\n2: <a.jpg> <cat>\n3: <b.jpg> <dog>\n"},
        Case{"OldMacLines", "path,class\ra.jpg,cat\r",
             "[UTF-8, separated by commas] <path> <class>\n2: <a.jpg> <cat>\n"},
        Case{"Quotes", "path,note\na.jpg,\"x, \"\"y\"\"\nz\"\nb.jpg,\"\"\n",
             "[UTF-8, separated by commas] <path> <note>\n2: <a.jpg> <x, \"y\"\\x0Az>\n4: <b.jpg> <>\n"},
        Case{"Semicolons", "path;weight\na.jpg;1,5\nb.jpg;2,5\n",
             "[UTF-8, separated by semicolons] <path> <weight>\n2: <a.jpg> <1,5>\n3: <b.jpg> <2,5>\n"},
        Case{"Tabs", "path\tclass\na, b.jpg\tcat\n",
             "[UTF-8, separated by tabs] <path> <class>\n2: <a, b.jpg> <cat>\n"},
        Case{"OtherDelimitersInsideQuotes", "path,\"||\",x\na,\"||||\",1\n",
             "[UTF-8, separated by commas] <path> <||> <x>\n2: <a> <||||> <1>\n"},
        Case{"ByteOrderMark", "\xEF\xBB\xBFpath,class\na.jpg,cat\n",
             "[UTF-8 with a byte order mark, separated by commas] <path> <class>\n2: <a.jpg> <cat>\n"},
        Case{"Utf16", "\xFF\xFEp\0,\0q\0\n\0\xE4\0,\0x\0\n\0"s, "[UTF-16, separated by commas] <p> <q>\n2: <ä> <x>\n"},
        Case{"Utf16LoneSurrogate", "\xFF\xFEp\0,\0q\0\n\0\x00\xD8,\0x\0\n\0"s,
             "[UTF-16, separated by commas] <p> <q>\n2: text_not_utf8 \n"},
        Case{"Latin1IsAGuess", "path,ort\na.jpg,K\xF6ln\n",
             "0: encoding_guessed \n[Latin-1 (Windows-1252), guessed, separated by commas] <path> <ort>\n2: <a.jpg> "
             "<Köln>\n"},
        Case{"OneBadNameInUtf8", "path,ort\nä.jpg,Köln\nb\xFF.jpg,x\nc.jpg,y\n",
             "[UTF-8, separated by commas] <path> <ort>\n2: <ä.jpg> <Köln>\n3: text_not_utf8 \n4: <c.jpg> <y>\n"},
        Case{"NulByte", "path,class\na.jpg,c\0t\nb.jpg,dog\n"s,
             "[UTF-8, separated by commas] <path> <class>\n2: nul_byte \n3: <b.jpg> <dog>\n"},
        Case{"RaggedRows", "path,class\na.jpg\nb.jpg,dog,3\nc.jpg,cat\n",
             "[UTF-8, separated by commas] <path> <class>\n2: ragged_row \n3: ragged_row \n4: <c.jpg> <cat>\n"},
        Case{"OpenQuote", "path,class\na.jpg,cat\n\"b.jpg,dog\nc.jpg,cat\n",
             "[UTF-8, separated by commas] <path> <class>\n2: <a.jpg> <cat>\n3: open_quote \n"},
        Case{"BlankLines", "\n\npath,class\n\na.jpg,cat\n\n",
             "[UTF-8, separated by commas] <path> <class>\n5: <a.jpg> <cat>\n"},
        Case{"NoHeader", "a.jpg,cat\nb.jpg,dog\n",
             "[UTF-8, separated by commas, without a header] <column 1> <column 2>\n1: <a.jpg> <cat>\n2: <b.jpg> "
             "<dog>\n"},
        Case{"DoubledAndUnnamedColumns", "path,x,x,\na.jpg,1,2,3\n",
             "0: duplicate_column x\n0: unnamed_column column 4\n[UTF-8, separated by commas] <path> <x> <x (2)> "
             "<column 4>\n2: <a.jpg> <1> <2> <3>\n"},
        Case{"Empty", "", "0: empty_table \n"}, Case{"OnlyNul", "\0\0"s, "1: nul_byte \n0: empty_table \n"}),
    [](const auto& test) { return test.param.name; });

TEST(CsvParserLimitsTest, ATooLongCellCostsItsRowOnly) {
  const std::string text = Parse("path,class\na.jpg," + std::string(kMaxCellBytes + 1, 'x') + "\nb.jpg,cat\n");
  EXPECT_EQ(text, "[UTF-8, separated by commas] <path> <class>\n2: row_too_long \n3: <b.jpg> <cat>\n");
}

TEST(CsvParserLimitsTest, AMillionColumnsAreRefused) {
  std::string row(1'000'000, ',');
  row += '\n';
  EXPECT_EQ(Parse(row), "0: too_many_columns \n");
}

TEST(TextTest, NumbersAreNumbersAndIdentifiersAreNot) {
  EXPECT_EQ(ParseNumber("-1.5e3"), -1500);
  EXPECT_EQ(ParseNumber("+2"), 2);
  for (const auto* text : {"", "-", "007", "nan", "inf", "0x10", "1,5", "1 ", "1e999"})
    EXPECT_FALSE(ParseNumber(text)) << text;
}

TEST(TextTest, LargeNumbersReadBackAsNumbers) {
  for (const double number : {9007199254740992.0, -77777777777777776.0, 1e22, 9007199254740991.0})
    EXPECT_EQ(ParseNumber(NumberText(number)), number);
}

TEST(TextTest, TimesAreReadAndWritten) {
  EXPECT_EQ(TimeText(*ParseTime("2024-02-29T10:20:30.25+02:00")), "2024-02-29T08:20:30.250000Z");
  EXPECT_EQ(TimeText(*ParseTime("1969-12-31")), "1969-12-31T00:00:00Z");
  for (const auto* text : {"2024-02-30", "2024-2-3", "2024-01-01T25:00", "2024-01-01x", "20240101"})
    EXPECT_FALSE(ParseTime(text)) << text;
}

}  // namespace
}  // namespace burnish::formats

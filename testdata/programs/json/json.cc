// Parses, prints, queries and patches JSON: built-in texts, malformed ones, and
// a large one from a fixed seed. `json PATH` prints what PATH finds in stdin.

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testdata/programs/common/checksum.h"
#include "testdata/programs/common/random.h"
#include "testdata/programs/json/parse.h"
#include "testdata/programs/json/print.h"
#include "testdata/programs/json/query.h"
#include "testdata/programs/json/value.h"

namespace {

constexpr std::string_view kLibrary = R"({
  "library": {
    "name": "Harbour Street",
    "open": true,
    "founded": 1907,
    "position": [53.5461, 9.9937, -0],
    "wing": null,
    "motto": "Lege \u2014 \"et relege\"\n\u00fc\ud83d\udcda",
    "shelves": [
      {"topic": "tides", "books": [
        {"title": "Moon and Water", "year": 1962, "price": 12.50, "pages": 310},
        {"title": "Charts", "year": 1988, "price": 40, "lent": true}
      ]},
      {"topic": "knots", "books": [
        {"title": "The Bowline", "year": 2004, "price": 7.25, "pages": 96},
        {"title": "Hitches", "year": 1988, "price": 9.990, "lent": false},
        {"title": "Splices", "year": 1971, "price": 1.1e1}
      ]},
      {"topic": "empty", "books": []}
    ]
  }
})";

constexpr std::string_view kPaths[] = {
    "$.library.name",
    "$.library.position[*]",
    "$.library.position[-1]",
    "$.library.shelves[*].topic",
    "$.library.shelves[0:2].books[1].title",
    "$..title",
    "$..books[-1]",
    "$..books[?price<10].title",
    "$..books[?year=1988].price",
    "$..books[?title>'H'].year",
    "$..books[?lent].title",
    "$.library.shelves[:1].*",
    "$.library.missing[3]..gone",
    "$.library[",
    "library",
    "$..books[?price<]",
    "$.library.shelves[one]",
};

constexpr std::string_view kMalformed[] = {
    "",
    "[1, 2",
    "[1 2]",
    "{\"a\" 1}",
    "{a: 1}",
    "{\"a\": 1,}",
    "01",
    "-",
    "1.",
    "2e+",
    "tru",
    "[1]\n]",
    "\"open",
    "\"tab\there\"",
    "\"\\x\"",
    "\"\\u12G4\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\xC0\xAF\"",
    "\"\xED\xA0\x80\"",
    "\"\xF4\x90\x80\x80\"",
    "\"\xE2\x82\"",
};

constexpr std::string_view kNumbers =
    "[0, -0, 1e0, 0.1, 123456789012345678, 1234567890123456789012, 1e308, "
    "5e-324, 2.2250738585072014e-308, 0.30000000000000004, -1.5E+3, 1e-7, "
    "9007199254740993.0, 3.141592653589793]";

constexpr std::string_view kPatch = R"({"library": {
  "open": false, "wing": {"floors": 2, "none": null}, "position": null,
  "shelves": "moved", "founded": {"year": 1907}
}})";

constexpr std::string_view kRepeated =
    R"({"b": 1, "a": {"d": 1, "c": 2, "d": []}, "b": {}, "": 3, "b": "last"})";

uint64_t Hash(std::string_view text) {
  return FnvUpdate(FNV_START, text.data(), text.size());
}

void PrintLine(const char* label, std::string_view text) {
  std::printf("%s%.*s\n", label, static_cast<int>(text.size()), text.data());
}

bool ParseOrReport(std::string_view text, json::Value* value) {
  json::ParseError error;
  if (json::Parse(text, value, &error)) return true;
  std::printf("line %d, column %d: %s\n", error.line, error.column,
              error.message);
  return false;
}

// Returns whether the value survives printing and parsing in every style.
bool RoundTrips(const json::Value& value) {
  constexpr json::PrintOptions kStyles[] = {{0, false}, {0, true}, {3, false}};
  for (const json::PrintOptions& style : kStyles) {
    json::Value again;
    if (!ParseOrReport(json::Print(value, style), &again)) return false;
    if (!(again == value)) return false;
  }
  return true;
}

// Prints what the path finds, each value in a line.
bool ShowQuery(const json::Value& root, std::string_view path) {
  std::vector<const json::Value*> found;
  bool ok = json::Query(root, path, &found);
  std::printf("%.*s: ", static_cast<int>(path.size()), path.data());
  if (!ok) {
    std::printf("malformed\n");
    return false;
  }
  std::printf("%zu found\n", found.size());
  for (const json::Value* value : found) {
    PrintLine("  ", json::Print(*value));
  }
  return true;
}

bool CheckLibrary() {
  json::Value library;
  if (!ParseOrReport(kLibrary, &library)) return false;
  std::printf("%zu values, depth %zu\n", library.CountValues(),
              library.Depth());
  PrintLine("", json::Print(library, {2, false}));
  PrintLine("", json::Print(library, {0, true}));
  bool ok = RoundTrips(library);
  int malformed = 0;
  for (std::string_view path : kPaths) {
    if (!ShowQuery(library, path)) malformed++;
  }
  json::Value patch;
  ok &= ParseOrReport(kPatch, &patch);
  json::MergePatch(patch, &library);
  json::Canonicalize(&library);
  PrintLine("patched ", json::Print(library));
  return ok && malformed == 4;
}

bool CheckMalformed() {
  bool ok = true;
  for (std::string_view text : kMalformed) {
    json::Value value;
    ok &= !ParseOrReport(text, &value);
  }
  std::string deep(101, '[');
  json::Value value;
  ok &= !ParseOrReport(deep, &value);
  deep = std::string(100, '[') + std::string(100, ']');
  ok &= ParseOrReport(deep, &value) && value.Depth() == 100;
  return ok;
}

bool CheckNumbers() {
  json::Value numbers;
  bool ok = ParseOrReport(kNumbers, &numbers);
  PrintLine("numbers ", json::Print(numbers));
  return ok && RoundTrips(numbers);
}

bool CheckRepeated() {
  json::Value value;
  bool ok = ParseOrReport(kRepeated, &value);
  PrintLine("all ", json::Print(value));
  ok &= ShowQuery(value, "$.b") && RoundTrips(value);
  json::Canonicalize(&value);
  PrintLine("canonical ", json::Print(value));
  return ok && RoundTrips(value);
}

std::string RandomWord(uint64_t* seed) {
  static constexpr std::string_view kSyllables[] = {
      "ka", "lo", "mi", "ren", "tu", "sha", "vo", "el", "\xC3\xA5", "qi"};
  std::string word;
  for (uint32_t left = 1 + RandomBelow(seed, 4); left > 0; left--) {
    word += kSyllables[RandomBelow(seed, 10)];
  }
  return word;
}

json::Value RandomOrder(uint64_t* seed, int64_t id) {
  json::Value::Array lines;
  for (uint32_t left = RandomBelow(seed, 4); left > 0; left--) {
    double price = RandomBelow(seed, 100000) / 100.0;
    json::Value::Object line;
    line.push_back({"sku", json::Value(RandomWord(seed))});
    line.push_back({"price", json::Value(price)});
    line.push_back({"amount", json::Value(int64_t{1} + RandomBelow(seed, 9))});
    lines.push_back(json::Value(std::move(line)));
  }
  json::Value::Object order;
  order.push_back({"id", json::Value(id)});
  order.push_back({"customer", json::Value(RandomWord(seed))});
  order.push_back({"paid", json::Value(RandomBelow(seed, 3) > 0)});
  order.push_back({"lines", json::Value(std::move(lines))});
  return json::Value(std::move(order));
}

// Adds up what all orders cost and prints it per way of finding it.
void SumOrders(const json::Value& orders) {
  std::vector<const json::Value*> lines;
  json::Query(orders, "$[*].lines[*]", &lines);
  double total = 0;
  for (const json::Value* line : lines) {
    double price = 0, amount = 0;
    line->Find("price")->GetNumber(&price);
    line->Find("amount")->GetNumber(&amount);
    total += price * amount;
  }
  std::vector<const json::Value*> cheap, deep;
  json::Query(orders, "$[*].lines[?price<100]", &cheap);
  json::Query(orders, "$..sku", &deep);
  std::printf("%zu lines, %zu cheap, %zu names, total %.2f\n", lines.size(),
              cheap.size(), deep.size(), total);
}

bool CheckOrders() {
  uint64_t seed = 77;
  json::Value::Array made;
  for (int64_t id = 0; id < 600; id++) made.push_back(RandomOrder(&seed, id));
  json::Value orders(std::move(made));
  std::string text = json::Print(orders);
  std::string pretty = json::Print(orders, {4, true});
  std::printf("orders: %zu values, %zu bytes %016llx, pretty %zu %016llx\n",
              orders.CountValues(), text.size(),
              static_cast<unsigned long long>(Hash(text)), pretty.size(),
              static_cast<unsigned long long>(Hash(pretty)));
  SumOrders(orders);
  bool ok = RoundTrips(orders);
  json::Canonicalize(&orders);
  PrintLine("first ", json::Print((*orders.AsArray())[0]));
  return ok && RoundTrips(orders);
}

int QueryStdin(const char* path) {
  std::string text;
  char chunk[4096];
  while (size_t size = std::fread(chunk, 1, sizeof(chunk), stdin)) {
    text.append(chunk, size);
  }
  json::Value value;
  if (!ParseOrReport(text, &value)) return 1;
  return ShowQuery(value, path) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2) return QueryStdin(argv[1]);
  bool ok = CheckLibrary();
  ok &= CheckMalformed();
  ok &= CheckNumbers();
  ok &= CheckRepeated();
  ok &= CheckOrders();
  std::printf("%s\n", ok ? "all checks passed" : "FAILED");
  return ok ? 0 : 1;
}

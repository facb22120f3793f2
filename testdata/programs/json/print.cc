// Recursion, bounded by the parser's limit on depth. Doubles get the fewest
// digits, of 15 to 17, that read back as the same double.

#include "testdata/programs/json/print.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace json {
namespace {

class Printer {
 public:
  Printer(const PrintOptions& options, std::string* out)
      : options_(options), out_(out) {}

  void PrintValue(const Value& value, int level);

 private:
  template <typename Items, typename PrintItem>
  void PrintList(const Items& items, char open, char close, int level,
                 PrintItem print_item);
  void StartLine(int level);
  void PrintInteger(int64_t i);
  void PrintDouble(double d);
  void PrintString(std::string_view s);
  void PrintEscaped(uint32_t unit);
  size_t PrintCode(std::string_view s);

  const PrintOptions& options_;
  std::string* out_;
};

void Printer::PrintValue(const Value& value, int level) {
  if (const bool* b = value.AsBool()) {
    out_->append(*b ? "true" : "false");
  } else if (const int64_t* i = value.AsInteger()) {
    PrintInteger(*i);
  } else if (const double* d = value.AsDouble()) {
    PrintDouble(*d);
  } else if (const std::string* s = value.AsString()) {
    PrintString(*s);
  } else if (const Value::Array* array = value.AsArray()) {
    PrintList(*array, '[', ']', level,
              [&](const Value& item) { PrintValue(item, level + 1); });
  } else if (const Value::Object* object = value.AsObject()) {
    PrintList(*object, '{', '}', level, [&](const Member& member) {
      PrintString(member.name);
      out_->append(options_.indent > 0 ? ": " : ":");
      PrintValue(member.value, level + 1);
    });
  } else {
    out_->append("null");
  }
}

template <typename Items, typename PrintItem>
void Printer::PrintList(const Items& items, char open, char close, int level,
                        PrintItem print_item) {
  out_->push_back(open);
  bool first = true;
  for (const auto& item : items) {
    if (!first) out_->push_back(',');
    first = false;
    StartLine(level + 1);
    print_item(item);
  }
  if (!first) StartLine(level);
  out_->push_back(close);
}

void Printer::StartLine(int level) {
  if (options_.indent == 0) return;
  out_->push_back('\n');
  out_->append(static_cast<size_t>(level * options_.indent), ' ');
}

void Printer::PrintInteger(int64_t i) {
  char digits[24];
  std::snprintf(digits, sizeof(digits), "%lld", static_cast<long long>(i));
  out_->append(digits);
}

void Printer::PrintDouble(double d) {
  char digits[40];
  for (int precision = 15; precision <= 17; precision++) {
    std::snprintf(digits, sizeof(digits), "%.*g", precision, d);
    if (std::strtod(digits, nullptr) == d) break;
  }
  // Without a point or exponent it would read back as an integer.
  if (std::strpbrk(digits, ".e") == nullptr) std::strcat(digits, ".0");
  out_->append(digits);
}

void Printer::PrintString(std::string_view s) {
  out_->push_back('"');
  for (size_t i = 0; i < s.size();) {
    unsigned char c = static_cast<unsigned char>(s[i]);
    if (c == '"' || c == '\\') {
      out_->push_back('\\');
      out_->push_back(s[i++]);
    } else if (c == '\n') {
      out_->append("\\n");
      i++;
    } else if (c < 0x20) {
      PrintEscaped(c);
      i++;
    } else if (c < 0x80 || !options_.ascii) {
      out_->push_back(s[i++]);
    } else {
      i += PrintCode(s.substr(i));
    }
  }
  out_->push_back('"');
}

void Printer::PrintEscaped(uint32_t unit) {
  char escape[8];
  std::snprintf(escape, sizeof(escape), "\\u%04x", static_cast<unsigned>(unit));
  out_->append(escape);
}

// Escapes the first character of `s`, which is beyond ASCII; returns its size.
size_t Printer::PrintCode(std::string_view s) {
  uint32_t lead = static_cast<unsigned char>(s[0]);
  size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  uint32_t code = lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; i++) {
    code = code << 6 | (static_cast<unsigned char>(s[i]) & 0x3F);
  }
  if (code < 0x10000) {
    PrintEscaped(code);
  } else {
    PrintEscaped(0xD800 + ((code - 0x10000) >> 10));
    PrintEscaped(0xDC00 + ((code - 0x10000) & 0x3FF));
  }
  return size;
}

}  // namespace

std::string Print(const Value& value, const PrintOptions& options) {
  std::string out;
  Printer(options, &out).PrintValue(value, 0);
  return out;
}

}  // namespace json

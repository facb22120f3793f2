// Each step maps the list of values found so far to the next list: O(path *
// values).

#include "testdata/programs/json/query.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace json {
namespace {

using Found = std::vector<const Value*>;

class Step {
 public:
  virtual ~Step() = default;
  // Appends what the step finds in `value`.
  virtual void Apply(const Value& value, Found* found) const = 0;
};

class AllStep : public Step {
 public:
  void Apply(const Value& value, Found* found) const override {
    if (const Value::Array* array = value.AsArray()) {
      for (const Value& item : *array) found->push_back(&item);
    } else if (const Value::Object* object = value.AsObject()) {
      for (const Member& member : *object) found->push_back(&member.value);
    }
  }
};

class NameStep : public Step {
 public:
  explicit NameStep(std::string name) : name_(std::move(name)) {}

  void Apply(const Value& value, Found* found) const override {
    if (const Value* member = value.Find(name_)) found->push_back(member);
  }

 private:
  std::string name_;
};

class DeepStep : public Step {
 public:
  explicit DeepStep(std::string name) : here_(std::move(name)) {}

  void Apply(const Value& value, Found* found) const override {
    here_.Apply(value, found);
    Found inner;
    AllStep().Apply(value, &inner);
    for (const Value* item : inner) Apply(*item, found);
  }

 private:
  NameStep here_;
};

class SliceStep : public Step {
 public:
  SliceStep(int64_t from, int64_t to) : from_(from), to_(to) {}

  void Apply(const Value& value, Found* found) const override {
    const Value::Array* array = value.AsArray();
    if (array == nullptr) return;
    int64_t size = static_cast<int64_t>(array->size());
    int64_t from = std::max<int64_t>(from_ < 0 ? from_ + size : from_, 0);
    int64_t to = std::min(to_ < 0 ? to_ + size : to_, size);
    for (int64_t i = from; i < to; i++) {
      found->push_back(&(*array)[static_cast<size_t>(i)]);
    }
  }

 private:
  int64_t from_;
  int64_t to_;
};

// The items whose member `name` is of the operand's type and relates to it as
// `relation` says; with the relation ']' those that have the member.
class FilterStep : public Step {
 public:
  FilterStep(std::string name, char relation, Value operand)
      : name_(std::move(name)),
        relation_(relation),
        operand_(std::move(operand)) {}

  void Apply(const Value& value, Found* found) const override {
    Found all;
    AllStep().Apply(value, &all);
    for (const Value* item : all) {
      const Value* member = item->Find(name_);
      if (member != nullptr && Keeps(*member)) found->push_back(item);
    }
  }

 private:
  bool Keeps(const Value& member) const {
    if (relation_ == ']') return true;
    double a, b;
    if (member.GetNumber(&a) && operand_.GetNumber(&b)) {
      return Holds((a > b) - (a < b));
    }
    const std::string* s = member.AsString();
    const std::string* text = operand_.AsString();
    return s != nullptr && text != nullptr && Holds(s->compare(*text));
  }

  bool Holds(int order) const {
    return relation_ == '<'   ? order < 0
           : relation_ == '>' ? order > 0
                              : order == 0;
  }

  std::string name_;
  char relation_;
  Value operand_;
};

class PathParser {
 public:
  explicit PathParser(std::string_view path) : rest_(path) {}

  bool Parse(std::vector<std::unique_ptr<Step>>* steps) {
    if (!Accept("$")) return false;
    while (!rest_.empty()) {
      std::unique_ptr<Step> step = ParseStep();
      if (step == nullptr) return false;
      steps->push_back(std::move(step));
    }
    return true;
  }

 private:
  bool Accept(std::string_view text) {
    if (rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string TakeUntil(std::string_view stops) {
    size_t size = std::min(rest_.find_first_of(stops), rest_.size());
    std::string taken(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return taken;
  }

  bool TakeInteger(int64_t* integer) {
    std::string digits = TakeUntil(":]");
    char* end;
    *integer = std::strtoll(digits.c_str(), &end, 10);
    return !digits.empty() && *end == '\0';
  }

  // These return null if the path is malformed.
  std::unique_ptr<Step> ParseStep() {
    if (Accept(".*") || Accept("[*]")) return std::make_unique<AllStep>();
    if (Accept("[?")) return ParseFilter();
    if (Accept("[")) return ParseSlice();
    bool deep = Accept("..");
    if (!deep && !Accept(".")) return nullptr;
    std::string name = TakeUntil(".[");
    if (name.empty()) return nullptr;
    if (deep) return std::make_unique<DeepStep>(std::move(name));
    return std::make_unique<NameStep>(std::move(name));
  }

  std::unique_ptr<Step> ParseSlice() {
    int64_t from = 0, to = INT64_MAX;
    bool slice = Accept(":");
    if (!slice) {
      if (!TakeInteger(&from)) return nullptr;
      slice = Accept(":");
      if (!slice && from != -1) to = from + 1;
    }
    if (slice && rest_.substr(0, 1) != "]" && !TakeInteger(&to)) {
      return nullptr;
    }
    if (!Accept("]")) return nullptr;
    return std::make_unique<SliceStep>(from, to);
  }

  std::unique_ptr<Step> ParseFilter() {
    std::string name = TakeUntil("<>=]");
    if (name.empty() || rest_.empty()) return nullptr;
    char relation = rest_.front();
    rest_.remove_prefix(1);
    Value operand;
    if (relation != ']' && !(ParseOperand(&operand) && Accept("]"))) {
      return nullptr;
    }
    return std::make_unique<FilterStep>(std::move(name), relation,
                                        std::move(operand));
  }

  bool ParseOperand(Value* operand) {
    if (Accept("'")) {
      *operand = Value(TakeUntil("'"));
      return Accept("'");
    }
    std::string digits = TakeUntil("]");
    char* end;
    *operand = Value(std::strtod(digits.c_str(), &end));
    return !digits.empty() && *end == '\0';
  }

  std::string_view rest_;
};

}  // namespace

bool Query(const Value& root, std::string_view path,
           std::vector<const Value*>* found) {
  std::vector<std::unique_ptr<Step>> steps;
  if (!PathParser(path).Parse(&steps)) return false;
  Found now = {&root};
  for (const std::unique_ptr<Step>& step : steps) {
    Found next;
    for (const Value* value : now) step->Apply(*value, &next);
    now = std::move(next);
  }
  found->insert(found->end(), now.begin(), now.end());
  return true;
}

}  // namespace json

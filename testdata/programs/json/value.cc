// Objects are vectors that are searched from the back and sorted by insertion:
// they are small. All recursion is bounded by the parser's limit on depth.

#include "testdata/programs/json/value.h"

#include <algorithm>

namespace json {

Value::Value(bool b) : kind_(Kind::kBool), bool_(b) {}
Value::Value(int64_t i) : kind_(Kind::kInteger), integer_(i) {}
Value::Value(double d) : kind_(Kind::kDouble), double_(d) {}
Value::Value(std::string s) : kind_(Kind::kString), string_(std::move(s)) {}
Value::Value(Array a) : kind_(Kind::kArray), array_(std::move(a)) {}
Value::Value(Object o) : kind_(Kind::kObject), object_(std::move(o)) {}

bool Value::GetNumber(double* number) const {
  if (const int64_t* i = AsInteger()) {
    *number = static_cast<double>(*i);
    return true;
  }
  if (const double* d = AsDouble()) {
    *number = *d;
    return true;
  }
  return false;
}

const Value* Value::Find(std::string_view name) const {
  const Object* object = AsObject();
  if (object == nullptr) return nullptr;
  for (auto it = object->rbegin(); it != object->rend(); ++it) {
    if (it->name == name) return &it->value;
  }
  return nullptr;
}

size_t Value::CountValues() const {
  size_t count = 1;
  if (const Array* array = AsArray()) {
    for (const Value& item : *array) count += item.CountValues();
  } else if (const Object* object = AsObject()) {
    for (const Member& member : *object) count += member.value.CountValues();
  }
  return count;
}

size_t Value::Depth() const {
  size_t deepest = 0;
  if (const Array* array = AsArray()) {
    for (const Value& item : *array) deepest = std::max(deepest, item.Depth());
  } else if (const Object* object = AsObject()) {
    for (const Member& member : *object) {
      deepest = std::max(deepest, member.value.Depth());
    }
  } else {
    return 0;
  }
  return deepest + 1;
}

static bool SameMembers(const Value::Object& a, const Value::Object& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Member& x, const Member& y) {
                      return x.name == y.name && x.value == y.value;
                    });
}

bool operator==(const Value& a, const Value& b) {
  if (a.IsNull()) return b.IsNull();
  if (const bool* x = a.AsBool()) return b.AsBool() && *x == *b.AsBool();
  if (const int64_t* x = a.AsInteger()) {
    return b.AsInteger() && *x == *b.AsInteger();
  }
  if (const double* x = a.AsDouble()) {
    return b.AsDouble() && *x == *b.AsDouble();
  }
  if (const std::string* x = a.AsString()) {
    return b.AsString() && *x == *b.AsString();
  }
  if (const Value::Array* x = a.AsArray()) {
    return b.AsArray() && *x == *b.AsArray();
  }
  return b.AsObject() && SameMembers(*a.AsObject(), *b.AsObject());
}

void Canonicalize(Value* value) {
  if (Value::Array* array = value->MutableArray()) {
    for (Value& item : *array) Canonicalize(&item);
  }
  Value::Object* object = value->MutableObject();
  if (object == nullptr) return;
  Value::Object kept;
  for (Member& member : *object) {
    Canonicalize(&member.value);
    auto it = std::lower_bound(
        kept.begin(), kept.end(), member.name,
        [](const Member& m, const std::string& name) { return m.name < name; });
    if (it != kept.end() && it->name == member.name) {
      *it = std::move(member);
    } else {
      kept.insert(it, std::move(member));
    }
  }
  *object = std::move(kept);
}

void MergePatch(const Value& patch, Value* target) {
  const Value::Object* changes = patch.AsObject();
  if (changes == nullptr) {
    *target = patch;
    return;
  }
  if (target->AsObject() == nullptr) *target = Value(Value::Object());
  Value::Object* object = target->MutableObject();
  for (const Member& change : *changes) {
    auto same_name = [&](const Member& m) { return m.name == change.name; };
    if (change.value.IsNull()) {
      std::erase_if(*object, same_name);
      continue;
    }
    auto it = std::find_if(object->begin(), object->end(), same_name);
    if (it == object->end()) {
      object->push_back(Member{change.name, Value()});
      it = object->end() - 1;
    }
    MergePatch(change.value, &it->value);
  }
}

}  // namespace json

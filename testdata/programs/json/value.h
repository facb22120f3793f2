// JSON values.

#ifndef TESTDATA_PROGRAMS_JSON_VALUE_H_
#define TESTDATA_PROGRAMS_JSON_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace json {

struct Member;

// A value that owns what it contains. Whole numbers that fit are integers, all
// others doubles; the two never compare equal.
class Value {
 public:
  using Array = std::vector<Value>;
  // In the order of the text; names may repeat, the last one counts.
  using Object = std::vector<Member>;

  Value() = default;
  explicit Value(bool b);
  explicit Value(int64_t i);
  explicit Value(double d);
  explicit Value(std::string s);
  explicit Value(Array a);
  explicit Value(Object o);

  bool IsNull() const { return kind_ == Kind::kNull; }

  // Each returns what the value holds, or null if it holds something else.
  const bool* AsBool() const { return Is(Kind::kBool, &bool_); }
  const int64_t* AsInteger() const { return Is(Kind::kInteger, &integer_); }
  const double* AsDouble() const { return Is(Kind::kDouble, &double_); }
  const std::string* AsString() const { return Is(Kind::kString, &string_); }
  const Array* AsArray() const { return Is(Kind::kArray, &array_); }
  const Object* AsObject() const { return Is(Kind::kObject, &object_); }
  Array* MutableArray() { return const_cast<Array*>(AsArray()); }
  Object* MutableObject() { return const_cast<Object*>(AsObject()); }

  // Returns whether the value is a number, which goes to `number`.
  bool GetNumber(double* number) const;

  // Returns the member's value, or null if there is none or no object.
  const Value* Find(std::string_view name) const;

  // Returns how many values there are in this one, itself included.
  size_t CountValues() const;

  // Returns how many arrays and objects are open at the deepest point.
  size_t Depth() const;

 private:
  enum class Kind { kNull, kBool, kInteger, kDouble, kString, kArray, kObject };

  template <typename T>
  const T* Is(Kind kind, const T* content) const {
    return kind_ == kind ? content : nullptr;
  }

  // Only the content that the kind names is in use. A std::variant would be
  // smaller, but its instances' names would be most of the module.
  Kind kind_ = Kind::kNull;
  union {
    bool bool_;
    int64_t integer_ = 0;
    double double_;
  };
  std::string string_;
  Array array_;
  Object object_;
};

struct Member {
  std::string name;
  Value value;
};

bool operator==(const Value& a, const Value& b);

// Sorts the members of all objects by name and drops those that do not count.
void Canonicalize(Value* value);

// Changes `target` as RFC 7396 (JSON Merge Patch) says.
void MergePatch(const Value& patch, Value* target);

}  // namespace json

#endif  // TESTDATA_PROGRAMS_JSON_VALUE_H_

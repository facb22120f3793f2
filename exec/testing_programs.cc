// Text is made from left to right, as the operand stack would see it: Value
// appends operators that push one value of a type, Statement such that leave
// the stack alone. A budget of operators is shared by all of it.
#include "exec/testing_programs.h"

#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace weft::exec::testing {
namespace {

// Types by letter: i32, i64, f64, v128, (ref null any).
constexpr absl::string_view kTypes = "ildvr";
constexpr int kLocalsPerType = 4;

absl::string_view TypeText(char type) {
  switch (type) {
    case 'i':
      return "i32";
    case 'l':
      return "i64";
    case 'd':
      return "f64";
    case 'v':
      return "v128";
    default:
      return "anyref";
  }
}

constexpr absl::string_view kPrelude = R"((module
  (type $pair (struct (field (mut i32)) (field anyref)))
  (type $twist (func (param i32 i64) (result i64 i32)))
  (tag $tag (param i32 f64))
  (memory (export "memory") 1)
  (global $global (export "global") (mut i64) (i64.const 5))
  (table funcref (elem $swap $turn $swap))
  (func $swap (type $twist) (local.get 1) (local.get 0))
  (func $turn (type $twist)
    (i64.rotl (local.get 1) (i64.const 9))
    (i32.rotr (local.get 0) (i32.const 3)))
  (func $mix (param i32 anyref f64 v128 anyref)
             (result anyref v128 f64 anyref i32)
    (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
  (func $even (param i32) (result i32)
    (if (i32.and (local.get 0) (i32.const 1))
      (then (throw $tag (i32.mul (local.get 0) (i32.const 3))
                        (f64.convert_i32_u (local.get 0)))))
    (i32.shr_u (local.get 0) (i32.const 1)))
  (func $count (param i32 i64) (result i64)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call $count
      (i32.sub (i32.and (local.get 0) (i32.const 15)) (i32.const 1))
      (i64.mul (local.get 1) (i64.const 7))))
)";

class Maker {
 public:
  Maker(uint32_t seed, int size)
      : random_(seed * 2654435761u + 1), left_(size) {}

  std::string Make() {
    std::string body;
    std::swap(body, out_);
    labels_ = {"ild"};
    while (left_ > 0) Statement(5);
    // Vectors and references count, too.
    for (const char type : kTypes) {
      for (int i = 0; i < kLocalsPerType; ++i) {
        Add("(local.get $", std::string(1, type), i, ")");
      }
      Digest(type);
    }
    for (const char type : absl::string_view("ild")) Value(type, 3);
    std::string main = std::move(out_);
    std::string text(kPrelude);
    absl::StrAppend(&text, "(func (export \"f\") ",
                    "(param $i0 i32) (param $l0 i64) (param $d0 f64) "
                    "(result i32 i64 f64)\n");
    for (const char type : kTypes) {
      const int first = type == 'v' || type == 'r' ? 0 : 1;
      for (int i = first; i < kLocalsPerType; ++i) {
        absl::StrAppend(&text, "(local $", std::string(1, type), i, " ",
                        TypeText(type), ")");
      }
    }
    for (int i = 0; i < counters_; ++i) {
      absl::StrAppend(&text, "(local $c", i, " i32)");
    }
    absl::StrAppend(&text, "\n", main, "))\n");
    return text;
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % n); }
  bool OneIn(int n) { return Below(n) == 0; }
  char AnyType() { return kTypes[Below(5)]; }

  template <typename... T>
  void Add(const T&... parts) {
    absl::StrAppend(&out_, parts..., "\n");
    --left_;
  }
  void Pick(std::initializer_list<absl::string_view> ops) {
    Add(ops.begin()[Below(static_cast<int>(ops.size()))]);
  }
  std::string Local(char type) {
    return absl::StrCat("$", std::string(1, type), Below(kLocalsPerType));
  }

  // Four values of `type` go into the memory.
  void Digest(char type) {
    for (int i = 0; i < kLocalsPerType; ++i) {
      ToI64(type);
      Add("global.get $global i64.const 31 i64.mul i64.add global.set $global");
    }
  }
  void ToI64(char type) {
    switch (type) {
      case 'i':
        return Add("i64.extend_i32_s");
      case 'l':
        return;
      case 'd':
        return Add("i64.reinterpret_f64");
      case 'v':
        Add("i64x2.extract_lane ", Below(2));
        return;
      default:
        return RefToI32(), Add("i64.extend_i32_s");
    }
  }
  void RefToI32() {
    switch (Below(3)) {
      case 0:
        return Add("ref.is_null");
      case 1:
        return Add("ref.test i31ref");
      default:
        return Add(
            "(block $no (param anyref) (result i32) (block (param anyref) "
            "(result anyref) (br_on_cast 0 anyref (ref i31)) drop i32.const 77 "
            "br $no) (i31.get_s (ref.cast (ref i31))))");
    }
  }

  void Constant(char type) {
    static constexpr int64_t kEdges[] = {0, 1, -1, 2, 7, 255, 65536, INT32_MIN};
    const int64_t value =
        OneIn(2) ? kEdges[Below(8)] : static_cast<int32_t>(random_() * 3);
    switch (type) {
      case 'i':
        return Add("i32.const ", static_cast<int32_t>(value));
      case 'l':
        return Add("i64.const ", OneIn(3) ? value * 1000003 : value);
      case 'd':
        return Add("f64.const ", value, OneIn(2) ? ".5" : "");
      case 'v':
        return Add("v128.const i64x2 ", value, " ", value * 77);
      default:
        if (OneIn(3)) return Add("ref.null any");
        return Add("(ref.i31 (i32.const ", static_cast<int32_t>(value), "))");
    }
  }

  void Operation(char type, int depth) {
    switch (type) {
      case 'i':
        if (OneIn(4)) {
          const char from = AnyType();
          Value(from, depth);
          return Narrow(from);
        }
        if (OneIn(4)) {
          Value('l', depth), Value('l', depth);
          return Pick({"i64.eq", "i64.lt_s", "i64.ge_u", "i64.gt_u"});
        }
        Value('i', depth), Value('i', depth);
        return Pick({"i32.add", "i32.sub", "i32.mul", "i32.and", "i32.xor",
                     "i32.shl", "i32.rotr", "i32.lt_s", "i32.ge_u", "i32.ne",
                     "i32.eq", "i32.const 3 i32.or i32.div_u",
                     "i32.const 1 i32.or i32.rem_s"});
      case 'l':
        if (OneIn(4)) return Value('i', depth), Add("i64.extend_i32_s");
        Value('l', depth), Value('l', depth);
        return Pick({"i64.add", "i64.sub", "i64.mul", "i64.or", "i64.shr_u",
                     "i64.rotl", "i64.xor"});
      case 'd':
        if (OneIn(4)) return Value('l', depth), Add("f64.convert_i64_s");
        Value('d', depth), Value('d', depth);
        return Pick({"f64.add", "f64.sub", "f64.mul", "f64.min", "f64.div",
                     "f64.copysign"});
      case 'v':
        if (OneIn(4)) return Value('i', depth), Add("i32x4.splat");
        if (OneIn(4)) {
          Value('v', depth), Value('v', depth), Value('v', depth);
          return Add("v128.bitselect");
        }
        Value('v', depth), Value('v', depth);
        return Pick({"i32x4.add", "i64x2.sub", "v128.xor", "i8x16.swizzle"});
      default:
        Value('i', depth);
        if (OneIn(2)) return Add("ref.i31");
        Value('r', depth);
        return Add("struct.new $pair");
    }
  }
  void Narrow(char from) {
    switch (from) {
      case 'i':
        return Pick({"i32.eqz", "i32.popcnt", "i32.extend8_s"});
      case 'l':
        return Pick({"i32.wrap_i64", "i64.eqz"});
      case 'd':
        return Add("i32.trunc_sat_f64_s");
      case 'v':
        return Pick({"i32x4.extract_lane 3", "v128.any_true"});
      default:
        return RefToI32();
    }
  }

  void Address(int depth) {
    Value('i', depth);
    Add("i32.const 0xfff0 i32.and");
  }
  void Load(char type, int depth) {
    if (type == 'r') return Constant(type);
    Address(depth);
    const absl::string_view name = TypeText(type);
    Add(name, ".load offset=", OneIn(80) ? 65536 : Below(8));
  }

  std::string Results(absl::string_view types, absl::string_view word) {
    std::string text = absl::StrCat("(", word);
    for (const char type : types) absl::StrAppend(&text, " ", TypeText(type));
    return text + ")";
  }

  // A few values, at times more than a branch moves one by one.
  std::string AnyTypes() {
    const int count = OneIn(12) ? 9 + Below(6) : 1 + Below(3);
    std::string types;
    for (int i = 0; i < count; ++i) types.push_back(AnyType());
    return types;
  }
  void Values(absl::string_view types, int depth) {
    for (const char type : types) Value(type, depth);
  }
  // All but the first, whose type is `type`, go away.
  void KeepFirst(absl::string_view types) {
    for (size_t i = types.size(); i > 1; --i) {
      if (OneIn(2)) {
        Add("local.set ", Local(types[i - 1]));
      } else {
        Add("drop");
      }
    }
  }

  // Depths of labels that take `types`, for branches that may not be for ever.
  std::vector<int> LabelsOf(absl::string_view types) {
    std::vector<int> found;
    const int count = static_cast<int>(labels_.size());
    for (int i = 0; i < count; ++i) {
      if (labels_[count - 1 - i] == types) found.push_back(i);
    }
    return found;
  }

  // A block of `types`, with branches to it and to others like it.
  void Block(absl::string_view types, int depth) {
    Add("block ", Results(types, "result"));
    labels_.emplace_back(types);
    for (int i = Below(3); i > 0; --i) Statement(depth - 1);
    // Something in the way of what a branch takes along.
    const char below = OneIn(2) ? AnyType() : 0;
    if (below != 0) Value(below, depth - 1);
    Values(types, depth - 1);
    const std::vector<int> targets = LabelsOf(types);
    const auto target = [&] {
      return targets[Below(static_cast<int>(targets.size()))];
    };
    for (int i = Below(3); i > 0; --i) {
      Value('i', depth - 1);
      Add("br_if ", target());
    }
    switch (Below(below != 0 ? 2 : 3)) {
      case 0:
        Add("br ", target());
        break;
      case 1: {
        Value('i', depth - 1);
        std::string table = "br_table";
        for (int i = Below(5); i >= 0; --i) {
          absl::StrAppend(&table, " ", target());
        }
        Add(table);
        break;
      }
      default:
        break;
    }
    labels_.pop_back();
    Add("end");
  }

  void If(absl::string_view types, int depth) {
    Value('i', depth - 1);
    const std::string params = OneIn(2) ? AnyTypes() : "";
    // The condition is on top of the parameters.
    if (!params.empty()) {
      Add("local.set $i0");
      Values(params, depth - 1);
      Add("local.get $i0");
      if (OneIn(2)) Add("i32.const 3 i32.lt_u");
    }
    Add("if ", Results(params, "param"), Results(types, "result"));
    for (const bool then : {true, false}) {
      labels_.emplace_back(types);
      Values(params.empty() ? "" : "i", depth - 1);
      if (!params.empty()) Add("drop");
      KeepFirst(params);
      if (!params.empty()) Add("local.set ", Local(params[0]));
      Values(types, depth - 1);
      labels_.pop_back();
      Add(then ? "else" : "end");
    }
  }

  // A loop that is left after a few rounds; parameters change places if they
  // can.
  void Loop(absl::string_view types, int depth) {
    const int counter = counters_++;
    Add("i32.const ", 1 + Below(4), " local.set $c", counter);
    Values(types, depth - 1);
    Add("loop ", Results(types, "param"), Results(types, "result"));
    labels_.push_back("loop");
    for (int i = Below(2); i > 0; --i) Statement(depth - 1);
    if (types.size() == 2) {
      const std::string name = absl::StrCat(" $", types.substr(0, 1));
      Add("local.set", name, "1 local.set", name, "2");
      Add("local.get", name, "1 local.get", name, "2");
    } else {
      Value(types.back(), depth - 1);
      Add("local.set ", Local(types.back()));
    }
    Add("local.get $c", counter, " i32.const 1 i32.sub local.tee $c", counter);
    Add("br_if 0");
    labels_.pop_back();
    Add("end");
  }

  void Call(char type, int depth) {
    switch (type) {
      case 'l':
        if (OneIn(2)) {
          Value('i', depth), Value('l', depth);
          return Add("call $count");
        }
        [[fallthrough]];
      case 'i':
        if (type == 'i' && OneIn(50)) {
          Value('i', depth);
          return Add("call $even");
        }
        Value('i', depth), Value('l', depth), Value('i', depth);
        Add("i32.const 3 i32.rem_u");
        Add("call_indirect (type $twist)");
        if (type == 'i') {
          Add("local.set $i3");
          Add("local.set ", Local('l'));
          return Add("local.get $i3");
        }
        return Add("local.set ", Local('i'));
      default:
        Values("irdvr", depth);
        Add("call $mix");
        Add("local.set ", Local('i'));
        if (type == 'r') {
          Add("local.set ", Local('r'));
          return KeepFirst("rvd");
        }
        Add("drop");
        if (type == 'd') {
          Add("local.set $d3 drop drop local.get $d3");
          return;
        }
        return Add("drop local.set $v3 drop local.get $v3");
    }
  }

  // An i32 from a callee that may throw.
  void Guarded(int depth) {
    Add("block (result i32 f64)");
    labels_.push_back("caught");
    const bool ref = OneIn(3);
    if (ref) Add("block (result i32 f64 exnref)");
    Add("try_table (result i32) (catch", ref ? "_ref" : "", " $tag 0)");
    labels_.push_back("caught");
    if (ref) labels_.push_back("caught");
    Value('i', depth);
    Add("call $even");
    labels_.pop_back();
    Add("end f64.const 0.25");
    if (ref) {
      labels_.pop_back();
      Add("br 1 end drop");
    }
    labels_.pop_back();
    Add("end local.set ", Local('d'));
  }

  void Value(char type, int depth) {
    if (depth <= 0 || left_ <= 0) {
      if (OneIn(3)) return Constant(type);
      return Add("local.get ", Local(type));
    }
    switch (Below(14)) {
      case 0:
        return Constant(type);
      case 1:
      case 2:
        return Add("local.get ", Local(type));
      case 3:
        Value(type, depth - 1);
        return Add("local.tee ", Local(type));
      case 4: {
        Value(type, depth - 1), Value(type, depth - 1), Value('i', depth - 1);
        if (type == 'r') return Add("select (result anyref)");
        return Add("select");
      }
      case 5:
      case 6: {
        const std::string types = std::string(1, type) + AnyTypes();
        if (OneIn(2)) {
          Block(types, depth);
        } else {
          If(types, depth);
        }
        return KeepFirst(types);
      }
      case 7: {
        const std::string types(1 + Below(2), type);
        Loop(types, depth);
        return KeepFirst(types);
      }
      case 8:
        return Call(type, depth - 1);
      case 9:
        if (type == 'i') return Guarded(depth - 1);
        return Load(type, depth - 1);
      default:
        return Operation(type, depth - 1);
    }
  }

  void Statement(int depth) {
    switch (depth <= 0 ? Below(2) : Below(9)) {
      case 0:
      case 1:
      case 2: {
        const char type = AnyType();
        Value(type, depth - 1);
        return Add("local.set ", Local(type));
      }
      case 3: {
        const char type = kTypes[Below(4)];
        Address(depth - 1);
        Value(type, depth - 1);
        return Add(TypeText(type), ".store offset=", Below(8));
      }
      case 4:
        Add("block");
        labels_.emplace_back();
        for (int i = 1 + Below(3); i > 0; --i) Statement(depth - 1);
        Value('i', depth - 1);
        Add("br_if ", LabelsOf("").front());
        Statement(depth - 1);
        labels_.pop_back();
        return Add("end");
      case 5:
        Value('i', depth - 1);
        Add("if");
        labels_.emplace_back();
        Statement(depth - 1);
        if (OneIn(2)) {
          Add("else");
          Statement(depth - 1);
        }
        labels_.pop_back();
        return Add("end");
      case 6:
        Value('i', depth - 1);
        Add("i32.const 63 i32.and i32.eqz if");
        labels_.push_back("if");
        Values("ild", depth - 1);
        Add("return");
        labels_.pop_back();
        return Add("end");
      case 7:
        Address(depth - 1);
        Value('i', depth - 1);
        return Add("i32.const ", Below(16), " memory.fill");
      default:
        Value('l', depth - 1);
        return Add("global.set $global");
    }
  }

  std::minstd_rand random_;
  int left_;
  int counters_ = 0;
  std::string out_;
  // Types of labels, the innermost last; words where no branch may go to.
  std::vector<std::string> labels_;
};

}  // namespace

std::string RandomProgram(uint32_t seed, int size) {
  return Maker(seed, size).Make();
}

}  // namespace weft::exec::testing

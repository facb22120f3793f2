// Sizes are compared by difference: bytes that the rule adds minus bytes that
// it frees. The root is freed, and so is every inner node of the pattern whose
// parent is freed and which has no other use; constants go with their parent.
// Values that gain or lose uses are charged for reading a local when they have
// more than one.
#include "passes/rules/compiler/rule_code.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "passes/rules/compiler/typing.h"

namespace weft::rules {
namespace {

using wasm::Feature;
using wasm::InfoOf;
using wasm::Op;
using wasm::ValueType;

constexpr absl::string_view kOpNames[] = {
#define WEFT_OP(name, ...) #name,
#include "ir/wasm/ops.def"
#undef WEFT_OP
};
constexpr absl::string_view kFeatureNames[] = {
    "Mvp",
#define WEFT_FEATURE(name, ...) #name,
#include "ir/wasm/features.def"
#undef WEFT_FEATURE
};

std::string TypeName(ValueType type) {
  switch (type.kind()) {
    case ValueType::kI32:
      return "ValueType::kI32";
    case ValueType::kI64:
      return "ValueType::kI64";
    case ValueType::kF32:
      return "ValueType::kF32";
    case ValueType::kF64:
      return "ValueType::kF64";
    default:
      return "ValueType::kV128";
  }
}

int OpBytes(Op op) {
  const wasm::OpInfo& info = InfoOf(op);
  return info.prefix == 0 ? 1 : info.code < 0x80 ? 2 : 3;
}

std::string CppType(int width) {
  return width == 32 ? "uint32_t" : width == 64 ? "uint64_t" : "bool";
}

void CollectOps(const Node& node, std::set<Op>* ops) {
  if (node.kind == Node::Kind::kOp) ops->insert(node.op);
  for (const Node& arg : node.args) CollectOps(arg, ops);
}

bool Mentions(const Node& node, absl::string_view name) {
  if (node.kind == Node::Kind::kValue && node.name == name) return true;
  for (const Node& arg : node.args) {
    if (Mentions(arg, name)) return true;
  }
  return false;
}

class Writer {
 public:
  Writer(const Rule& rule, int number) : rule_(rule), number_(number) {}

  std::string Run() {
    WriteFeatures();
    Bind(rule_.pattern, "v");
    for (const Expr& condition : rule_.where) {
      Require(Cpp(condition));
    }
    WriteUses(rule_.pattern, "v", "");
    ComputeConstants(rule_.result);
    if (!rule_.grows) WriteSize();
    const std::string result = Build(rule_.result);
    Line(absl::StrCat("return m.Done(", number_, ", ", result, ");"));
    return Assemble();
  }

 private:
  // A line of the function; declarations say what they declare.
  struct CodeLine {
    std::string declares;
    std::string text;
  };

  void Line(absl::string_view text) {
    lines_.push_back({"", std::string(text)});
  }
  void Declare(absl::string_view type, absl::string_view name,
               absl::string_view value) {
    lines_.push_back({std::string(name), absl::StrCat("const ", type, " ", name,
                                                      " = ", value, ";")});
  }

  static bool IsNamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }

  // The names in `text`.
  static void CollectNames(absl::string_view text,
                           std::set<std::string>* names) {
    for (size_t i = 0; i < text.size();) {
      size_t end = i;
      while (end < text.size() && IsNamePart(text[end])) ++end;
      if (end > i) names->insert(std::string(text.substr(i, end - i)));
      i = end + 1;
    }
  }

  // The function without declarations that nothing uses.
  std::string Assemble() const {
    std::set<std::string> used;
    std::vector<std::string> kept;
    for (size_t i = lines_.size(); i-- > 0;) {
      const CodeLine& line = lines_[i];
      if (!line.declares.empty() && !used.contains(line.declares)) continue;
      CollectNames(line.text, &used);
      kept.push_back(absl::StrCat("  ", line.text, "\n"));
    }
    std::reverse(kept.begin(), kept.end());
    return absl::StrCat("// ", rule_.name, " (", rule_.file, ":", rule_.line,
                        ")\nValueId Rule", number_,
                        "(Matcher& m, ValueId v) {\n", absl::StrJoin(kept, ""),
                        "}\n\n");
  }

  void Require(absl::string_view condition) {
    Line(absl::StrCat("if (!(", condition, ")) return m.None();"));
  }

  void WriteFeatures() {
    std::set<Op> given;
    std::set<Op> made;
    CollectOps(rule_.pattern, &given);
    CollectOps(rule_.result, &made);
    std::set<Feature> known = {Feature::kMvp};
    for (Op op : given) known.insert(InfoOf(op).feature);
    for (Op op : made) {
      const Feature feature = InfoOf(op).feature;
      if (!known.insert(feature).second) continue;
      Require(absl::StrCat("m.Has(Feature::k",
                           kFeatureNames[static_cast<int>(feature)], ")"));
    }
    if (rule_.for_size) Require("m.for_size()");
  }

  // Names everything in the pattern below the operator `node`, which is `at`.
  void Bind(const Node& node, const std::string& at) {
    if (!node.name.empty()) values_[node.name] = at;
    // A plain select may be of any type, one with a type only of that.
    if (node.op == Op::kSelect && node.type != ValueType::kNone) {
      Require(absl::StrCat("m.TypeOf(", at, ") == ", TypeName(node.type)));
    }
    for (size_t i = 0; i < node.args.size(); ++i) {
      const Node& arg = node.args[i];
      const std::string name = absl::StrCat(at, "_", i);
      Declare("ValueId", name, absl::StrCat("m.Operand(", at, ", ", i, ")"));
      switch (arg.kind) {
        case Node::Kind::kOp:
          Bind(arg, name);
          break;
        case Node::Kind::kValue:
          if (const auto it = values_.find(arg.name); it != values_.end()) {
            Require(absl::StrCat(name, " == ", it->second));
          } else {
            values_[arg.name] = name;
          }
          break;
        case Node::Kind::kConstant:
          BindConstant(arg, name);
          break;
        default:
          Require(absl::StrCat(ConstAt(arg.type, name), " == ", Cpp(arg.expr)));
      }
    }
  }

  void BindConstant(const Node& node, const std::string& at) {
    const std::string bits = ConstAt(node.type, at);
    if (!constants_.emplace(node.name, at).second) {
      Require(absl::StrCat("c_", node.name, " == ", bits));
      return;
    }
    Declare(CppType(WidthOf(node.type)), absl::StrCat("c_", node.name), bits);
  }

  static std::string ConstAt(ValueType type, absl::string_view at) {
    return absl::StrCat("m.Const", WidthOf(type), "(", at, ")");
  }

  // Which inner nodes are freed with the root, and what the rule asks of them.
  void WriteUses(const Node& node, const std::string& at,
                 const std::string& parent_freed) {
    for (size_t i = 0; i < node.args.size(); ++i) {
      const Node& arg = node.args[i];
      if (arg.kind != Node::Kind::kOp) continue;
      const std::string name = absl::StrCat(at, "_", i);
      std::string single = absl::StrCat("m.SingleUse(", at, ", ", i, ")");
      for (const std::string& wanted : rule_.single_use) {
        if (wanted == arg.name) Require(single);
      }
      if (!arg.name.empty() && Mentions(rule_.result, arg.name)) {
        single = "false";  // The result uses it.
      } else if (!parent_freed.empty()) {
        single = absl::StrCat(parent_freed, " && ", single);
      }
      Declare("bool", absl::StrCat("free_", name), single);
      WriteUses(arg, name, absl::StrCat("free_", name));
    }
  }

  void ComputeConstants(const Node& node) {
    if (node.kind == Node::Kind::kComputed) {
      const std::string name = absl::StrCat("k", computed_.size());
      computed_[&node] = name;
      Declare(CppType(node.expr.width), name, Cpp(node.expr));
    }
    for (const Node& arg : node.args) ComputeConstants(arg);
  }

  // -- Size
  // --------------------------------------------------------------------
  struct Leaf {
    std::vector<std::string> lost;  // Terms of a sum.
    int gained = 0;
  };

  void WriteSize() {
    std::vector<std::string> terms;
    std::map<std::string, Leaf> leaves;  // By C++ name of the value.
    // A condition or a demanded value may have other uses than this one.
    const bool other_uses = rule_.in_condition || rule_.demanded;
    if (other_uses) Declare("bool", "free_v", "m.Uses(v) <= 1");
    CountPattern(rule_.pattern, "v", other_uses ? "free_v" : "", &terms,
                 &leaves);
    CountResult(rule_.result, &terms, &leaves);
    for (const auto& [name, leaf] : leaves) {
      const std::string lost =
          leaf.lost.empty() ? "0" : absl::StrJoin(leaf.lost, " + ");
      if (lost == absl::StrCat(leaf.gained)) continue;
      terms.push_back(absl::StrCat("m.UseBytes(", name, ", ", lost, ", ",
                                   leaf.gained, ")"));
    }
    Require(absl::StrCat(absl::StrJoin(terms, " + "),
                         rule_.smaller ? " < 0" : " <= 0"));
  }

  // `freed` is the C++ condition under which `node` goes, empty for always.
  void CountPattern(const Node& node, const std::string& at,
                    const std::string& freed, std::vector<std::string>* terms,
                    std::map<std::string, Leaf>* leaves) {
    const auto when = [&](absl::string_view amount) {
      return freed.empty() ? std::string(amount)
                           : absl::StrCat("(", freed, " ? ", amount, " : 0)");
    };
    terms->push_back(when(absl::StrCat("-", OpBytes(node.op))));
    for (size_t i = 0; i < node.args.size(); ++i) {
      const Node& arg = node.args[i];
      const std::string name = absl::StrCat(at, "_", i);
      switch (arg.kind) {
        case Node::Kind::kOp:
          // One that stays loses a use.
          (*leaves)[name].lost.push_back(
              freed.empty()
                  ? absl::StrCat("(free_", name, " ? 0 : 1)")
                  : absl::StrCat("(", freed, " && !free_", name, " ? 1 : 0)"));
          CountPattern(arg, name, absl::StrCat("free_", name), terms, leaves);
          break;
        case Node::Kind::kValue:
          (*leaves)[values_.at(arg.name)].lost.push_back(when("1"));
          break;
        default:
          terms->push_back(
              when(absl::StrCat("-ConstBytes(", TypeName(arg.type), ", ",
                                ConstAt(arg.type, name), ")")));
      }
    }
  }

  void CountResult(const Node& node, std::vector<std::string>* terms,
                   std::map<std::string, Leaf>* leaves) {
    switch (node.kind) {
      case Node::Kind::kOp:
        terms->push_back(absl::StrCat(OpBytes(node.op)));
        for (const Node& arg : node.args) CountResult(arg, terms, leaves);
        return;
      case Node::Kind::kValue:
        ++(*leaves)[values_.at(node.name)].gained;
        return;
      default:
        terms->push_back(absl::StrCat("ConstBytes(", TypeName(node.type), ", ",
                                      BitsOf(node), ")"));
    }
  }

  // -- Building
  // -----------------------------------------------------------------
  std::string BitsOf(const Node& node) const {
    switch (node.kind) {
      case Node::Kind::kConstant:
        return absl::StrCat("c_", node.name);
      case Node::Kind::kComputed:
        return computed_.at(&node);
      default:
        return Cpp(node.expr);
    }
  }

  // The C++ name of the value that `node` of the result becomes.
  std::string Build(const Node& node) {
    if (node.kind == Node::Kind::kValue) return values_.at(node.name);
    if (node.kind == Node::Kind::kConstant) return constants_.at(node.name);
    std::string made;
    if (node.kind == Node::Kind::kOp) {
      std::vector<std::string> operands;
      for (const Node& arg : node.args) operands.push_back(Build(arg));
      const std::string list =
          absl::StrCat("{", absl::StrJoin(operands, ", "), "}");
      made =
          node.type == ValueType::kNone
              ? absl::StrCat("m.NewSelect(", list, ")")
              : absl::StrCat("m.New(Op::k", kOpNames[static_cast<int>(node.op)],
                             ", ", TypeName(node.type), ", ", list, ")");
    } else {
      made = absl::StrCat("m.NewConst(", TypeName(node.type), ", ",
                          BitsOf(node), ")");
    }
    const std::string name = absl::StrCat("n", num_new_++);
    Declare("ValueId", name, made);
    return name;
  }

  // -- Expressions
  // --------------------------------------------------------------
  std::string Cpp(const Expr& expr) const {
    const int width = expr.width;
    switch (expr.kind) {
      case Expr::Kind::kLiteral:
        return absl::StrCat(CppType(width), "{0x", absl::Hex(expr.literal),
                            "u}");
      case Expr::Kind::kConstant:
        return absl::StrCat("c_", expr.text);
      case Expr::Kind::kBits:
        return absl::StrCat("m.Bits", width, "(", values_.at(expr.text), ")");
      case Expr::Kind::kSignedBits:
        return absl::StrCat("m.SignedBits", width, "(", values_.at(expr.text),
                            ")");
      case Expr::Kind::kIsConst:
        return absl::StrCat("m.IsConstant(", values_.at(expr.text), ")");
      case Expr::Kind::kDemanded:
        return absl::StrCat("m.Demanded", width, "()");
      case Expr::Kind::kUnary:
        if (expr.text == "-") {
          return absl::StrCat("(", CppType(width), "{0} - ", Cpp(expr.args[0]),
                              ")");
        }
        return absl::StrCat("(", expr.text, Cpp(expr.args[0]), ")");
      case Expr::Kind::kBinary:
        return Binary(expr);
      case Expr::Kind::kCall:
        return Call(expr);
    }
    return "";
  }

  std::string Binary(const Expr& expr) const {
    const std::string a = Cpp(expr.args[0]);
    const std::string b = Cpp(expr.args[1]);
    const std::string& op = expr.text;
    if (op == "<<") return absl::StrCat("Shl(", a, ", ", b, ")");
    if (op == ">>u") return absl::StrCat("ShrU(", a, ", ", b, ")");
    if (op == ">>s") return absl::StrCat("ShrS(", a, ", ", b, ")");
    if (op == "<s") return absl::StrCat("LessS(", a, ", ", b, ")");
    if (op == ">s") return absl::StrCat("LessS(", b, ", ", a, ")");
    if (op == "<=s") return absl::StrCat("(!LessS(", b, ", ", a, "))");
    if (op == ">=s") return absl::StrCat("(!LessS(", a, ", ", b, "))");
    // Unsigned comparisons are C++'s own on unsigned integers.
    const std::string plain =
        op.back() == 'u' ? op.substr(0, op.size() - 1) : op;
    return absl::StrCat("(", a, " ", plain, " ", b, ")");
  }

  std::string Call(const Expr& expr) const {
    const std::string a = Cpp(expr.args[0]);
    if (expr.text == "pow2")
      return absl::StrCat("std::has_single_bit(", a, ")");
    if (expr.text == "log2") return absl::StrCat("Log2(", a, ")");
    if (expr.text == "low")
      return absl::StrCat("static_cast<uint32_t>(", a, ")");
    if (expr.text == "zext") return absl::StrCat("uint64_t{", a, "}");
    return absl::StrCat("static_cast<uint64_t>(int64_t{static_cast<int32_t>(",
                        a, ")})");
  }

  const Rule& rule_;
  const int number_;
  std::vector<CodeLine> lines_;
  std::map<std::string, std::string> values_;     // Name to C++ name.
  std::map<std::string, std::string> constants_;  // Name to where it matched.
  std::map<const Node*, std::string> computed_;
  int num_new_ = 0;
};

}  // namespace

std::string RuleFunction(const Rule& rule, int number) {
  return Writer(rule, number).Run();
}

}  // namespace weft::rules

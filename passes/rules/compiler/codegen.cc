// A tree node asks for the operator at one position of the pattern: the first
// that the first remaining rule still needs. Rules that do not care about that
// position go into every branch, so nothing is asked twice and order is kept.
#include "passes/rules/compiler/codegen.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "passes/rules/compiler/rule_code.h"

namespace weft::rules {
namespace {

using wasm::Op;
using wasm::ValueType;

// A position in a pattern: operand numbers from the root.
using Path = std::vector<int>;

std::string ValueAt(const Path& path) {
  return path.empty() ? "v" : absl::StrCat("v_", absl::StrJoin(path, "_"));
}

std::string OpName(Op op) {
  // Names of the enumerators, which ops.def has.
  static constexpr const char* kNames[] = {
#define WEFT_OP(name, ...) #name,
#include "ir/wasm/ops.def"
#undef WEFT_OP
  };
  return absl::StrCat("Op::k", kNames[static_cast<int>(op)]);
}

Op ConstOp(ValueType type) {
  switch (type.kind()) {
    case ValueType::kI32:
      return Op::kI32Const;
    case ValueType::kI64:
      return Op::kI64Const;
    case ValueType::kF32:
      return Op::kF32Const;
    default:
      return Op::kF64Const;
  }
}

// A rule with what it needs at each position, outermost first.
struct Candidate {
  int number = 0;
  std::vector<std::pair<Path, Op>> needs;

  const Op* NeedAt(const Path& path) const {
    for (const auto& [at, op] : needs) {
      if (at == path) return &op;
    }
    return nullptr;
  }
};

void CollectNeeds(const Node& node, const Path& path, Candidate* candidate) {
  if (node.kind == Node::Kind::kValue) return;
  candidate->needs.emplace_back(
      path, node.kind == Node::Kind::kOp ? node.op : ConstOp(node.type));
  for (size_t i = 0; i < node.args.size(); ++i) {
    Path inner = path;
    inner.push_back(static_cast<int>(i));
    CollectNeeds(node.args[i], inner, candidate);
  }
}

class TreeWriter {
 public:
  explicit TreeWriter(std::string* out) : out_(*out) {}

  void Write(const std::vector<Candidate>& candidates, std::set<Path> asked,
             int depth) {
    for (size_t i = 0; i < candidates.size(); ++i) {
      const Path* next = FirstNeed(candidates[i], asked);
      if (next != nullptr) {
        WriteSwitch(
            {candidates.begin() + static_cast<long>(i), candidates.end()},
            *next, asked, depth);
        return;
      }
      Line(depth,
           absl::StrCat("if (const ValueId r = Rule", candidates[i].number,
                        "(m, v); r.valid()) return r;"));
    }
  }

 private:
  static const Path* FirstNeed(const Candidate& candidate,
                               const std::set<Path>& asked) {
    for (const auto& [path, op] : candidate.needs) {
      if (!asked.contains(path)) return &path;
    }
    return nullptr;
  }

  void WriteSwitch(const std::vector<Candidate>& candidates, Path path,
                   std::set<Path> asked, int depth) {
    std::vector<Op> ops;  // In the order of the rules.
    for (const Candidate& candidate : candidates) {
      const Op* op = candidate.NeedAt(path);
      if (op != nullptr &&
          std::find(ops.begin(), ops.end(), *op) == ops.end()) {
        ops.push_back(*op);
      }
    }
    asked.insert(path);
    if (!path.empty()) {
      Path parent(path.begin(), path.end() - 1);
      Line(depth, absl::StrCat("const ValueId ", ValueAt(path), " = m.Operand(",
                               ValueAt(parent), ", ", path.back(), ");"));
    }
    Line(depth, absl::StrCat("switch (m.OpOf(", ValueAt(path), ")) {"));
    for (Op op : ops) {
      std::vector<Candidate> branch;
      for (const Candidate& candidate : candidates) {
        const Op* need = candidate.NeedAt(path);
        if (need == nullptr || *need == op) branch.push_back(candidate);
      }
      Line(depth + 1, absl::StrCat("case ", OpName(op), ": {"));
      Write(branch, asked, depth + 2);
      Line(depth + 2, "break;");
      Line(depth + 1, "}");
    }
    Line(depth + 1, "default: {");
    std::vector<Candidate> rest;
    for (const Candidate& candidate : candidates) {
      if (candidate.NeedAt(path) == nullptr) rest.push_back(candidate);
    }
    Write(rest, asked, depth + 2);
    Line(depth + 2, "break;");
    Line(depth + 1, "}");
    Line(depth, "}");
  }

  void Line(int depth, absl::string_view text) {
    absl::StrAppend(&out_, std::string(2 * static_cast<size_t>(depth), ' '),
                    text, "\n");
  }

  std::string& out_;
};

// One function per root operator and one that chooses among them.
void WriteTree(absl::Span<const Rule> rules, absl::string_view name,
               bool (*belongs)(const Rule&), std::string* out) {
  std::map<Op, std::vector<Candidate>> by_root;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (!belongs(rules[i])) continue;
    Candidate candidate;
    candidate.number = static_cast<int>(i);
    CollectNeeds(rules[i].pattern, {}, &candidate);
    by_root[rules[i].pattern.op].push_back(std::move(candidate));
  }
  for (const auto& [op, candidates] : by_root) {
    absl::StrAppend(out, "ValueId ", name, OpName(op).substr(5),
                    "(Matcher& m, ValueId v) {\n");
    TreeWriter(out).Write(candidates, std::set<Path>{Path{}}, 1);
    absl::StrAppend(out, "  return m.None();\n}\n\n");
  }
  absl::StrAppend(out, "ValueId ", name, "(Matcher& m, ValueId v) {\n",
                  "  switch (m.OpOf(v)) {\n");
  for (const auto& [op, candidates] : by_root) {
    absl::StrAppend(out, "    case ", OpName(op), ":\n      return ", name,
                    OpName(op).substr(5), "(m, v);\n");
  }
  absl::StrAppend(out, "    default:\n      return m.None();\n  }\n}\n\n");
}

}  // namespace

std::string GenerateMatcher(absl::Span<const Rule> rules) {
  std::string out = "// Generated from passes/rules/*.rules.\n\n";
  absl::StrAppend(&out, "constexpr absl::string_view kRuleNames[] = {\n");
  for (const Rule& rule : rules) {
    absl::StrAppend(&out, "    \"", rule.name, "\",\n");
  }
  absl::StrAppend(&out, "};\n\n");
  for (size_t i = 0; i < rules.size(); ++i) {
    absl::StrAppend(&out, RuleFunction(rules[i], static_cast<int>(i)));
  }
  WriteTree(
      rules, "MatchValue",
      [](const Rule& r) { return !r.in_condition && !r.demanded; }, &out);
  WriteTree(
      rules, "MatchCondition", [](const Rule& r) { return r.in_condition; },
      &out);
  WriteTree(
      rules, "MatchDemanded", [](const Rule& r) { return r.demanded; }, &out);
  return out;
}

}  // namespace weft::rules

// Recursive descent. Loops are unrolled by parsing their body once per tuple
// with the loop variables bound; names are replaced as they are read.
#include "passes/rules/compiler/parser.h"

#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "passes/rules/compiler/lexer.h"
#include "passes/rules/compiler/typing.h"

namespace weft::rules {
namespace {

using wasm::Op;
using wasm::ValueType;

bool IsConstantName(absl::string_view name) {
  return !name.empty() && absl::ascii_isupper(name[0]);
}

ValueType TypeFromText(absl::string_view text) {
  if (text == "i32") return ValueType::kI32;
  if (text == "i64") return ValueType::kI64;
  if (text == "f32") return ValueType::kF32;
  if (text == "f64") return ValueType::kF64;
  if (text == "v128") return ValueType::kV128;
  return ValueType::kNone;
}

// Binary operators by precedence, loosest first, as in C.
constexpr int kLevels = 8;
int LevelOf(absl::string_view op) {
  if (op == "||") return 0;
  if (op == "&&") return 1;
  if (op == "|") return 2;
  if (op == "^") return 3;
  if (op == "&") return 4;
  if (op == "==" || op == "!=" || absl::StartsWith(op, "<=") ||
      absl::StartsWith(op, ">=") || op == "<u" || op == "<s" || op == ">u" ||
      op == ">s") {
    return 5;
  }
  if (op == "<<" || op == ">>u" || op == ">>s") return 6;
  if (op == "+" || op == "-") return 7;
  if (op == "*") return 8;
  return -1;
}

class Parser {
 public:
  Parser(absl::string_view file, std::vector<Token> tokens)
      : file_(file), tokens_(std::move(tokens)) {}

  // False when an error was found; message() then says which.
  bool Items(bool nested);
  std::string message() const { return absl::StrCat(file_, ":", error_); }
  bool failed() const { return !error_.empty(); }
  std::vector<Rule> TakeRules() { return std::move(rules_); }

 private:
  bool Loop();
  bool ReadRule();
  bool ReadNode(bool in_result, Node* node);
  bool ReadOperator(bool in_result, Node* node);
  bool ReadClause(Rule* rule);
  bool ReadExpr(int level, Expr* expr);
  bool ReadUnary(Expr* expr);
  bool ReadCall(const std::string& name, Expr* expr);
  bool ReadNumber(bool negative, Expr* expr);

  const Token& peek() const { return tokens_[pos_]; }
  // The current token with loop variables replaced.
  Token Take();
  bool At(absl::string_view text) const { return peek().text == text; }
  bool Accept(absl::string_view text) {
    if (!At(text)) return false;
    ++pos_;
    return true;
  }
  bool Expect(absl::string_view text) {
    return Accept(text) || Fail(absl::StrCat("expected '", text, "' before '",
                                             peek().text, "'"));
  }
  bool TakeName(std::string* name) {
    const Token token = Take();
    *name = token.text;
    return token.kind == Token::Kind::kName || Fail("expected a name");
  }
  bool Fail(absl::string_view why) {
    if (error_.empty()) error_ = absl::StrCat(peek().line, ": ", why);
    return false;
  }

  std::string file_;
  std::vector<Token> tokens_;
  size_t pos_ = 0;
  std::map<std::string, std::string> bound_;  // Loop variables.
  std::vector<std::string> suffix_;           // First word of each tuple.
  std::vector<Rule> rules_;
  std::string error_;
};

Token Parser::Take() {
  Token token = peek();
  if (token.kind != Token::Kind::kEnd) ++pos_;
  if (token.kind != Token::Kind::kName) return token;
  // Replace each word between dots and underscores.
  std::string result;
  std::string word;
  for (size_t i = 0; i <= token.text.size(); ++i) {
    const char c = i < token.text.size() ? token.text[i] : '\0';
    if (c != '.' && c != '_' && c != '\0') {
      word += c;
      continue;
    }
    const auto it = bound_.find(word);
    result += it == bound_.end() ? word : it->second;
    word.clear();
    if (c != '\0') result += c;
  }
  token.text = result;
  if (absl::ascii_isdigit(result[0])) {
    token.kind = Token::Kind::kNumber;
    if (!ParseNumber(result, &token.number)) Fail("malformed number");
  }
  return token;
}

bool Parser::Items(bool nested) {
  while (true) {
    if (nested ? At("}") : peek().kind == Token::Kind::kEnd) return true;
    if (Accept("for")) {
      if (!Loop()) return false;
    } else if (Accept("rule")) {
      if (!ReadRule()) return false;
    } else {
      return Fail(
          absl::StrCat("expected 'rule' or 'for', not '", peek().text, "'"));
    }
  }
}

bool Parser::Loop() {
  std::vector<std::string> names(1);
  if (!TakeName(&names[0])) return false;
  while (Accept(":")) {
    if (!TakeName(&names.emplace_back())) return false;
  }
  if (!Expect("in")) return false;
  std::vector<std::vector<std::string>> tuples;
  while (!At("{")) {
    std::vector<std::string>& tuple = tuples.emplace_back();
    do {
      tuple.push_back(Take().text);
    } while (Accept(":"));
    if (tuple.size() != names.size()) return Fail("tuple of a wrong length");
  }
  ++pos_;
  const size_t body = pos_;
  const auto outer = bound_;
  for (const std::vector<std::string>& tuple : tuples) {
    for (size_t i = 0; i < names.size(); ++i) bound_[names[i]] = tuple[i];
    suffix_.push_back(tuple[0]);
    pos_ = body;
    if (!Items(/*nested=*/true)) return false;
    suffix_.pop_back();
  }
  bound_ = outer;
  return Expect("}");
}

bool Parser::ReadRule() {
  Rule rule;
  rule.file = file_;
  rule.line = peek().line;
  if (!TakeName(&rule.name) || !Expect(":")) return false;
  rule.name = absl::StrCat(file_.substr(0, file_.rfind('.')), "/", rule.name);
  for (const std::string& word : suffix_)
    absl::StrAppend(&rule.name, ".", word);
  if (!ReadNode(/*in_result=*/false, &rule.pattern) || !Expect("=>")) {
    return false;
  }
  if (!ReadNode(/*in_result=*/true, &rule.result)) return false;
  while (!At(";")) {
    if (!ReadClause(&rule)) return false;
  }
  ++pos_;
  const absl::Status typed = TypeRule(&rule);
  if (!typed.ok()) {
    error_ =
        absl::StrCat(rule.line, ": rule ", rule.name, ": ", typed.message());
    return false;
  }
  for (Rule& variant : CommutedVariants(rule)) {
    rules_.push_back(std::move(variant));
  }
  return true;
}

bool Parser::ReadNode(bool in_result, Node* node) {
  if (Accept("(")) return ReadOperator(in_result, node);
  if (in_result && Accept("{")) {
    node->kind = Node::Kind::kComputed;
    return ReadExpr(0, &node->expr) && Expect("}");
  }
  if (Accept("-")) {
    node->kind = Node::Kind::kLiteral;
    return ReadNumber(/*negative=*/true, &node->expr);
  }
  const Token token = Take();
  if (token.kind == Token::Kind::kNumber) {
    node->kind = Node::Kind::kLiteral;
    node->expr.literal = token.number;
    return true;
  }
  if (token.kind != Token::Kind::kName) return Fail("expected an operand");
  if (!in_result && Accept("@")) {
    if (!Expect("(") || !ReadOperator(in_result, node)) return false;
    node->name = token.text;
    return true;
  }
  node->kind =
      IsConstantName(token.text) ? Node::Kind::kConstant : Node::Kind::kValue;
  node->name = token.text;
  return true;
}

bool Parser::ReadOperator(bool in_result, Node* node) {
  std::string text;
  if (!TakeName(&text)) return false;
  node->kind = Node::Kind::kOp;
  // "select.i32": a select of that type; "select": of any.
  if (absl::StartsWith(text, "select.")) {
    node->type = TypeFromText(text.substr(7));
    if (node->type == ValueType::kNone) return Fail("select of no type");
    text = "select";
  }
  node->op = wasm::OpFromText(text);
  if (node->op == Op::kCount) {
    return Fail(absl::StrCat("unknown operator '", text, "'"));
  }
  while (!Accept(")")) {
    if (!ReadNode(in_result, &node->args.emplace_back())) return false;
  }
  return true;
}

bool Parser::ReadClause(Rule* rule) {
  if (Accept("where")) return ReadExpr(0, &rule->where.emplace_back());
  if (Accept("single_use")) {
    return Expect("(") && TakeName(&rule->single_use.emplace_back()) &&
           Expect(")");
  }
  const std::pair<absl::string_view, bool*> kFlags[] = {
      {"in_condition", &rule->in_condition},
      {"demanded", &rule->demanded},
      {"smaller", &rule->smaller},
      {"grows", &rule->grows},
      {"for_size", &rule->for_size}};
  for (const auto& [text, flag] : kFlags) {
    if (Accept(text)) return *flag = true;
  }
  return Fail(absl::StrCat("unknown clause '", peek().text, "'"));
}

bool Parser::ReadExpr(int level, Expr* expr) {
  if (level > kLevels) return ReadUnary(expr);
  if (!ReadExpr(level + 1, expr)) return false;
  while (LevelOf(peek().text) == level) {
    Expr binary;
    binary.kind = Expr::Kind::kBinary;
    binary.text = Take().text;
    binary.args.push_back(std::move(*expr));
    if (!ReadExpr(level + 1, &binary.args.emplace_back())) return false;
    *expr = std::move(binary);
  }
  return true;
}

bool Parser::ReadUnary(Expr* expr) {
  for (absl::string_view op : {"-", "~", "!"}) {
    if (!Accept(op)) continue;
    expr->kind = Expr::Kind::kUnary;
    expr->text = std::string(op);
    return ReadUnary(&expr->args.emplace_back());
  }
  if (Accept("(")) return ReadExpr(0, expr) && Expect(")");
  const Token token = Take();
  if (token.kind == Token::Kind::kNumber) {
    expr->literal = token.number;
    return true;
  }
  if (token.kind != Token::Kind::kName) return Fail("expected an expression");
  if (Accept("(")) return ReadCall(token.text, expr);
  if (token.text == "demanded") {
    expr->kind = Expr::Kind::kDemanded;
    return true;
  }
  if (!IsConstantName(token.text)) {
    return Fail(absl::StrCat("'", token.text, "' is not a constant"));
  }
  expr->kind = Expr::Kind::kConstant;
  expr->text = token.text;
  return true;
}

bool Parser::ReadCall(const std::string& name, Expr* expr) {
  const std::pair<absl::string_view, Expr::Kind> kOfValues[] = {
      {"bits", Expr::Kind::kBits},
      {"signed_bits", Expr::Kind::kSignedBits},
      {"const", Expr::Kind::kIsConst}};
  for (const auto& [text, kind] : kOfValues) {
    if (name != text) continue;
    expr->kind = kind;
    return TakeName(&expr->text) && Expect(")");
  }
  expr->kind = Expr::Kind::kCall;
  expr->text = name;
  return ReadExpr(0, &expr->args.emplace_back()) && Expect(")");
}

bool Parser::ReadNumber(bool negative, Expr* expr) {
  const Token token = Take();
  if (token.kind != Token::Kind::kNumber) return Fail("expected a number");
  expr->literal = negative ? 0 - token.number : token.number;
  return true;
}

}  // namespace

absl::StatusOr<std::vector<Rule>> ParseRules(absl::string_view file,
                                             absl::string_view source) {
  absl::StatusOr<std::vector<Token>> tokens = Tokenize(source);
  if (!tokens.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(file, ": ", tokens.status().message()));
  }
  Parser parser(file, *std::move(tokens));
  if (!parser.Items(/*nested=*/false) || parser.failed()) {
    return absl::InvalidArgumentError(parser.message());
  }
  return parser.TakeRules();
}

}  // namespace weft::rules

// A rewrite rule as data: what the parser makes of a .rules file, and what the
// code generator and the prover both read.
#ifndef WEFT_PASSES_RULES_COMPILER_RULE_H_
#define WEFT_PASSES_RULES_COMPILER_RULE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ir/wasm/op.h"
#include "ir/wasm/types.h"

namespace weft::rules {

// An expression over the constants of a match: unsigned integers of 32 or 64
// bits and truth values. Shift counts are modulo the width, as in Wasm.
struct Expr {
  enum class Kind : uint8_t {
    kLiteral,
    kConstant,    // A constant variable; text is its name.
    kBits,        // bits(x): the bits of x that may be one.
    kSignedBits,  // signed_bits(x): x is the sign extension of so many bits.
    kIsConst,     // const(x): whether x is a constant.
    kDemanded,    // The bits of the result that its use looks at.
    kUnary,       // text: - ~ !
    kBinary,      // text: + - * & | ^ << >>u >>s == != <u <=u <s <=s && || ...
    kCall,        // text: pow2 log2 low zext sext
  };

  Kind kind = Kind::kLiteral;
  std::string text;
  uint64_t literal = 0;
  int width = 0;  // 1 for truth values, 32 or 64; 0 before typing.
  std::vector<Expr> args;
};

// A node of a pattern or of a result.
struct Node {
  enum class Kind : uint8_t {
    kOp,
    kValue,     // A variable that stands for any value.
    kConstant,  // A variable that stands for a constant of the node's type.
    kLiteral,   // A constant that the rule names.
    kComputed,  // Results only: a constant computed from the match.
  };

  Kind kind = Kind::kValue;
  wasm::Op op = wasm::Op::kNop;  // kOp. Op::kSelect stands for both selects.
  wasm::ValueType type;          // kNone: any (variables below a plain select).
  std::string name;              // Variables; of kOp what stands before '@'.
  Expr expr;                     // kLiteral and kComputed.
  std::vector<Node> args;
};

struct Rule {
  std::string name;  // With the values of the enclosing loops: "add_zero.i32".
  std::string file;  // Without folders.
  int line = 0;
  Node pattern;
  Node result;
  std::vector<Expr> where;              // All must hold.
  std::vector<std::string> single_use;  // Names of inner nodes.
  bool in_condition = false;  // Only the truth of the value is preserved.
  bool demanded = false;      // Only the demanded bits are preserved.
  bool smaller = false;       // Only when the code becomes smaller.
  bool grows = false;         // Even when the code becomes larger.
  bool for_size = false;      // Only when size matters more than speed.
  bool commuted = false;      // Made from another by swapping operands.
};

}  // namespace weft::rules

#endif  // WEFT_PASSES_RULES_COMPILER_RULE_H_

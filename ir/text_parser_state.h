// The parser's state; what it does with lines is in text_parser.cc, with
// regions in text_regions.cc.
#ifndef WEFT_IR_TEXT_PARSER_STATE_H_
#define WEFT_IR_TEXT_PARSER_STATE_H_

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ir/function.h"
#include "ir/text_lexer.h"
#include "ir/wasm/module.h"

namespace weft::ir {

class TextParser {
 public:
  // Borrows all of them.
  TextParser(const wasm::Module& module, absl::string_view text, Function* f)
      : module_(module), in_(text), f_(*f) {}

  absl::Status Run();

 private:
  // A result as its line names it.
  struct Name {
    uint32_t number = 0;
    uint32_t local = kNoLocal;
    ValueType type;  // kNone when it is not written.
    Token at;
  };
  struct Open {
    RegionId region;
    uint32_t label;
    BodyId outer;
  };
  // Arguments as written, to be compared with what the target takes.
  struct Edge {
    ValueId inst;
    uint32_t edge;
    uint32_t count;
    Token at;
  };

  bool Header();
  bool TypeList(std::vector<ValueType>* types);
  bool Locals();
  bool Pinned();
  bool Line();
  bool Results(std::vector<Name>* names);
  bool ReadName(Name* name);
  bool Define(const Name& name, ValueId id);
  bool DefineParam(Op op, RegionId region, uint32_t index, const Name& name);
  bool Operation(const std::vector<Name>& names);
  bool Bind(ValueId id, const std::vector<Name>& names, const Token& at);
  bool PlainOperation(Op op, const std::vector<Name>& names, const Token& at);
  bool IrOperation(absl::string_view word, bool* known, ValueId* id);
  bool Branch(Op op, ValueId* id);
  bool Table(ValueId* id);
  bool Region(Op op);
  bool LoopParams(std::vector<Name>* names);
  bool Clauses(RegionId region);
  bool CloseArm();
  bool CatchArm(bool all);
  bool LabelParams(RegionId region);
  bool CheckEdges();

  bool Value(ValueId* id);
  bool Operands();
  bool Args();
  bool Label(RegionId* region);
  ValueId Emit(Op op, uint32_t imm) {
    const ValueId id = f_.New(op, ValueType(), operands_, imm);
    f_.Append(body_, id);
    return id;
  }

  const wasm::Module& module_;
  TokenReader in_;
  Function& f_;
  absl::flat_hash_map<uint32_t, ValueId> values_;
  absl::flat_hash_map<uint32_t, RegionId> labels_;  // Of open regions.
  std::vector<Open> open_;
  std::vector<Edge> edges_;
  BodyId body_;
  std::vector<ValueId> operands_;  // Of the line at work.
  std::vector<ValueType> types_;
};

}  // namespace weft::ir

#endif  // WEFT_IR_TEXT_PARSER_STATE_H_

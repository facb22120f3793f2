// Thompson's construction (Thompson, "Regular Expression Search Algorithm",
// 1968), from the end to the start, so that every successor is known when an
// instruction is made. Counted repetitions are copied out.

#include "testdata/programs/regex/program.h"

#include <cstdio>

namespace regex {
namespace {

constexpr size_t kMaxCode = 2000;

class Compiler {
 public:
  explicit Compiler(Program* program) : program_(program) {}

  int Emit(Instruction::Op op, int next, int arg) {
    if (program_->code.size() < kMaxCode) {
      program_->code.push_back({op, next, arg});
    } else {
      too_long_ = true;
    }
    return static_cast<int>(program_->code.size()) - 1;
  }

  // Returns the start of code for `node` that goes on at `next`.
  int EmitNode(const Node& node, int next) {
    using Op = Instruction::Op;
    if (too_long_) return 0;
    switch (node.kind) {
      case Node::Kind::kSet:
        program_->sets.push_back(node.set);
        return Emit(Op::kSet, next,
                    static_cast<int>(program_->sets.size()) - 1);
      case Node::Kind::kConcat:
        for (size_t i = node.children.size(); i > 0; i--) {
          next = EmitNode(*node.children[i - 1], next);
        }
        return next;
      case Node::Kind::kAlternate:
        return EmitAlternate(node, next);
      case Node::Kind::kRepeat:
        return EmitRepeat(node, next);
      case Node::Kind::kGroup:
        next = Emit(Op::kSave, next, 2 * node.group + 1);
        next = EmitNode(*node.children[0], next);
        return Emit(Op::kSave, next, 2 * node.group);
      case Node::Kind::kBegin:
        return Emit(Op::kBegin, next, -1);
      case Node::Kind::kEnd:
        break;
    }
    return Emit(Op::kEnd, next, -1);
  }

  bool too_long() const { return too_long_; }

 private:
  int EmitAlternate(const Node& node, int next) {
    int start = EmitNode(*node.children.back(), next);
    for (size_t i = node.children.size() - 1; i > 0; i--) {
      int preferred = EmitNode(*node.children[i - 1], next);
      start = Emit(Instruction::Op::kSplit, preferred, start);
    }
    return start;
  }

  int EmitSplit(bool greedy, int more, int fewer) {
    return greedy ? Emit(Instruction::Op::kSplit, more, fewer)
                  : Emit(Instruction::Op::kSplit, fewer, more);
  }

  int EmitRepeat(const Node& node, int next) {
    const Node& child = *node.children[0];
    int start = next;
    if (node.max == Node::kNoLimit) {
      int loop = EmitSplit(node.greedy, -1, next);
      int body = EmitNode(child, loop);
      Instruction& split = program_->code[static_cast<size_t>(loop)];
      (node.greedy ? split.next : split.arg) = body;
      start = loop;
    } else {
      for (int i = node.min; i < node.max; i++) {
        start = EmitSplit(node.greedy, EmitNode(child, start), next);
      }
    }
    for (int i = 0; i < node.min; i++) start = EmitNode(child, start);
    return start;
  }

  Program* program_;
  bool too_long_ = false;
};

}  // namespace

bool Compile(const Node& root, int group_count, Program* program) {
  using Op = Instruction::Op;
  Compiler compiler(program);
  program->slot_count = 2 * (group_count + 1);
  int match = compiler.Emit(Op::kMatch, -1, -1);
  int end = compiler.Emit(Op::kSave, match, 1);
  int body = compiler.EmitNode(root, end);
  program->start = compiler.Emit(Op::kSave, body, 0);
  return !compiler.too_long();
}

void Dump(const Program& program) {
  static constexpr const char* kNames[] = {"set",   "split", "save",
                                           "begin", "end",   "match"};
  for (size_t i = 0; i < program.code.size(); i++) {
    const Instruction& instruction = program.code[i];
    std::printf("  %2zu %-5s", i, kNames[static_cast<int>(instruction.op)]);
    if (instruction.arg >= 0) std::printf(" %d", instruction.arg);
    if (instruction.next >= 0) std::printf(" -> %d", instruction.next);
    std::printf("%s\n", static_cast<int>(i) == program.start ? " start" : "");
  }
}

}  // namespace regex

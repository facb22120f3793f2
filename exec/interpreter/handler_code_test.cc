// Hot handlers keep everything in registers: no spill, no frame, no call. The
// test disassembles itself and says how many instructions each of them has.
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exec/bytecode/instr.h"
#include "exec/interpreter/dispatch.h"
#include "exec/interpreter/handler_declarations.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

// Whether an instruction, in objdump's AT&T syntax, uses the native stack.
bool UsesStack(std::string_view text) {
  const std::string_view mnemonic = text.substr(0, text.find_first_of(" \t"));
  return mnemonic.starts_with("call") || mnemonic.starts_with("push") ||
         mnemonic.starts_with("enter") || mnemonic.starts_with("leave") ||
         mnemonic == "pop" || mnemonic == "popq" || mnemonic == "popf" ||
         text.find("%rsp") != std::string_view::npos ||
         text.find("%esp") != std::string_view::npos ||
         text.find("(%rbp") != std::string_view::npos;
}

TEST(HandlerCodeTest, UsesOfTheStackAreSeen) {
  for (const char* text :
       {"push   %rbp", "pop    %rbx", "call   10 <f>", "callq  *%rax",
        "mov    %rax,0x8(%rsp)", "movups -0x10(%rbp),%xmm1", "sub $8,%rsp",
        "leave", "lea    0x10(%rsp,%rax,8),%rcx"}) {
    EXPECT_TRUE(UsesStack(text)) << text;
  }
  for (const char* text : {"popcnt %rax,%rcx", "mov    0x8(%r12),%rax",
                           "jmp    *%rax", "mov    %rbp,%rax"}) {
    EXPECT_FALSE(UsesStack(text)) << text;
  }
}

#if defined(__SANITIZE_ADDRESS__) || WEFT_DISPATCH == WEFT_DISPATCH_LOOP || \
    !defined(__OPTIMIZE__) || !defined(__x86_64__)

TEST(HandlerCodeTest, HotHandlersDoNotUseTheStack) {
  GTEST_SKIP() << "handlers are not what is measured: loop dispatch, no "
                  "optimization, or another machine";
}

#else

extern "C" {

// A handler as none may be: what it was given has to survive a loss of all
// registers.
__attribute__((noinline, used)) WEFT_PRESERVE_NONE void WeftTestSpillingHandler(
    WEFT_HANDLER_PARAMS) {
  asm volatile(""
               :
               :
               : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
                 "r11", "r12", "r13", "r14", "r15", "xmm0", "memory");
  WEFT_MUSTTAIL return NextHandler(pc)(pc, frame, context, memory, instance,
                                       acc, float_acc);
}

}  // extern "C"

std::string SymbolOf(InstrId id) {
  return "_ZN4weft4exec6HandleILt" + std::to_string(id) + "E";
}

// Instructions of each function whose symbol begins as a handler's does, by
// the symbol up to the E that ends the handler's template argument; empty
// without objdump.
using Functions = std::map<std::string, std::vector<std::string>>;

Functions Disassemble(const std::string& program) {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) return {};
  const std::string command =
      program + " -d --no-show-raw-insn '" +
      std::string(path.data(), static_cast<size_t>(length)) + "' 2>/dev/null";
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Functions functions;
  std::vector<std::string>* function = nullptr;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    std::string_view line = buffer.data();
    while (!line.empty() && line.back() == '\n') line.remove_suffix(1);
    if (line.starts_with('<') && line.ends_with(">:")) {
      line = line.substr(1, line.size() - 3);
      function = nullptr;
      if (line.starts_with("_ZN4weft4exec6HandleILt")) {
        function = &functions[std::string(line.substr(0, line.find('E') + 1))];
      } else if (line == "WeftTestSpillingHandler") {
        function = &functions[std::string(line)];
      }
      continue;
    }
    const size_t begin = line.find_first_not_of(" \t");
    if (function == nullptr || begin == std::string_view::npos) continue;
    line.remove_prefix(begin);
    // Between functions, and between the prefixes of one instruction.
    if (line.starts_with("int3") || line.starts_with("nop") ||
        line.starts_with("cs nop") || line.starts_with("data16")) {
      continue;
    }
    function->emplace_back(line);
  }
  pclose(pipe);
  return functions;
}

const Functions& Program() {
  static const auto* const kFunctions = [] {
    auto* const functions =
        new Functions(Disassemble("objdump --no-addresses"));
    if (functions->empty())
      *functions = Disassemble("llvm-objdump-19 --no-leading-addr");
    return functions;
  }();
  return *kFunctions;
}

std::string FirstUseOfStack(const std::vector<std::string>& function) {
  for (const std::string& instruction : function) {
    if (UsesStack(instruction)) return instruction;
  }
  return "";
}

// What programs spend their time in.
std::vector<InstrId> HotInstructions() {
  using wasm::Op;
  std::vector<InstrId> ids;
  for (const FixedInstr instr :
       {FixedInstr::kConst32,      FixedInstr::kCopy,
        FixedInstr::kCopyAcc,      FixedInstr::kGlobalGet,
        FixedInstr::kGlobalSet,    FixedInstr::kSelect,
        FixedInstr::kSelectAcc,    FixedInstr::kBr,
        FixedInstr::kBackBr,       FixedInstr::kBrIf,
        FixedInstr::kBrIfAcc,      FixedInstr::kBackBrIfAcc,
        FixedInstr::kBrUnlessAcc,  FixedInstr::kBrTable,
        FixedInstr::kBrTableAcc,   FixedInstr::kReturn,
        FixedInstr::kReturnSlot,   FixedInstr::kReturnAcc,
        FixedInstr::kCall,         FixedInstr::kCharge,
        FixedInstr::kStructGet32,  FixedInstr::kStructGetRef,
        FixedInstr::kStructSetRef, FixedInstr::kArrayGet8U,
        FixedInstr::kArrayGet32,   FixedInstr::kArraySet32}) {
    ids.push_back(IdOf(instr));
  }
  const struct {
    Op op;
    Form form;
  } kForms[] = {
      {Op::kI32Add, Form::kSS},
      {Op::kI32Add, Form::kSI},
      {Op::kI32Add, Form::kAS},
      {Op::kI32Add, Form::kAI},
      {Op::kI32Sub, Form::kSA},
      {Op::kI32Mul, Form::kSS},
      {Op::kI32And, Form::kAI},
      {Op::kI32Shl, Form::kSI},
      {Op::kI32ShrU, Form::kAI},
      {Op::kI32Rotl, Form::kAI},
      {Op::kI32DivU, Form::kSS},
      {Op::kI64Add, Form::kAS},
      {Op::kI64Xor, Form::kAS},
      {Op::kI64Rotl, Form::kSI},
      {Op::kI32WrapI64, Form::kA},
      {Op::kI64ExtendI32U, Form::kA},
      {Op::kI32LtS, Form::kSS},
      {Op::kI32Ne, Form::kBackSI},
      {Op::kI32LtU, Form::kBrSS},
      {Op::kI32GeS, Form::kBrAS},
      {Op::kI32Eq, Form::kBrAI},
      {Op::kF64Add, Form::kSS},
      {Op::kF64Mul, Form::kAS},
      {Op::kF64Sub, Form::kSA},
      {Op::kF32Mul, Form::kAS},
      {Op::kF64ConvertI32S, Form::kA},
      {Op::kI32Load, Form::kLoadS},
      {Op::kI32Load, Form::kLoadA},
      {Op::kI32Load, Form::kLoadSS},
      {Op::kI32Load8U, Form::kLoadA},
      {Op::kI64Load, Form::kLoadS},
      {Op::kF64Load, Form::kLoadA},
      {Op::kI32Store, Form::kStoreSS},
      {Op::kI32Store, Form::kStoreSA},
      {Op::kI32Store8, Form::kStoreSS},
      {Op::kI64Store, Form::kStoreAS},
      {Op::kF64Store, Form::kStoreSA},
      {Op::kI32Load, Form::kCheckedLoadS},
      {Op::kI32Store, Form::kCheckedStoreSS},
      {Op::kI32x4Add, Form::kSlots},
      {Op::kV128Load, Form::kLoadS},
      {Op::kV128Store, Form::kStoreSS},
  };
  for (const auto& f : kForms) {
    EXPECT_TRUE(HasForm(f.op, f.form)) << wasm::RowOf(f.op).text;
    ids.push_back(IdOf(f.op, f.form));
  }
  return ids;
}

TEST(HandlerCodeTest, HotHandlersDoNotUseTheStack) {
  const Functions& program = Program();
  if (program.empty()) {
    GTEST_SKIP() << "neither objdump nor llvm-objdump-19, or no symbols";
  }
  ASSERT_GE(HotInstructions().size(), 30u);
  for (const InstrId id : HotInstructions()) {
    // Which is why handlers are linked.
    ASSERT_NE(kHandlers[id], nullptr);
    const auto found = program.find(SymbolOf(id));
    ASSERT_NE(found, program.end()) << NameOf(id);
    // An operand or two, a dispatch.
    ASSERT_GE(found->second.size(), 3u) << NameOf(id);
    EXPECT_EQ(FirstUseOfStack(found->second), "") << NameOf(id);
    std::printf("%-28s %3zu instructions\n", NameOf(id).c_str(),
                found->second.size());
  }
}

TEST(HandlerCodeTest, ASpillIsFound) {
  const Functions& program = Program();
  if (program.empty()) GTEST_SKIP() << "no objdump";
  const auto found = program.find("WeftTestSpillingHandler");
  ASSERT_NE(found, program.end());
  EXPECT_NE(FirstUseOfStack(found->second), "");
}

#endif

}  // namespace
}  // namespace weft::exec

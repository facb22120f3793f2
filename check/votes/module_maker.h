// Makes small modules: function bodies operator by operator, and sections.
#ifndef WEFT_CHECK_VOTES_MODULE_MAKER_H_
#define WEFT_CHECK_VOTES_MODULE_MAKER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/module.h"
#include "ir/wasm/op.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/types.h"

namespace weft::check::votes {

// A body, or a constant expression, in the making. Nothing is checked.
class Code {
 public:
  // Locals count from `params` on.
  explicit Code(uint32_t params = 0) : params_(params) {}

  wasm::LocalIndex AddLocal(wasm::ValueType type);

  // An operator without immediates, or with indices.
  Code& Do(wasm::Op op, uint32_t a = 0, uint32_t b = 0);
  Code& I32(uint32_t value);
  Code& I64(uint64_t value);
  // A constant of a number or vector type, by its bits.
  Code& Constant(wasm::ValueType type, uint64_t low, uint64_t high = 0);
  Code& Access(wasm::Op op, wasm::MemoryIndex memory, uint64_t offset);
  // ref.null, ref.test, ref.cast.
  Code& Heap(wasm::Op op, wasm::HeapType heap);
  // block, loop, if; without a result, with one, with those of a type.
  Code& Begin(wasm::Op op);
  Code& Begin(wasm::Op op, wasm::ValueType result);
  Code& BeginOf(wasm::Op op, wasm::TypeIndex type);
  Code& BeginTry(absl::Span<const wasm::CatchClause> catches);

  Code& Get(wasm::LocalIndex local) { return Do(wasm::Op::kLocalGet, local); }
  Code& Set(wasm::LocalIndex local) { return Do(wasm::Op::kLocalSet, local); }
  Code& Tee(wasm::LocalIndex local) { return Do(wasm::Op::kLocalTee, local); }
  Code& Call(wasm::FuncIndex func) { return Do(wasm::Op::kCall, func); }
  Code& End() { return Do(wasm::Op::kEnd); }

  // The body with local declarations, and the operators alone; both with a
  // final `end` added.
  std::vector<uint8_t> Body() const;
  std::vector<uint8_t> Expression() const;

 private:
  Code& Write(const wasm::Operator& op);

  const uint32_t params_;
  std::vector<wasm::ValueType> locals_;
  wasm::ByteWriter out_;
};

// A module in the making. In each index space imports come first.
class ModuleMaker {
 public:
  // Its types begin with those of `like`, with the same indices.
  explicit ModuleMaker(const wasm::Module& like);

  wasm::TypeIndex FuncType(std::vector<wasm::ValueType> params,
                           std::vector<wasm::ValueType> results);

  wasm::FuncIndex ImportFunc(absl::string_view module, absl::string_view field,
                             wasm::TypeIndex type);
  wasm::TableIndex ImportTable(absl::string_view module,
                               absl::string_view field,
                               const wasm::TableType& type);
  wasm::MemoryIndex ImportMemory(absl::string_view module,
                                 absl::string_view field,
                                 const wasm::MemoryType& type);
  wasm::GlobalIndex ImportGlobal(absl::string_view module,
                                 absl::string_view field,
                                 const wasm::GlobalType& type);
  wasm::TagIndex ImportTag(absl::string_view module, absl::string_view field,
                           wasm::TypeIndex type);

  // A function whose body follows.
  wasm::FuncIndex DeclareFunc(wasm::TypeIndex type);
  void Define(wasm::FuncIndex func, const Code& body);
  wasm::TableIndex AddTable(const wasm::TableType& type);
  wasm::MemoryIndex AddMemory(const wasm::MemoryType& type);
  wasm::GlobalIndex AddGlobal(const wasm::GlobalType& type, const Code& init);
  wasm::TagIndex AddTag(wasm::TypeIndex type);
  void Export(absl::string_view name, wasm::ExternalKind kind, uint32_t index);
  // An active segment from entry 0 of `table` on.
  void Fill(wasm::TableIndex table, std::vector<wasm::FuncIndex> funcs);

  const wasm::Module& module() const { return module_; }

  // Errors: as wasm::WriteModule.
  absl::StatusOr<std::vector<uint8_t>> Write() const;

 private:
  uint32_t AddImport(absl::string_view module, absl::string_view field,
                     wasm::ExternalKind kind, size_t index);
  absl::string_view Keep(absl::string_view text);
  wasm::ConstExpr Keep(const Code& code);

  wasm::Module module_;
  // By function index; empty for imports.
  std::vector<std::vector<uint8_t>> bodies_;
  std::deque<std::string> texts_;
  std::deque<std::vector<uint8_t>> exprs_;
};

}  // namespace weft::check::votes

#endif  // WEFT_CHECK_VOTES_MODULE_MAKER_H_

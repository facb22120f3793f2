// Writing of binary modules (spec 5.5) in the smallest encoding.
#ifndef WEFT_IR_WASM_WRITER_H_
#define WEFT_IR_WASM_WRITER_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::wasm {

// Appends the body of defined function `func` (its index before renumbering):
// local declarations and operators with the final `end`, without the size, all
// indices renumbered already.
using BodyProvider =
    absl::FunctionRef<absl::Status(FuncIndex func, ByteWriter* out)>;

// What becomes of a custom section.
enum class CustomAction {
  // Kept byte for byte at its place; `name` sections follow the index maps.
  kKeep,
  kDrop,
  // The policy has written the new content (behind the section's name).
  kReplace,
};
using CustomPolicy = absl::FunctionRef<CustomAction(
    const CustomSection& section, ByteWriter* content)>;

// Keeps every custom section.
CustomAction KeepCustomSections(const CustomSection& section,
                                ByteWriter* content);

// Returns the binary form of `module` under `maps`, which say where each index
// goes: entities mapped to kNoIndex are left out, of several with one image
// the first is written. Everything has its shortest encoding and empty
// sections are left out, so under identity maps and with ReencodeBody for a
// body the result is never longer than what was read, custom sections aside.
//
// REQUIRES: images are dense, imports come before definitions, recursion
// groups stay whole and in an order that keeps references backward, and no
// kept entity refers to one that is left out.
// Errors: what `body` returns; those of the operator reader for malformed
// constant expressions; ResourceExhausted beyond LimitValue(kModuleSize) or
// kBodySize.
//
// Where the kind of an element segment or a null initializer of a table could
// be said in fewer bytes, that is done, which a valid module does not notice.
// With `exact` it is not: what is not valid stays so.
absl::StatusOr<std::vector<uint8_t>> WriteModule(
    const Module& module, const IndexMaps& maps, BodyProvider body,
    CustomPolicy customs = KeepCustomSections, bool exact = false);

// The same with ReencodeBody for every body: operators as they are, in their
// shortest encoding.
absl::StatusOr<std::vector<uint8_t>> ReencodeModule(
    const Module& module, const IndexMaps& maps = {},
    CustomPolicy customs = KeepCustomSections);

// Where an operator went: `from` is its offset in the module that was read,
// `to` the one in the new body.
struct OperatorMove {
  uint32_t from = 0;
  uint32_t to = 0;
};

// Appends the body of `func` decoded and encoded again: shortest forms, local
// declarations of one type joined where they are neighbours, indices through
// `maps`. Never longer than the original under identity maps. With `moves`,
// appends a move per operator, in order, for what addresses code.
absl::Status ReencodeBody(const Module& module, FuncIndex func,
                          const IndexMaps& maps, ByteWriter* out,
                          std::vector<OperatorMove>* moves = nullptr);

// The same for a constant expression.
absl::Status ReencodeExpr(const Module& module, const ConstExpr& expr,
                          const IndexMaps& maps, ByteWriter* out);

// `hints` of a body that began at `body_offset`, after `moves`; those that
// name no operator stay away.
std::vector<BranchHint> MoveHints(absl::Span<const BranchHint> hints,
                                  uint32_t body_offset,
                                  absl::Span<const OperatorMove> moves);

// Appends a type definition with its supertype and finality, without its
// recursion group.
void WriteSubType(const SubType& type, const IndexMaps& maps, ByteWriter* out);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_WRITER_H_

// What a generated module consists of, bodies aside: decided before the first
// operator, so that bodies can refer to all of it.
#ifndef WEFT_CHECK_GENERATE_PLAN_H_
#define WEFT_CHECK_GENERATE_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "check/generate/generate.h"
#include "check/random.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/module.h"
#include "ir/wasm/op.h"
#include "ir/wasm/type_codec.h"
#include "ir/wasm/types.h"

namespace weft::check::generate {

// A range of Plan::bytes or Plan::code.
struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct PlannedFunc {
  wasm::TypeIndex type = 0;
  bool is_import = false;
  bool is_exported = false;
  // Its index occurs outside of bodies and constant expressions, so that
  // ref.func may name it.
  bool is_declared = false;
  // A ref.func in a body names it.
  bool is_referenced = false;
  // Operators that a call runs at most, guarded calls aside; and the guarded
  // calls that it makes at most.
  uint32_t cost = 1;
  uint32_t guarded_calls = 0;
  // Its body in Plan::code: local declarations and operators.
  ByteRange body;
  // Where in the body the one byte of a constant lies that may be any; 0 for
  // nowhere.
  uint32_t constant = 0;
};

struct PlannedMemory {
  wasm::MemoryType type;
  bool is_import = false;
  bool is_exported = false;
  // Addresses below this power of two are in bounds, whatever grows.
  uint64_t bytes = 0;

  bool is_64() const { return type.limits.is_64; }
};

struct PlannedTable {
  wasm::TableType type;
  bool is_import = false;
  bool is_exported = false;
  // Indices below this power of two are in bounds; at most 8.
  uint32_t entries = 0;
  // Function tables: what the first entries hold to begin with.
  std::vector<wasm::FuncIndex> funcs;
  // Its initializer in Plan::bytes, when it has one.
  ByteRange init;

  bool is_64() const { return type.limits.is_64; }
};

struct PlannedGlobal {
  wasm::GlobalType type;
  bool is_import = false;
  bool is_exported = false;
  // Its initializer in Plan::bytes, with the final `end`.
  ByteRange init;
};

struct PlannedTag {
  wasm::TypeIndex type = 0;
  bool is_import = false;
  bool is_exported = false;
};

struct PlannedElem {
  wasm::ElemSegment::Mode mode = wasm::ElemSegment::kPassive;
  wasm::TableIndex table = 0;
  wasm::ValueType type;
  // As function indices, or as expressions in Plan::bytes.
  bool is_exprs = false;
  std::vector<wasm::FuncIndex> funcs;
  ByteRange exprs;
  uint32_t size = 0;
  // Bodies may drop it.
  bool may_drop = false;
};

struct PlannedData {
  wasm::DataSegment::Mode mode = wasm::DataSegment::kPassive;
  wasm::MemoryIndex memory = 0;
  uint32_t offset = 0;
  ByteRange content;
  bool may_drop = false;
};

struct Plan {
  // What this module uses, a subset of the options'.
  wasm::FeatureSet features;
  bool canonicalize_nans = true;
  // Some modules have addresses and indices that are out of bounds, some not.
  bool is_risky = false;

  std::vector<wasm::SubType> types;
  std::vector<PlannedFunc> funcs;  // Imported ones first, as everywhere.
  std::vector<PlannedTable> tables;
  std::vector<PlannedMemory> memories;
  std::vector<PlannedGlobal> globals;
  std::vector<PlannedTag> tags;
  std::vector<PlannedElem> elems;
  std::vector<PlannedData> datas;
  wasm::FuncIndex start = wasm::kNoIndex;
  bool has_names = false;

  // Number types and, each once, the reference types that values may have.
  std::vector<wasm::ValueType> ref_types;
  std::vector<wasm::TypeIndex> struct_types;
  std::vector<wasm::TypeIndex> array_types;

  // Functions that replace any NaN by the canonical one: of f32, f64, and the
  // lanes of f32x4 and f64x2; made when first wanted.
  wasm::FuncIndex canonicalizers[4] = {wasm::kNoIndex, wasm::kNoIndex,
                                       wasm::kNoIndex, wasm::kNoIndex};

  wasm::ByteWriter bytes;  // Constant expressions and data.
  wasm::ByteWriter code;   // Bodies.

  bool Has(wasm::Feature feature) const { return features.Has(feature); }
  absl::Span<const uint8_t> BytesOf(ByteRange range) const {
    return absl::MakeConstSpan(bytes.bytes())
        .subspan(range.begin, range.end - range.begin);
  }
  const wasm::SubType& TypeOf(wasm::FuncIndex func) const {
    return types[funcs[func].type];
  }
};

// A plan for a module of about `options.max_bytes`, with the bodies of defined
// functions missing.
void MakePlan(const GenerateOptions& options, ByteSource& source, Plan* plan);

// The parts of MakePlan. Types come first.
void PlanTypes(uint32_t max_bytes, ByteSource& source, Plan* plan);
void PlanSegments(uint32_t max_bytes, ByteSource& source, Plan* plan);
void PlanGlobals(uint32_t max_bytes, ByteSource& source, Plan* plan);

// Appends a constant expression of `type`, with its `end`, that reads none but
// the first `globals` globals. False, and nothing appended, when there is none.
bool WriteConstExpr(wasm::ValueType type, uint32_t globals, ByteSource& source,
                    Plan* plan);

// Whether a value of `sub` may stand where one of `super` is wanted. May miss
// that two defined types are equal.
bool IsSubtype(const Plan& plan, wasm::HeapType sub, wasm::HeapType super);
bool IsSubtype(const Plan& plan, wasm::ValueType sub, wasm::ValueType super);

// The abstract type above all of the hierarchy of `heap`, and the one below.
wasm::HeapType TopOf(const Plan& plan, wasm::HeapType heap);
wasm::HeapType BottomOf(const Plan& plan, wasm::HeapType heap);

// A number or vector type that the plan's features have.
wasm::ValueType RandomNumberType(const Plan& plan, ByteSource& source);
// Those and reference types. With `defaultable` none that excludes null.
wasm::ValueType RandomType(const Plan& plan, ByteSource& source,
                           bool defaultable);

// The function type of `params` and `results`, which is added when there is
// none.
wasm::TypeIndex FuncTypeOf(Plan* plan, absl::Span<const wasm::ValueType> params,
                           absl::Span<const wasm::ValueType> results);

// Constants that have met defects before: 0, 1, -1, powers of two and their
// neighbours, bounds, masks; or any.
uint32_t InterestingI32(ByteSource& source);
uint64_t InterestingI64(ByteSource& source);
uint32_t InterestingF32(ByteSource& source);
uint64_t InterestingF64(ByteSource& source);

// Appends the constant instruction of a number or vector type.
void WriteConstant(wasm::ValueType type, ByteSource& source,
                   wasm::ByteWriter* out);

// Appends the opcode of `op`.
void WriteOpcode(wasm::Op op, wasm::ByteWriter* out);

}  // namespace weft::check::generate

#endif  // WEFT_CHECK_GENERATE_PLAN_H_

#include "tools/bench/closed_module.h"

#include <deque>

#include "absl/status/status.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/module.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/writer.h"

namespace weft::tools {
namespace {

using wasm::ByteWriter;
using wasm::ValueType;

// Bytes of operators (spec 5.4).
constexpr uint8_t kEnd = 0x0b;
constexpr uint8_t kGlobalGet = 0x23;
constexpr uint8_t kGlobalSet = 0x24;
constexpr uint8_t kI32Const = 0x41;
constexpr uint8_t kI64Const = 0x42;
constexpr uint8_t kF32Const = 0x43;
constexpr uint8_t kF64Const = 0x44;
constexpr uint8_t kI32Shl = 0x74;

// Sixteen, the clock's first value.
constexpr uint8_t kClockStart[] = {kI32Const, 16, kEnd};

bool IsClock(const wasm::SubType& type) {
  return type.params.empty() && type.results.size() == 1 &&
         type.results[0].kind() == ValueType::kI32;
}

// The body of a clock that counts in global `global`.
void WriteClock(uint32_t global, ByteWriter* out) {
  out->U32(0);  // No locals.
  out->Byte(kGlobalGet);
  out->U32(global);
  out->Byte(kGlobalGet);
  out->U32(global);
  out->Byte(kI32Const);
  out->S64(2);
  out->Byte(kI32Shl);
  out->Byte(kGlobalSet);
  out->U32(global);
  out->Byte(kEnd);
}

// The body of a function that returns zeros; false where it cannot.
bool WriteZeros(const wasm::SubType& type, ByteWriter* out) {
  out->U32(0);
  for (const ValueType result : type.results) {
    switch (result.kind()) {
      case ValueType::kI32:
        out->Byte(kI32Const);
        out->S64(0);
        break;
      case ValueType::kI64:
        out->Byte(kI64Const);
        out->S64(0);
        break;
      case ValueType::kF32:
        out->Byte(kF32Const);
        out->Fixed32(0);
        break;
      case ValueType::kF64:
        out->Byte(kF64Const);
        out->Fixed64(0);
        break;
      default:
        return false;
    }
  }
  out->Byte(kEnd);
  return true;
}

void AddClockGlobal(wasm::Module* module) {
  wasm::Global clock;
  clock.type.value = ValueType::kI32;
  clock.type.is_mutable = true;
  clock.init.code = kClockStart;
  module->globals.push_back(clock);
}

void AddNothing(wasm::ByteSpan body, wasm::Module* module) {
  wasm::SubType type;
  type.group_begin = static_cast<wasm::TypeIndex>(module->types.size());
  wasm::Function function;
  function.type = type.group_begin;
  function.body = body;
  module->types.push_back(type);
  module->canonical_types.push_back(type.group_begin);
  module->exports.push_back({kNothing, wasm::ExternalKind::kFunc,
                             static_cast<uint32_t>(module->funcs.size())});
  module->funcs.push_back(function);
}

}  // namespace

absl::StatusOr<std::vector<uint8_t>> CloseModule(
    absl::Span<const uint8_t> bytes) {
  absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  if (!module.ok()) return module.status();
  if (module->imports.size() != module->num_imported_funcs) {
    return absl::UnimplementedError("imports more than functions");
  }
  std::deque<ByteWriter> bodies;  // Which the module refers to.
  const auto clock = static_cast<uint32_t>(module->globals.size());
  AddClockGlobal(&*module);
  for (uint32_t i = 0; i < module->num_imported_funcs; ++i) {
    const wasm::SubType& type = module->func_type(i);
    ByteWriter& body = bodies.emplace_back();
    if (IsClock(type)) {
      WriteClock(clock, &body);
    } else if (!WriteZeros(type, &body)) {
      return absl::UnimplementedError("imports a function of references");
    }
    module->funcs[i].import_index = wasm::kNoIndex;
    module->funcs[i].body = body.bytes();
  }
  module->imports.clear();
  module->num_imported_funcs = 0;
  ByteWriter& nothing = bodies.emplace_back();
  nothing.U32(0);
  nothing.Byte(kEnd);
  AddNothing(nothing.bytes(), &*module);
  return wasm::ReencodeModule(*module, wasm::IndexMaps(),
                              [](const wasm::CustomSection&, ByteWriter*) {
                                return wasm::CustomAction::kDrop;
                              });
}

}  // namespace weft::tools

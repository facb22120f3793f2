// The bytecode of one module: what is translated, how, and where.
#ifndef WEFT_EXEC_TRANSLATE_MODULE_CODE_H_
#define WEFT_EXEC_TRANSLATE_MODULE_CODE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "exec/fusion.h"
#include "exec/runtime/context.h"
#include "exec/runtime/types.h"
#include "ir/wasm/module.h"

namespace weft::wasm {
class ModuleContext;
}  // namespace weft::wasm

namespace weft::exec {

class TypeRegistry;
struct FunctionCode;

struct CodeOptions {
  FusionSet fuse = true;        // False: each operator for itself.
  bool metering = false;        // Count operators, stop when fuel is used up.
  bool count_blocks = false;    // With metering: InstanceData::blocks counts.
  bool canonical_nans = false;  // Deterministic: every arithmetic NaN is the
                                // positive canonical one.
  bool far_slots = false;       // All slots but those of parameters are beyond
                                // 16 bits, to find defects.

  Charges charges() const {
    return count_blocks ? Charges::kAndCount
           : metering   ? Charges::kFuel
                        : Charges::kNone;
  }
};

// Where a global's value lies.
struct GlobalLayout {
  bool imported = false;
  uint32_t cell = 0;  // Index into imported_globals, or into global_cells.
};

// Shared by the instances of a module and by threads.
class ModuleCode {
 public:
  // The first cell of an instruction by its id: CellFor in
  // exec/interpreter/dispatch.h.
  using FirstCell = Cell (*)(uint16_t id);

  // `module` is valid, but for ValidateAndTranslateAll, and with the bytes it
  // points into outlives the result;
  // so does `registry`. `types` has the engine's id of each type of the module.
  ModuleCode(const wasm::Module& module, absl::Span<const TypeId> types,
             const TypeRegistry& registry, const CodeOptions& options,
             FirstCell first_cell);
  ~ModuleCode();

  const wasm::Module& module() const { return module_; }
  const CodeOptions& options() const { return options_; }
  absl::Span<const TypeId> types() const { return types_; }

  // One entry per defined function, untranslated ones with the stub.
  FuncEntry* entries(Bounds bounds) const;

  // Layout of globals: by global index; and the cells that defined ones take.
  absl::Span<const GlobalLayout> globals() const { return globals_; }
  uint32_t num_global_cells() const { return num_global_cells_; }

  // Translates defined function `func` unless that was done; then its entry
  // has the code. Thread-safe. Errors: ResourceExhausted when the function is
  // too large for bytecode; Cancelled, with nothing done, when `*interrupt`,
  // which is looked at after each thousand operators, is no longer 0.
  absl::Status Translate(
      uint32_t func, Bounds bounds,
      const std::atomic<uint32_t>* interrupt = nullptr) const;
  absl::Status TranslateAll(Bounds bounds, int threads) const;
  // The same for a module of which all is valid but perhaps bodies, which are
  // validated in the same pass. Errors: that of the first invalid body, else as
  // above. After an error nothing of the module may run.
  absl::Status ValidateAndTranslateAll(const wasm::ModuleContext& context,
                                       Bounds bounds, int threads) const;
  // Whether that was done, under any bounds.
  bool IsTranslated(uint32_t func) const;

  // The function that the address lies in and the offset in the module of the
  // operator that the instruction there came from. False when it is none of
  // this module's.
  bool Find(const Cell* pc, uint32_t* func, uint32_t* offset) const;

  // The code that the address lies in, or null.
  const FunctionCode* FindCode(const Cell* pc) const;

 private:
  class Impl;

  const wasm::Module& module_;
  const CodeOptions options_;
  std::vector<TypeId> types_;
  uint32_t num_global_cells_ = 0;
  std::vector<GlobalLayout> globals_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weft::exec

#endif  // WEFT_EXEC_TRANSLATE_MODULE_CODE_H_

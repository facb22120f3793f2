#include "exec/translate/module_code.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/check.h"
#include "exec/bytecode/code_arena.h"
#include "exec/bytecode/function_code.h"
#include "exec/bytecode/instr.h"
#include "exec/bytecode/verify.h"
#include "exec/translate/function_translator.h"
#include "exec/translate/metering.h"
#include "ir/wasm/validator.h"
#include "third_party/parallel_for.h"

namespace weft::exec {
namespace {

// How much bytecode the operators of real programs become.
constexpr int kCellsPerHundredBytes = 50;

// Where an untranslated function's entry points to.
struct LazyStub {
  CodeHeader header;
  Cell cell = 0;
};

// One for each thread that needs one at a time; null ones without a context.
class Validators {
 public:
  explicit Validators(const wasm::ModuleContext* context) : context_(context) {}

  std::unique_ptr<wasm::BodyValidator> Take() {
    if (context_ == nullptr) return nullptr;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) return std::make_unique<wasm::BodyValidator>(*context_);
    std::unique_ptr<wasm::BodyValidator> out = std::move(free_.back());
    free_.pop_back();
    return out;
  }
  void Put(std::unique_ptr<wasm::BodyValidator> validator) {
    if (validator == nullptr) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(validator));
  }

 private:
  const wasm::ModuleContext* const context_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<wasm::BodyValidator>> free_;
};

// What came of many functions: that one is invalid matters most, then which is
// the first.
class Failures {
 public:
  void Add(size_t func, const wasm::BodyValidator* validator,
           const absl::Status& status) {
    const bool is_valid = validator == nullptr || validator->status().ok();
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::pair<bool, size_t> place = {is_valid, func};
    if (!first_.ok() && place_ < place) return;
    first_ = status;
    place_ = place;
  }
  const absl::Status& First() const { return first_; }
  // Whether nothing that comes of the function matters any more.
  bool IsSettled(size_t func) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return !first_.ok() && !place_.first && place_.second < func;
  }

 private:
  std::mutex mutex_;
  absl::Status first_;
  std::pair<bool, size_t> place_;
};

// All functions under one Bounds.
struct Variant {
  std::once_flag made;
  std::unique_ptr<FuncEntry[]> entries;
  std::unique_ptr<LazyStub[]> stubs;
  // The stubs, for threads that have not waited for `made`.
  std::atomic<const LazyStub*> published{nullptr};
};

std::vector<GlobalLayout> LayOutGlobals(const wasm::Module& module,
                                        uint32_t* cells) {
  std::vector<GlobalLayout> layouts;
  layouts.reserve(module.globals.size());
  uint32_t imported = 0;
  *cells = 0;
  for (const wasm::Global& global : module.globals) {
    if (global.is_import()) {
      layouts.push_back({true, imported++});
      continue;
    }
    layouts.push_back({false, *cells});
    *cells += SlotsOfType(global.type.value);
  }
  return layouts;
}

}  // namespace

class ModuleCode::Impl {
 public:
  Impl(const ModuleCode& code, const TypeRegistry& registry,
       FirstCell first_cell)
      : code_(code),
        registry_(registry),
        first_cell_(first_cell),
        num_funcs_(static_cast<uint32_t>(code.module().funcs.size()) -
                   code.module().num_imported_funcs) {}

  FuncEntry* entries(Bounds bounds) {
    Variant& variant = variants_[static_cast<int>(bounds)];
    std::call_once(variant.made, [&] { Make(&variant); });
    return variant.entries.get();
  }

  absl::Status Translate(uint32_t func, Bounds bounds,
                         const std::atomic<uint32_t>* interrupt,
                         wasm::BodyValidator* validator = nullptr) {
    FuncEntry& entry = entries(bounds)[func];
    if (!IsStub(bounds, entry.code.load(std::memory_order_acquire))) {
      return absl::OkStatus();
    }
    std::unique_ptr<FunctionTranslator> translator = TakeTranslator();
    absl::StatusOr<std::unique_ptr<FunctionCode>> made =
        translator->Translate(func, bounds, interrupt, validator);
    const std::lock_guard<std::mutex> lock(mutex_);
    translators_.push_back(std::move(translator));
    if (!made.ok()) return made.status();
    DebugVerify(**made, bounds);
    // Another thread may have been faster: its code stays.
    if (!IsStub(bounds, entry.code.load(std::memory_order_relaxed))) {
      return absl::OkStatus();
    }
    const Cell* const begin = (*made)->begin();
    codes_.emplace(begin, *std::move(made));
    entry.code.store(begin, std::memory_order_release);
    return absl::OkStatus();
  }

  // With a context, bodies are validated.
  absl::Status TranslateAll(const wasm::ModuleContext* context, Bounds bounds,
                            int threads) {
    arena_.Expect(CodeBytes(code_.module()) * size_t{kCellsPerHundredBytes} /
                  100);
    Validators validators(context);
    Failures failures;
    ParallelFor(num_funcs_, threads, [&](size_t func) {
      if (failures.IsSettled(func)) return;
      std::unique_ptr<wasm::BodyValidator> validator = validators.Take();
      const absl::Status status = Translate(static_cast<uint32_t>(func), bounds,
                                            nullptr, validator.get());
      if (status.ok()) {
        validators.Put(std::move(validator));
      } else {
        failures.Add(func, validator.get(), status);
      }
    });
    return failures.First();
  }

  bool IsTranslated(uint32_t func) const {
    for (const Bounds bounds : {Bounds::kGuard, Bounds::kExplicit}) {
      const Variant& variant = variants_[static_cast<int>(bounds)];
      // Published means that the entries are there, too.
      if (variant.published.load(std::memory_order_acquire) == nullptr) {
        continue;
      }
      const Cell* const code =
          variant.entries[func].code.load(std::memory_order_acquire);
      if (!IsStub(bounds, code)) return true;
    }
    return false;
  }

  const FunctionCode* FindCode(const Cell* pc) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto it = codes_.upper_bound(pc);
    if (it == codes_.begin()) return nullptr;
    const FunctionCode& code = *std::prev(it)->second;
    return pc < code.begin() + code.num_cells ? &code : nullptr;
  }

  // Whether `pc` is the stub of a function, which goes to `*func`.
  bool FindStub(const Cell* pc, uint32_t* func) const {
    for (const Bounds bounds : {Bounds::kGuard, Bounds::kExplicit}) {
      if (!IsStub(bounds, pc)) continue;
      *func = reinterpret_cast<const CodeHeader*>(pc)[-1].func;
      return true;
    }
    return false;
  }

 private:
  void Make(Variant* variant) {
    variant->stubs.reset(new LazyStub[num_funcs_]);
    variant->entries.reset(new FuncEntry[num_funcs_]);
    for (uint32_t i = 0; i < num_funcs_; ++i) {
      LazyStub& stub = variant->stubs[i];
      stub.header.func = i;
      stub.cell = first_cell_(IdOf(FixedInstr::kTranslateFunction));
      variant->entries[i].code.store(&stub.cell, std::memory_order_relaxed);
    }
    variant->published.store(variant->stubs.get(), std::memory_order_release);
  }

  bool IsStub(Bounds bounds, const Cell* pc) const {
    const LazyStub* const stubs =
        variants_[static_cast<int>(bounds)].published.load(
            std::memory_order_acquire);
    const auto address = reinterpret_cast<uintptr_t>(pc);
    return stubs != nullptr && address >= reinterpret_cast<uintptr_t>(stubs) &&
           address < reinterpret_cast<uintptr_t>(stubs + num_funcs_);
  }

  // In checked builds every function is verified. REQUIRES: mutex_ is held.
  void DebugVerify(const FunctionCode& code, Bounds bounds) {
#ifndef NDEBUG
    if (verifier_ == nullptr) {
      verifier_ = std::make_unique<CodeVerifier>(code_.module(), code_.types(),
                                                 code_.options().charges(),
                                                 first_cell_);
    }
    const absl::Status status = verifier_->Verify(code, bounds).status();
    if (!status.ok()) {
      CheckFailed(__FILE__, __LINE__, std::string(status.message()).c_str());
    }
#else
    (void)code, (void)bounds;
#endif
  }

  std::unique_ptr<FunctionTranslator> TakeTranslator() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!translators_.empty()) {
        std::unique_ptr<FunctionTranslator> out =
            std::move(translators_.back());
        translators_.pop_back();
        return out;
      }
    }
    return std::make_unique<FunctionTranslator>(code_, registry_, first_cell_,
                                                &arena_);
  }

  const ModuleCode& code_;
  const TypeRegistry& registry_;
  const FirstCell first_cell_;
  const uint32_t num_funcs_;
  Variant variants_[kNumBounds];
  CodeArena arena_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<FunctionTranslator>> translators_;
  std::unique_ptr<CodeVerifier> verifier_;
  // By where their instructions begin.
  std::map<const Cell*, std::unique_ptr<FunctionCode>> codes_;
};

ModuleCode::ModuleCode(const wasm::Module& module,
                       absl::Span<const TypeId> types,
                       const TypeRegistry& registry, const CodeOptions& options,
                       FirstCell first_cell)
    : module_(module),
      options_(options),
      types_(types.begin(), types.end()),
      globals_(LayOutGlobals(module, &num_global_cells_)),
      impl_(std::make_unique<Impl>(*this, registry, first_cell)) {}

ModuleCode::~ModuleCode() = default;

FuncEntry* ModuleCode::entries(Bounds bounds) const {
  return impl_->entries(bounds);
}

absl::Status ModuleCode::Translate(
    uint32_t func, Bounds bounds,
    const std::atomic<uint32_t>* interrupt) const {
  return impl_->Translate(func, bounds, interrupt);
}

bool ModuleCode::IsTranslated(uint32_t func) const {
  return impl_->IsTranslated(func);
}

absl::Status ModuleCode::TranslateAll(Bounds bounds, int threads) const {
  return impl_->TranslateAll(nullptr, bounds, threads);
}

absl::Status ModuleCode::ValidateAndTranslateAll(
    const wasm::ModuleContext& context, Bounds bounds, int threads) const {
  return impl_->TranslateAll(&context, bounds, threads);
}

bool ModuleCode::Find(const Cell* pc, uint32_t* func, uint32_t* offset) const {
  const FunctionCode* const code = FindCode(pc);
  if (code != nullptr) {
    *func = code->func;
    *offset = code->OffsetOf(static_cast<uint32_t>(pc - code->begin()));
    return true;
  }
  if (!impl_->FindStub(pc, func)) return false;
  *offset = module_.funcs[module_.num_imported_funcs + *func].body_offset;
  return true;
}

const FunctionCode* ModuleCode::FindCode(const Cell* pc) const {
  return impl_->FindCode(pc);
}

}  // namespace weft::exec

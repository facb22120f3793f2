// Module-level rules in the order of spec 3.5, then bodies. Entities have no
// offsets of their own but for expressions; errors about the others carry the
// offset of their section and name the entity.
#include "ir/wasm/validator.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/code_validator.h"
#include "ir/wasm/limits.h"
#include "ir/wasm/type_text.h"

namespace weft::wasm {
namespace {

class ModuleValidator {
 public:
  ModuleValidator(const Module& module, const ModuleContext& context)
      : module_(module), code_(context) {}

  absl::Status Validate() {
    const bool ok = CheckTypes() && CheckImports() && CheckFuncs() &&
                    CheckTables() && CheckMemories() && CheckTags() &&
                    CheckGlobals() && CheckExports() && CheckStart() &&
                    CheckElems() && CheckDatas();
    return ok ? absl::OkStatus() : status_;
  }

 private:
  // Sets status_ and returns false. `entity` is what `index` counts.
  bool Invalid(SectionId section, absl::string_view what,
               absl::string_view entity, size_t index) {
    uint32_t offset = 0;
    for (const SectionRange& range : module_.sections) {
      if (range.id == section) offset = range.content_offset;
    }
    status_ = MalformedAt(absl::StrCat(what, " (", entity, " ", index, ")"),
                          offset, SectionName(section));
    return false;
  }

  bool CheckConst(const ConstExpr& expr, ValueType type, size_t num_globals,
                  SectionId section) {
    status_ =
        code_.ValidateConst(expr, type, static_cast<uint32_t>(num_globals),
                            SectionName(section).data());
    return status_.ok();
  }

  bool IsValid(HeapType heap) const {
    return !heap.is_defined() || heap.index() < module_.types.size();
  }
  bool IsValid(ValueType type) const {
    return !type.is_ref() || IsValid(type.heap());
  }
  bool IsFuncType(TypeIndex type) const {
    return type < module_.types.size() &&
           module_.types[type].kind == SubType::kFunc;
  }

  bool CheckTypes() {
    for (size_t i = 0; i < module_.types.size(); ++i) {
      const SubType& type = module_.types[i];
      if (type.super == kNoIndex) continue;
      const SubType& super = module_.types[type.super];
      if (super.is_final || !IsStructuralSubtype(type, super)) {
        return Invalid(SectionId::kType,
                       "sub type does not match its super type", "type", i);
      }
    }
    return true;
  }

  bool IsStructuralSubtype(const SubType& sub, const SubType& super) const {
    if (sub.kind != super.kind) return false;
    if (sub.kind == SubType::kFunc) {
      return AreSubtypes(super.params, sub.params) &&
             AreSubtypes(sub.results, super.results);
    }
    if (sub.fields.size() < super.fields.size()) return false;
    for (size_t i = 0; i < super.fields.size(); ++i) {
      if (!IsFieldSubtype(sub.fields[i], super.fields[i])) return false;
    }
    return true;
  }

  bool AreSubtypes(absl::Span<const ValueType> sub,
                   absl::Span<const ValueType> super) const {
    if (sub.size() != super.size()) return false;
    for (size_t i = 0; i < sub.size(); ++i) {
      if (!IsSubtype(module_, sub[i], super[i])) return false;
    }
    return true;
  }

  bool IsFieldSubtype(const FieldType& sub, const FieldType& super) const {
    if (sub.is_mutable != super.is_mutable ||
        sub.storage.packed != super.storage.packed ||
        !IsSubtype(module_, sub.storage.value, super.storage.value)) {
      return false;
    }
    // What can be written must fit in both directions.
    return !sub.is_mutable ||
           IsSubtype(module_, super.storage.value, sub.storage.value);
  }

  bool CheckImports() {
    for (size_t i = 0; i < module_.imports.size(); ++i) {
      const Import& import = module_.imports[i];
      const char* error = nullptr;
      switch (import.kind) {
        case ExternalKind::kFunc:
          if (!IsFuncType(module_.funcs[import.index].type)) {
            error = "unknown type";
          }
          break;
        case ExternalKind::kTable:
          error = TableTypeError(module_.tables[import.index].type);
          break;
        case ExternalKind::kMemory:
          error = MemoryTypeError(module_.memories[import.index].type);
          break;
        case ExternalKind::kGlobal:
          if (!IsValid(module_.globals[import.index].type.value)) {
            error = "unknown type";
          }
          break;
        case ExternalKind::kTag:
          error = TagTypeError(module_.tags[import.index].type);
          break;
      }
      if (error != nullptr) {
        return Invalid(SectionId::kImport, error, "import", i);
      }
    }
    return true;
  }

  bool CheckFuncs() {
    for (size_t i = module_.num_imported_funcs; i < module_.funcs.size(); ++i) {
      if (!IsFuncType(module_.funcs[i].type)) {
        return Invalid(SectionId::kFunction, "unknown type", "function", i);
      }
    }
    return true;
  }

  const char* TableTypeError(const TableType& type) const {
    if (!IsValid(type.element)) return "unknown type";
    const uint64_t max = type.limits.is_64 ? ~uint64_t{0} : 0xffffffffu;
    if (type.limits.min > max ||
        (type.limits.has_max && type.limits.max > max)) {
      return "table size";
    }
    if (type.limits.has_max && type.limits.min > type.limits.max) {
      return "size minimum must not be greater than maximum";
    }
    return nullptr;
  }

  bool CheckTables() {
    for (size_t i = module_.num_imported_tables; i < module_.tables.size();
         ++i) {
      const Table& table = module_.tables[i];
      if (const char* error = TableTypeError(table.type)) {
        return Invalid(SectionId::kTable, error, "table", i);
      }
      if (table.has_init) {
        // Initializers see imported globals only.
        if (!CheckConst(table.init, table.type.element,
                        module_.num_imported_globals, SectionId::kTable)) {
          return false;
        }
      } else if (!table.type.element.is_defaultable()) {
        return Invalid(SectionId::kTable,
                       "type mismatch: table needs an initializer", "table", i);
      }
    }
    return true;
  }

  static const char* MemoryTypeError(const MemoryType& type) {
    const Limits& limits = type.limits;
    if (type.page_size_log2 != 0 && type.page_size_log2 != 16) {
      return "invalid custom page size";
    }
    // All bytes have an address, and the number of pages is an address, too.
    const uint64_t last_address = limits.is_64 ? ~uint64_t{0} : 0xffffffffu;
    const uint64_t max = type.page_size_log2 == 0
                             ? last_address
                             : (last_address >> type.page_size_log2) + 1;
    if (limits.min > max || (limits.has_max && limits.max > max)) {
      return "memory size";
    }
    if (limits.has_max && limits.min > limits.max) {
      return "size minimum must not be greater than maximum";
    }
    if (limits.is_shared && !limits.has_max) {
      return "shared memory must have maximum";
    }
    return nullptr;
  }

  bool CheckMemories() {
    for (size_t i = module_.num_imported_memories; i < module_.memories.size();
         ++i) {
      if (const char* error = MemoryTypeError(module_.memories[i].type)) {
        return Invalid(SectionId::kMemory, error, "memory", i);
      }
    }
    return true;
  }

  const char* TagTypeError(TypeIndex type) const {
    if (!IsFuncType(type)) return "unknown type";
    return module_.types[type].results.empty() ? nullptr
                                               : "non-empty tag result type";
  }

  bool CheckTags() {
    for (size_t i = module_.num_imported_tags; i < module_.tags.size(); ++i) {
      if (const char* error = TagTypeError(module_.tags[i].type)) {
        return Invalid(SectionId::kTag, error, "tag", i);
      }
    }
    return true;
  }

  bool CheckGlobals() {
    for (size_t i = module_.num_imported_globals; i < module_.globals.size();
         ++i) {
      const Global& global = module_.globals[i];
      if (!IsValid(global.type.value)) {
        return Invalid(SectionId::kGlobal, "unknown type", "global", i);
      }
      // Globals see those before them.
      if (!CheckConst(global.init, global.type.value, i, SectionId::kGlobal)) {
        return false;
      }
    }
    return true;
  }

  bool CheckExports() {
    absl::flat_hash_set<absl::string_view> names;
    names.reserve(module_.exports.size());
    for (size_t i = 0; i < module_.exports.size(); ++i) {
      const Export& entry = module_.exports[i];
      if (!names.insert(entry.name).second) {
        return Invalid(SectionId::kExport, "duplicate export name", "export",
                       i);
      }
      if (const char* error = ExportError(entry)) {
        return Invalid(SectionId::kExport, error, "export", i);
      }
      if (entry.kind == ExternalKind::kGlobal &&
          module_.globals[entry.index].type.is_mutable &&
          !module_.features.Has(Feature::kMutableGlobals)) {
        status_ = absl::UnimplementedError(
            absl::StrCat("exported mutable global needs feature ",
                         FeatureName(Feature::kMutableGlobals),
                         ", which is off, in export section"));
        return false;
      }
    }
    return true;
  }

  const char* ExportError(const Export& entry) const {
    switch (entry.kind) {
      case ExternalKind::kFunc:
        return entry.index < module_.funcs.size() ? nullptr
                                                  : "unknown function";
      case ExternalKind::kTable:
        return entry.index < module_.tables.size() ? nullptr : "unknown table";
      case ExternalKind::kMemory:
        return entry.index < module_.memories.size() ? nullptr
                                                     : "unknown memory";
      case ExternalKind::kGlobal:
        return entry.index < module_.globals.size() ? nullptr
                                                    : "unknown global";
      case ExternalKind::kTag:
        return entry.index < module_.tags.size() ? nullptr : "unknown tag";
    }
    return "malformed export kind";
  }

  bool CheckStart() {
    if (module_.start == kNoIndex) return true;
    if (module_.start >= module_.funcs.size()) {
      return Invalid(SectionId::kStart, "unknown function", "function",
                     module_.start);
    }
    const SubType& type = module_.func_type(module_.start);
    return (type.params.empty() && type.results.empty()) ||
           Invalid(SectionId::kStart,
                   "start function must have neither parameters nor results",
                   "function", module_.start);
  }

  bool CheckElems() {
    for (size_t i = 0; i < module_.elems.size(); ++i) {
      const ElemSegment& segment = module_.elems[i];
      if (!IsValid(segment.type)) {
        return Invalid(SectionId::kElem, "unknown type", "segment", i);
      }
      if (segment.mode == ElemSegment::kActive && !CheckActive(segment, i)) {
        return false;
      }
      for (FuncIndex func : segment.funcs) {
        if (func >= module_.funcs.size()) {
          return Invalid(SectionId::kElem, "unknown function", "segment", i);
        }
      }
      for (const ConstExpr& expr : segment.exprs) {
        if (!CheckConst(expr, segment.type, module_.globals.size(),
                        SectionId::kElem)) {
          return false;
        }
      }
    }
    return true;
  }

  bool CheckActive(const ElemSegment& segment, size_t index) {
    if (segment.table >= module_.tables.size()) {
      return Invalid(SectionId::kElem, "unknown table", "segment", index);
    }
    const TableType& table = module_.tables[segment.table].type;
    if (!IsSubtype(module_, segment.type, table.element)) {
      return Invalid(
          SectionId::kElem,
          absl::StrCat("type mismatch: expected ", ValueTypeText(table.element),
                       ", found ", ValueTypeText(segment.type)),
          "segment", index);
    }
    return CheckConst(segment.offset,
                      table.limits.is_64 ? ValueType::kI64 : ValueType::kI32,
                      module_.globals.size(), SectionId::kElem);
  }

  bool CheckDatas() {
    for (size_t i = 0; i < module_.datas.size(); ++i) {
      const DataSegment& segment = module_.datas[i];
      if (segment.mode != DataSegment::kActive) continue;
      if (segment.memory >= module_.memories.size()) {
        return Invalid(SectionId::kData, "unknown memory", "segment", i);
      }
      const Limits& limits = module_.memories[segment.memory].type.limits;
      if (!CheckConst(segment.offset,
                      limits.is_64 ? ValueType::kI64 : ValueType::kI32,
                      module_.globals.size(), SectionId::kData)) {
        return false;
      }
    }
    return true;
  }

  const Module& module_;
  CodeValidator code_;
  absl::Status status_;
};

// The outcome of validating many bodies: the error of the first bad one.
class FirstError {
 public:
  // Whether a body at or behind `func` no longer matters.
  bool IsBehind(FuncIndex func) const { return func > func_.load(); }
  void Add(FuncIndex func, const absl::Status& status) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (func >= func_.load()) return;
    func_.store(func);
    status_ = status;
  }
  const absl::Status& status() const { return status_; }

 private:
  std::mutex mutex_;
  std::atomic<FuncIndex> func_{kNoIndex};
  absl::Status status_;
};

absl::Status ValidateBodies(const ModuleContext& context, int threads) {
  constexpr FuncIndex kChunk = 64;
  const Module& module = context.module();
  const auto end = static_cast<FuncIndex>(module.funcs.size());
  std::atomic<FuncIndex> next{module.num_imported_funcs};
  FirstError error;
  const auto work = [&] {
    BodyValidator validator(context);
    while (true) {
      const FuncIndex begin = next.fetch_add(kChunk);
      if (begin >= end || error.IsBehind(begin)) return;
      for (FuncIndex func = begin; func < std::min(end, begin + kChunk);
           ++func) {
        absl::Status status = validator.Validate(func);
        if (!status.ok()) {
          error.Add(func, status);
          return;
        }
      }
    }
  };
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& thread : others) thread.join();
  return error.status();
}

}  // namespace

ModuleContext::ModuleContext(const Module& module) : module_(module) {
  declared_.resize(module.funcs.size());
  for (const Table& table : module.tables) {
    if (table.has_init) Declare(table.init);
  }
  for (const Global& global : module.globals) Declare(global.init);
  for (const Export& entry : module.exports) {
    if (entry.kind == ExternalKind::kFunc && entry.index < declared_.size()) {
      declared_[entry.index] = true;
    }
  }
  for (const ElemSegment& segment : module.elems) {
    for (FuncIndex func : segment.funcs) {
      if (func < declared_.size()) declared_[func] = true;
    }
    for (const ConstExpr& expr : segment.exprs) Declare(expr);
  }
}

void ModuleContext::Declare(const ConstExpr& expr) {
  OperatorReader reader(expr.code, expr.offset, module_.features);
  Operator op;
  while (!reader.done() && reader.TryRead(&op)) {
    if (op.op == Op::kRefFunc && op.index[0] < declared_.size()) {
      declared_[op.index[0]] = true;
    }
  }
}

class BodyValidator::Impl {
 public:
  explicit Impl(const ModuleContext& context) : code(context) {}

  CodeValidator code;
};

BodyValidator::BodyValidator(const ModuleContext& context)
    : impl_(std::make_unique<Impl>(context)), module_(context.module()) {}

BodyValidator::~BodyValidator() = default;

absl::Status BodyValidator::Validate(FuncIndex func) {
  const Function& function = module_.funcs[func];
  return Validate(func, function.body, function.body_offset);
}

absl::Status BodyValidator::Validate(FuncIndex func, ByteSpan body,
                                     uint32_t offset) {
  return impl_->code.ValidateBody(func, body, offset);
}

bool BodyValidator::Begin(FuncIndex func) {
  const Function& function = module_.funcs[func];
  ByteReader reader(function.body, function.body_offset);
  return impl_->code.Begin(func, &reader);
}

bool BodyValidator::Next(OperatorReader* operators, Operator* op) {
  return impl_->code.Next(operators, op);
}

bool BodyValidator::End(OperatorReader* operators) {
  return impl_->code.End(operators);
}

const absl::Status& BodyValidator::status() const {
  return impl_->code.status();
}

absl::Status ValidateModule(const ModuleContext& context) {
  return ModuleValidator(context.module(), context).Validate();
}

absl::Status ValidateModule(const Module& module) {
  return ValidateModule(ModuleContext(module));
}

absl::Status ValidateBody(const Module& module, FuncIndex func) {
  const ModuleContext context(module);
  return BodyValidator(context).Validate(func);
}

absl::Status ValidateAll(const Module& module, int threads) {
  const ModuleContext context(module);
  absl::Status status = ValidateModule(context);
  if (!status.ok()) return status;
  return ValidateBodies(context, threads);
}

}  // namespace weft::wasm

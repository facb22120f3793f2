#include "ir/wasm/detect_features.h"

#include "ir/wasm/locals.h"
#include "ir/wasm/operator.h"
#include "ir/wasm/type_codec.h"

namespace weft::wasm {
namespace {

class Detector {
 public:
  explicit Detector(const Module& module) : module_(module) {}

  FeatureSet features() const { return features_; }

  void VisitSections() {
    for (const SubType& type : module_.types) VisitType(type);
    for (const Table& table : module_.tables) VisitTable(table);
    if (module_.tables.size() > 1) Add(Feature::kReferenceTypes);
    for (const Memory& memory : module_.memories) VisitMemory(memory.type);
    if (module_.memories.size() > 1) Add(Feature::kMultiMemory);
    if (!module_.tags.empty()) Add(Feature::kExceptionHandling);
    for (const Global& global : module_.globals) {
      Add(FeaturesOf(global.type.value));
      if (global.is_import() && global.type.is_mutable) {
        Add(Feature::kMutableGlobals);
      }
      VisitExpr(global.init);
    }
    for (const Export& entry : module_.exports) {
      if (entry.kind == ExternalKind::kGlobal &&
          module_.globals[entry.index].type.is_mutable) {
        Add(Feature::kMutableGlobals);
      }
    }
    for (const ElemSegment& segment : module_.elems) VisitElem(segment);
    if (module_.has_data_count) Add(Feature::kBulkMemory);
    for (const DataSegment& segment : module_.datas) {
      if (segment.mode == DataSegment::kPassive) Add(Feature::kBulkMemory);
      VisitExpr(segment.offset);
    }
  }

  void VisitBody(const Function& func) {
    ByteReader reader(func.body, func.body_offset);
    if (!ReadLocals(&reader, module_.features, &locals_).ok()) return;
    for (const LocalGroup& group : locals_) Add(FeaturesOf(group.type));
    OperatorReader operators(reader.rest(), reader.offset(), module_.features);
    VisitOperators(&operators);
  }

 private:
  void Add(Feature feature) { features_.Add(feature); }
  void Add(FeatureSet features) { features_ = features_.Union(features); }

  void VisitType(const SubType& type) {
    if (type.kind != SubType::kFunc || !type.is_final ||
        type.super != kNoIndex || type.group_size != 1) {
      Add(Feature::kGc);
    }
    if (type.results.size() > 1) Add(Feature::kMultiValue);
    for (ValueType value : type.params) Add(FeaturesOf(value));
    for (ValueType value : type.results) Add(FeaturesOf(value));
    for (const FieldType& field : type.fields) {
      Add(FeaturesOf(field.storage.value));
    }
  }

  void VisitTable(const Table& table) {
    if (table.type.element != ValueType::Ref(HeapType::kFunc, true)) {
      Add(FeaturesOf(table.type.element));
    }
    if (table.type.limits.is_64) Add(Feature::kMemory64);
    if (table.has_init) {
      Add(Feature::kFunctionReferences);
      VisitExpr(table.init);
    }
  }

  void VisitMemory(const MemoryType& type) {
    if (type.limits.is_64) Add(Feature::kMemory64);
    if (type.limits.is_shared) Add(Feature::kThreads);
    if (type.has_page_size) Add(Feature::kCustomPageSizes);
  }

  void VisitElem(const ElemSegment& segment) {
    if (segment.mode != ElemSegment::kActive || segment.table != 0 ||
        segment.is_exprs) {
      Add(Feature::kBulkMemory);
    }
    if (segment.is_exprs) Add(FeaturesOf(segment.type));
    VisitExpr(segment.offset);
    for (const ConstExpr& expr : segment.exprs) VisitExpr(expr);
  }

  void VisitExpr(const ConstExpr& expr) {
    OperatorReader operators(expr.code, expr.offset, module_.features);
    Operator op;
    while (!operators.done() && operators.TryRead(&op)) {
      VisitOperator(op);
      // Arithmetic may stand here thanks to that feature alone.
      const OpClass op_class = InfoOf(op.op).op_class;
      if (op_class == OpClass::kSimple && InfoOf(op.op).num_params == 2 &&
          InfoOf(op.op).feature == Feature::kMvp) {
        Add(Feature::kExtendedConst);
      }
      // So may a global that the module defines.
      if (op_class == OpClass::kGlobalGet &&
          op.index[0] < module_.globals.size() &&
          !module_.globals[op.index[0]].is_import()) {
        Add(Feature::kGc);
      }
    }
  }

  void VisitOperators(OperatorReader* operators) {
    Operator op;
    while (!operators->done() && operators->TryRead(&op)) VisitOperator(op);
  }

  void VisitOperator(const Operator& op) {
    const OpInfo& info = InfoOf(op.op);
    Add(info.feature);
    int index = 0;
    int heap = 0;
    for (ImmediateKind kind : info.immediates) {
      switch (kind) {
        case ImmediateKind::kBlockType:
          if (op.block_type.kind == BlockType::kTypeIndex) {
            Add(Feature::kMultiValue);
          } else if (op.block_type.kind == BlockType::kValue) {
            Add(FeaturesOf(op.block_type.value));
          }
          break;
        case ImmediateKind::kMemArg:
          if (op.mem.memory != 0) Add(Feature::kMultiMemory);
          break;
        case ImmediateKind::kHeapType:
          Add(FeaturesOf(op.heap[heap++]));
          break;
        case ImmediateKind::kValueTypes:
          for (ValueType type : op.types) Add(FeaturesOf(type));
          break;
        case ImmediateKind::kTable:
          if (op.index[index++] != 0) Add(Feature::kReferenceTypes);
          break;
        case ImmediateKind::kMemory:
          if (op.index[index++] != 0) Add(Feature::kMultiMemory);
          break;
        case ImmediateKind::kType:
        case ImmediateKind::kElem:
        case ImmediateKind::kData:
          ++index;
          break;
        default:  // Says nothing, and precedes none of the above.
          break;
      }
    }
  }

  const Module& module_;
  FeatureSet features_;
  std::vector<LocalGroup> locals_;
};

}  // namespace

FeatureSet DetectFeatures(const Module& module) {
  Detector detector(module);
  detector.VisitSections();
  for (const Function& func : module.funcs) {
    if (!func.is_import()) detector.VisitBody(func);
  }
  return detector.features();
}

FeatureSet DetectBodyFeatures(const Module& module, FuncIndex func) {
  Detector detector(module);
  detector.VisitBody(module.funcs[func]);
  return detector.features();
}

}  // namespace weft::wasm

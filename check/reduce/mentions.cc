#include "check/reduce/mentions.h"

#include "ir/wasm/locals.h"

namespace weft::check::reducing {
namespace {

using wasm::ImmediateKind;
using wasm::kNoIndex;
using wasm::Module;
using wasm::Operator;
using wasm::ValueType;

using Mention = absl::FunctionRef<void(Space, uint32_t)>;

void MentionHeap(wasm::HeapType heap, Mention mention) {
  if (heap.is_defined()) mention(Space::kTypes, heap.index());
}

void MentionValue(ValueType type, Mention mention) {
  if (type.is_ref()) MentionHeap(type.heap(), mention);
}

void MentionBlockType(const wasm::BlockType& type, Mention mention) {
  if (type.kind == wasm::BlockType::kTypeIndex) {
    mention(Space::kTypes, type.index);
  } else if (type.kind == wasm::BlockType::kValue) {
    MentionValue(type.value, mention);
  }
}

std::vector<uint32_t>* MapOf(Space space, wasm::IndexMaps* maps) {
  std::vector<uint32_t>* const all[kSpaces] = {
      &maps->types, &maps->funcs,   &maps->tables, &maps->memories,
      &maps->tags,  &maps->globals, &maps->elems,  &maps->datas};
  return all[static_cast<int>(space)];
}

// Makes groups consist of what is left of them.
void ShrinkGroups(const std::vector<bool>& removed, Module* module) {
  for (uint32_t begin = 0; begin < module->types.size();) {
    const uint32_t size = module->types[begin].group_size;
    uint32_t first = kNoIndex;
    uint32_t left = 0;
    for (uint32_t i = begin; i < begin + size; ++i) {
      if (removed[i]) continue;
      if (first == kNoIndex) first = i;
      ++left;
    }
    for (uint32_t i = begin; i < begin + size; ++i) {
      if (removed[i]) continue;
      module->types[i].group_begin = first;
      module->types[i].group_size = left;
    }
    begin += size;
  }
}

}  // namespace

Space SpaceOf(wasm::ExternalKind kind) {
  switch (kind) {
    case wasm::ExternalKind::kFunc:
      break;
    case wasm::ExternalKind::kTable:
      return Space::kTables;
    case wasm::ExternalKind::kMemory:
      return Space::kMemories;
    case wasm::ExternalKind::kGlobal:
      return Space::kGlobals;
    case wasm::ExternalKind::kTag:
      return Space::kTags;
  }
  return Space::kFuncs;
}

size_t SizeOf(const Module& module, Space space) {
  switch (space) {
    case Space::kTypes:
      return module.types.size();
    case Space::kFuncs:
      return module.funcs.size();
    case Space::kTables:
      return module.tables.size();
    case Space::kMemories:
      return module.memories.size();
    case Space::kTags:
      return module.tags.size();
    case Space::kGlobals:
      return module.globals.size();
    case Space::kElems:
      return module.elems.size();
    case Space::kDatas:
      return module.datas.size();
    case Space::kCount:
      break;
  }
  return 0;
}

void ForEachMention(const Operator& op, Mention mention) {
  int index = 0;
  int heap = 0;
  for (ImmediateKind kind : InfoOf(op.op).immediates) {
    switch (kind) {
      case ImmediateKind::kFunc:
        mention(Space::kFuncs, op.index[index++]);
        break;
      case ImmediateKind::kType:
        mention(Space::kTypes, op.index[index++]);
        break;
      case ImmediateKind::kTable:
        mention(Space::kTables, op.index[index++]);
        break;
      case ImmediateKind::kMemory:
        mention(Space::kMemories, op.index[index++]);
        break;
      case ImmediateKind::kGlobal:
        mention(Space::kGlobals, op.index[index++]);
        break;
      case ImmediateKind::kTag:
        mention(Space::kTags, op.index[index++]);
        break;
      case ImmediateKind::kData:
        mention(Space::kDatas, op.index[index++]);
        break;
      case ImmediateKind::kElem:
        mention(Space::kElems, op.index[index++]);
        break;
      case ImmediateKind::kMemArg:
        mention(Space::kMemories, op.mem.memory);
        break;
      case ImmediateKind::kBlockType:
        MentionBlockType(op.block_type, mention);
        break;
      case ImmediateKind::kHeapType:
        MentionHeap(op.heap[heap++], mention);
        break;
      case ImmediateKind::kValueTypes:
        for (ValueType type : op.types) MentionValue(type, mention);
        break;
      case ImmediateKind::kCatches:
        for (const wasm::CatchClause& clause : op.catches) {
          if (clause.has_tag()) mention(Space::kTags, clause.tag);
        }
        break;
      case ImmediateKind::kLabel:
      case ImmediateKind::kLocal:
      case ImmediateKind::kField:
      case ImmediateKind::kCount:
      case ImmediateKind::kLane:
      case ImmediateKind::kCastFlags:
      case ImmediateKind::kOrdering:
        ++index;
        break;
      case ImmediateKind::kLabelTable:
      case ImmediateKind::kLanes16:
      case ImmediateKind::kI32:
      case ImmediateKind::kI64:
      case ImmediateKind::kF32:
      case ImmediateKind::kF64:
      case ImmediateKind::kV128:
        break;
    }
  }
}

// In the order of Space, so that ids ascend.
Mentions::Mentions(const Module& module) {
  for (int i = 0; i < kSpaces; ++i) {
    const size_t size = SizeOf(module, static_cast<Space>(i));
    first_[i + 1] = first_[i] + static_cast<uint32_t>(size);
  }
  AddTypes(module);
  AddFunctions(module);
  AddState(module);
  AddSegments(module);
  AddRoots(module);
}

void Mentions::Add(ValueType type) {
  MentionValue(type, [&](Space space, uint32_t index) { Add(space, index); });
}

void Mentions::AddCode(const Module& module, wasm::ByteSpan code,
                       uint32_t offset) {
  wasm::OperatorReader reader(code, offset, module.features);
  Operator op;
  while (!reader.done() && reader.TryRead(&op)) {
    ForEachMention(op, [&](Space space, uint32_t index) { Add(space, index); });
  }
}

void Mentions::Add(const Module& module, const wasm::ConstExpr& expr) {
  AddCode(module, expr.code, expr.offset);
}

void Mentions::AddTypes(const Module& module) {
  for (const wasm::SubType& type : module.types) {
    if (type.super != kNoIndex) Add(Space::kTypes, type.super);
    for (ValueType value : type.params) Add(value);
    for (ValueType value : type.results) Add(value);
    for (const wasm::FieldType& field : type.fields) Add(field.storage.value);
    Next();
  }
}

void Mentions::AddFunctions(const Module& module) {
  for (const wasm::Function& function : module.funcs) {
    Add(Space::kTypes, function.type);
    if (!function.is_import()) {
      wasm::ByteReader reader(function.body, function.body_offset);
      std::vector<wasm::LocalGroup> locals;
      if (ReadLocals(&reader, module.features, &locals).ok()) {
        for (const wasm::LocalGroup& group : locals) Add(group.type);
        AddCode(module, reader.rest(), reader.offset());
      }
    }
    Next();
  }
}

void Mentions::AddState(const Module& module) {
  for (const wasm::Table& table : module.tables) {
    Add(table.type.element);
    if (table.has_init) Add(module, table.init);
    Next();
  }
  for (size_t i = 0; i < module.memories.size(); ++i) Next();
  for (const wasm::Tag& tag : module.tags) {
    Add(Space::kTypes, tag.type);
    Next();
  }
  for (const wasm::Global& global : module.globals) {
    Add(global.type.value);
    if (!global.is_import()) Add(module, global.init);
    Next();
  }
}

void Mentions::AddSegments(const Module& module) {
  for (uint32_t i = 0; i < module.elems.size(); ++i) {
    const wasm::ElemSegment& segment = module.elems[i];
    Add(segment.type);
    for (wasm::FuncIndex func : segment.funcs) Add(Space::kFuncs, func);
    for (const wasm::ConstExpr& expr : segment.exprs) Add(module, expr);
    if (segment.mode == wasm::ElemSegment::kActive) {
      Add(Space::kTables, segment.table);
      Add(module, segment.offset);
      roots_.push_back(IdOf(Space::kElems, i));
    }
    Next();
  }
  for (uint32_t i = 0; i < module.datas.size(); ++i) {
    const wasm::DataSegment& segment = module.datas[i];
    if (segment.mode == wasm::DataSegment::kActive) {
      Add(Space::kMemories, segment.memory);
      Add(module, segment.offset);
      roots_.push_back(IdOf(Space::kDatas, i));
    }
    Next();
  }
}

void Mentions::AddRoots(const Module& module) {
  for (const wasm::Export& entry : module.exports) {
    exported_.push_back(IdOf(SpaceOf(entry.kind), entry.index));
  }
  if (module.start != kNoIndex) {
    exported_.push_back(IdOf(Space::kFuncs, module.start));
  }
  roots_.insert(roots_.end(), exported_.begin(), exported_.end());
}

std::vector<bool> Mentions::Reached() const {
  std::vector<bool> reached(size());
  std::vector<uint32_t> work;
  const auto reach = [&](uint32_t id) {
    if (reached[id]) return;
    reached[id] = true;
    work.push_back(id);
  };
  for (uint32_t id : roots_) reach(id);
  while (!work.empty()) {
    const uint32_t id = work.back();
    work.pop_back();
    for (uint32_t i = id == 0 ? 0 : ends_[id - 1]; i < ends_[id]; ++i) {
      reach(to_[i]);
    }
  }
  return reached;
}

std::vector<bool> Mentions::Mentioned() const {
  std::vector<bool> mentioned(size());
  for (uint32_t id : exported_) mentioned[id] = true;
  uint32_t i = 0;
  for (uint32_t id = 0; id < size(); ++id) {
    for (; i < ends_[id]; ++i) {
      if (to_[i] != id) mentioned[to_[i]] = true;
    }
  }
  return mentioned;
}

void RemoveEntities(Space space, const std::vector<bool>& removed,
                    Draft* draft) {
  std::vector<uint32_t>* const map = MapOf(space, &draft->maps);
  map->resize(removed.size());
  uint32_t next = 0;
  for (size_t i = 0; i < removed.size(); ++i) {
    (*map)[i] = removed[i] ? kNoIndex : next++;
  }
  if (space == Space::kTypes) ShrinkGroups(removed, &draft->module);
}

}  // namespace weft::check::reducing

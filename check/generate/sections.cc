#include "check/generate/sections.h"

#include <cstdio>
#include <utility>

#include "absl/strings/string_view.h"
#include "ir/wasm/writer.h"

namespace weft::check::generate {
namespace {

using wasm::ByteWriter;
using wasm::ElemSegment;
using wasm::ExternalKind;
using wasm::Op;
using wasm::SectionId;
using wasm::SubType;

uint32_t Size(size_t size) { return static_cast<uint32_t>(size); }

class SectionWriter {
 public:
  explicit SectionWriter(const Plan& plan) : plan_(plan) {}

  std::vector<uint8_t> Write();

 private:
  void Types();
  void Imports();
  void Import(char kind_letter, size_t index, ExternalKind kind);
  void Funcs();
  void Tables();
  void Memories();
  void Tags();
  void Globals();
  void Exports();
  void Export(char kind_letter, size_t index, ExternalKind kind);
  void Start();
  void Elems();
  void Elem(const PlannedElem& elem);
  void Declare(const std::vector<wasm::FuncIndex>& funcs);
  void DataCount();
  void Code();
  void Datas();
  void Names();

  void TableType(const PlannedTable& table);
  void MemoryType(const PlannedMemory& memory);
  void GlobalType(const PlannedGlobal& global);
  void Limits(const wasm::Limits& limits, bool has_page_size);
  void Name(char letter, size_t index);
  void Offset(uint32_t offset, bool is_64);
  void Close(SectionId id);

  const Plan& plan_;
  ByteWriter out_;
  ByteWriter section_;
};

// Puts what section_ holds into the module.
void SectionWriter::Close(SectionId id) {
  if (section_.size() == 0) return;
  out_.Byte(static_cast<uint8_t>(id));
  out_.U32(Size(section_.size()));
  out_.Bytes(section_.bytes());
  section_.clear();
}

void SectionWriter::Name(char letter, size_t index) {
  char name[16];
  const int size = std::snprintf(name, sizeof(name), "%c%u", letter,
                                 static_cast<unsigned>(index));
  section_.Name(absl::string_view(name, static_cast<size_t>(size)));
}

void SectionWriter::Types() {
  const size_t count = plan_.types.size();
  uint32_t groups = 0;
  for (size_t i = 0; i < count; i += plan_.types[i].group_size) ++groups;
  if (groups == 0) return;
  section_.U32(groups);
  const wasm::IndexMaps identity;
  for (const SubType& type : plan_.types) {
    const bool is_first =
        type.group_size > 1 && &type == &plan_.types[type.group_begin];
    if (is_first) {
      section_.Byte(0x4e);
      section_.U32(type.group_size);
    }
    wasm::WriteSubType(type, identity, &section_);
  }
}

void SectionWriter::Import(char kind_letter, size_t index, ExternalKind kind) {
  section_.Name("env");
  Name(kind_letter, index);
  section_.Byte(static_cast<uint8_t>(kind));
}

void SectionWriter::Imports() {
  const auto count_of = [](const auto& items) {
    uint32_t n = 0;
    while (n < items.size() && items[n].is_import) ++n;
    return n;
  };
  const uint32_t funcs = count_of(plan_.funcs);
  const uint32_t tables = count_of(plan_.tables);
  const uint32_t memories = count_of(plan_.memories);
  const uint32_t globals = count_of(plan_.globals);
  const uint32_t tags = count_of(plan_.tags);
  const uint32_t count = funcs + tables + memories + globals + tags;
  if (count == 0) return;
  section_.U32(count);
  for (uint32_t i = 0; i < funcs; ++i) {
    Import('f', i, ExternalKind::kFunc);
    section_.U32(plan_.funcs[i].type);
  }
  for (uint32_t i = 0; i < tables; ++i) {
    Import('t', i, ExternalKind::kTable);
    TableType(plan_.tables[i]);
  }
  for (uint32_t i = 0; i < memories; ++i) {
    Import('m', i, ExternalKind::kMemory);
    MemoryType(plan_.memories[i]);
  }
  for (uint32_t i = 0; i < globals; ++i) {
    Import('g', i, ExternalKind::kGlobal);
    GlobalType(plan_.globals[i]);
  }
  for (uint32_t i = 0; i < tags; ++i) {
    Import('e', i, ExternalKind::kTag);
    section_.Byte(0);
    section_.U32(plan_.tags[i].type);
  }
}

template <typename T>
uint32_t CountDefined(const std::vector<T>& items) {
  uint32_t n = 0;
  for (const T& item : items) n += !item.is_import;
  return n;
}

void SectionWriter::Funcs() {
  const uint32_t count = CountDefined(plan_.funcs);
  if (count == 0) return;
  section_.U32(count);
  for (const PlannedFunc& func : plan_.funcs) {
    if (!func.is_import) section_.U32(func.type);
  }
}

void SectionWriter::Limits(const wasm::Limits& limits, bool has_page_size) {
  section_.Byte(static_cast<uint8_t>(
      (limits.has_max ? 1 : 0) | (limits.is_shared ? 2 : 0) |
      (limits.is_64 ? 4 : 0) | (has_page_size ? 8 : 0)));
  section_.U64(limits.min);
  if (limits.has_max) section_.U64(limits.max);
}

void SectionWriter::TableType(const PlannedTable& table) {
  wasm::WriteValueType(table.type.element, &section_);
  Limits(table.type.limits, false);
}

void SectionWriter::Tables() {
  const uint32_t count = CountDefined(plan_.tables);
  if (count == 0) return;
  section_.U32(count);
  for (const PlannedTable& table : plan_.tables) {
    if (table.is_import) continue;
    const bool has_init = table.init.begin != table.init.end;
    if (has_init) {
      section_.Byte(0x40);
      section_.Byte(0);
    }
    TableType(table);
    if (has_init) section_.Bytes(plan_.BytesOf(table.init));
  }
}

void SectionWriter::MemoryType(const PlannedMemory& memory) {
  Limits(memory.type.limits, memory.type.has_page_size);
  if (memory.type.has_page_size) section_.U32(memory.type.page_size_log2);
}

void SectionWriter::Memories() {
  const uint32_t count = CountDefined(plan_.memories);
  if (count == 0) return;
  section_.U32(count);
  for (const PlannedMemory& memory : plan_.memories) {
    if (!memory.is_import) MemoryType(memory);
  }
}

void SectionWriter::Tags() {
  const uint32_t count = CountDefined(plan_.tags);
  if (count == 0) return;
  section_.U32(count);
  for (const PlannedTag& tag : plan_.tags) {
    if (tag.is_import) continue;
    section_.Byte(0);
    section_.U32(tag.type);
  }
}

void SectionWriter::GlobalType(const PlannedGlobal& global) {
  wasm::WriteValueType(global.type.value, &section_);
  section_.Byte(global.type.is_mutable ? 1 : 0);
}

void SectionWriter::Globals() {
  const uint32_t count = CountDefined(plan_.globals);
  if (count == 0) return;
  section_.U32(count);
  for (const PlannedGlobal& global : plan_.globals) {
    if (global.is_import) continue;
    GlobalType(global);
    section_.Bytes(plan_.BytesOf(global.init));
  }
}

void SectionWriter::Export(char kind_letter, size_t index, ExternalKind kind) {
  Name(kind_letter, index);
  section_.Byte(static_cast<uint8_t>(kind));
  section_.U32(Size(index));
}

void SectionWriter::Exports() {
  uint32_t count = 0;
  const auto for_each = [&](auto&& visit) {
    const auto all = [&](const auto& items, char letter, ExternalKind kind) {
      for (size_t i = 0; i < items.size(); ++i) {
        if (items[i].is_exported) visit(letter, i, kind);
      }
    };
    all(plan_.funcs, 'f', ExternalKind::kFunc);
    all(plan_.tables, 't', ExternalKind::kTable);
    all(plan_.memories, 'm', ExternalKind::kMemory);
    all(plan_.globals, 'g', ExternalKind::kGlobal);
    all(plan_.tags, 'e', ExternalKind::kTag);
  };
  for_each([&](char, size_t, ExternalKind) { ++count; });
  if (count == 0) return;
  section_.U32(count);
  for_each([&](char letter, size_t index, ExternalKind kind) {
    Export(letter, index, kind);
  });
}

void SectionWriter::Start() {
  if (plan_.start != wasm::kNoIndex) section_.U32(plan_.start);
}

void SectionWriter::Offset(uint32_t offset, bool is_64) {
  WriteOpcode(is_64 ? Op::kI64Const : Op::kI32Const, &section_);
  section_.S64(offset);
  WriteOpcode(Op::kEnd, &section_);
}

void SectionWriter::Elem(const PlannedElem& elem) {
  const bool is_funcref =
      elem.type == wasm::ValueType::Ref(wasm::HeapType::kFunc, true);
  uint8_t flags = elem.is_exprs ? 4 : 0;
  if (elem.mode == ElemSegment::kPassive) {
    flags |= 1;
  } else if (elem.table != 0 || (elem.is_exprs && !is_funcref)) {
    flags |= 2;
  }
  section_.Byte(flags);
  if (elem.mode == ElemSegment::kActive) {
    if ((flags & 2) != 0) section_.U32(elem.table);
    Offset(0, plan_.tables[elem.table].is_64());
  }
  if ((flags & 3) != 0) {
    if (elem.is_exprs) {
      wasm::WriteValueType(elem.type, &section_);
    } else {
      section_.Byte(0);
    }
  }
  section_.U32(elem.size);
  if (elem.is_exprs) section_.Bytes(plan_.BytesOf(elem.exprs));
  for (wasm::FuncIndex func : elem.funcs) section_.U32(func);
}

// A declarative segment.
void SectionWriter::Declare(const std::vector<wasm::FuncIndex>& funcs) {
  section_.Byte(3);
  section_.Byte(0);
  section_.U32(Size(funcs.size()));
  for (wasm::FuncIndex func : funcs) section_.U32(func);
}

void SectionWriter::Elems() {
  std::vector<wasm::FuncIndex> undeclared;
  for (size_t i = 0; i < plan_.funcs.size(); ++i) {
    const PlannedFunc& func = plan_.funcs[i];
    if (func.is_referenced && !func.is_declared) undeclared.push_back(Size(i));
  }
  const size_t count = plan_.elems.size() + (undeclared.empty() ? 0 : 1);
  if (count == 0) return;
  section_.U32(Size(count));
  for (const PlannedElem& elem : plan_.elems) Elem(elem);
  if (!undeclared.empty()) Declare(undeclared);
}

void SectionWriter::DataCount() {
  if (plan_.datas.empty() || !plan_.Has(wasm::Feature::kBulkMemory)) return;
  section_.U32(Size(plan_.datas.size()));
}

void SectionWriter::Code() {
  const uint32_t count = CountDefined(plan_.funcs);
  if (count == 0) return;
  section_.U32(count);
  for (const PlannedFunc& func : plan_.funcs) {
    if (func.is_import) continue;
    section_.U32(func.body.end - func.body.begin);
    section_.Bytes(
        absl::MakeConstSpan(plan_.code.bytes())
            .subspan(func.body.begin, func.body.end - func.body.begin));
  }
}

void SectionWriter::Datas() {
  if (plan_.datas.empty()) return;
  section_.U32(Size(plan_.datas.size()));
  for (const PlannedData& data : plan_.datas) {
    if (data.mode == wasm::DataSegment::kPassive) {
      section_.Byte(1);
    } else {
      section_.Byte(data.memory == 0 ? 0 : 2);
      if (data.memory != 0) section_.U32(data.memory);
      Offset(data.offset, plan_.memories[data.memory].is_64());
    }
    section_.U32(data.content.end - data.content.begin);
    section_.Bytes(plan_.BytesOf(data.content));
  }
}

// The module's name and those of its functions.
void SectionWriter::Names() {
  if (!plan_.has_names) return;
  section_.Name("name");
  const auto subsection = [&](uint8_t id, auto&& write) {
    ByteWriter outer;
    std::swap(outer, section_);
    write();
    std::swap(outer, section_);
    section_.Byte(id);
    section_.U32(Size(outer.size()));
    section_.Bytes(outer.bytes());
  };
  subsection(0, [&] { Name('M', 0); });
  subsection(1, [&] {
    section_.U32(Size(plan_.funcs.size()));
    for (size_t i = 0; i < plan_.funcs.size(); ++i) {
      section_.U32(Size(i));
      Name('F', i);
    }
  });
}

std::vector<uint8_t> SectionWriter::Write() {
  out_.mutable_bytes().reserve(512 + plan_.code.size());
  section_.mutable_bytes().reserve(256 + plan_.code.size());
  static constexpr uint8_t kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  out_.Bytes(kHeader);
  const auto section = [&](SectionId id, void (SectionWriter::*write)()) {
    (this->*write)();
    Close(id);
  };
  section(SectionId::kType, &SectionWriter::Types);
  section(SectionId::kImport, &SectionWriter::Imports);
  section(SectionId::kFunction, &SectionWriter::Funcs);
  section(SectionId::kTable, &SectionWriter::Tables);
  section(SectionId::kMemory, &SectionWriter::Memories);
  section(SectionId::kTag, &SectionWriter::Tags);
  section(SectionId::kGlobal, &SectionWriter::Globals);
  section(SectionId::kExport, &SectionWriter::Exports);
  section(SectionId::kStart, &SectionWriter::Start);
  section(SectionId::kElem, &SectionWriter::Elems);
  section(SectionId::kDataCount, &SectionWriter::DataCount);
  section(SectionId::kCode, &SectionWriter::Code);
  section(SectionId::kData, &SectionWriter::Datas);
  section(SectionId::kCustom, &SectionWriter::Names);
  return out_.Take();
}

}  // namespace

std::vector<uint8_t> WriteSections(const Plan& plan) {
  return SectionWriter(plan).Write();
}

}  // namespace weft::check::generate

#include "ir/wasm/testing.h"

#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"

namespace weft::wasm::testing {
namespace {

void Append(const Bytes& part, Bytes* out) {
  out->insert(out->end(), part.begin(), part.end());
}

}  // namespace

Bytes Concat(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) Append(part, &out);
  return out;
}

Bytes U32(uint32_t value) {
  ByteWriter writer;
  writer.U32(value);
  return writer.Take();
}

Bytes Name(absl::string_view name) {
  ByteWriter writer;
  writer.Name(name);
  return writer.Take();
}

Bytes Vec(std::initializer_list<Bytes> items) {
  Bytes out = U32(static_cast<uint32_t>(items.size()));
  for (const Bytes& item : items) Append(item, &out);
  return out;
}

Bytes Repeat(size_t count, const Bytes& item) {
  Bytes out;
  out.reserve(count * item.size());
  for (size_t i = 0; i < count; ++i) Append(item, &out);
  return out;
}

ModuleBuilder::ModuleBuilder() : bytes_({0, 'a', 's', 'm', 1, 0, 0, 0}) {}

ModuleBuilder& ModuleBuilder::Section(SectionId id, const Bytes& content) {
  return Section(static_cast<uint8_t>(id), content);
}

ModuleBuilder& ModuleBuilder::Section(uint8_t id, const Bytes& content) {
  bytes_.push_back(id);
  Append(U32(static_cast<uint32_t>(content.size())), &bytes_);
  Append(content, &bytes_);
  return *this;
}

ModuleBuilder& ModuleBuilder::Custom(absl::string_view name,
                                     const Bytes& content) {
  return Section(SectionId::kCustom, Concat({Name(name), content}));
}

ModuleBuilder& ModuleBuilder::Raw(const Bytes& bytes) {
  Append(bytes, &bytes_);
  return *this;
}

Bytes Body(const Bytes& operators, const Bytes& locals) {
  const Bytes content = Concat({locals, operators, {0x0b}});
  return Concat({U32(static_cast<uint32_t>(content.size())), content});
}

Bytes FunctionModule(const Bytes& params, const Bytes& results,
                     const Bytes& operators, const Bytes& locals) {
  const Bytes signature = Concat({{0x60},
                                  U32(static_cast<uint32_t>(params.size())),
                                  params,
                                  U32(static_cast<uint32_t>(results.size())),
                                  results});
  return ModuleBuilder()
      .Section(SectionId::kType, Vec({signature, {0x60, 1, 0x7f, 0}}))
      .Section(SectionId::kFunction, Vec({{0}}))
      .Section(SectionId::kTable, Vec({{0x70, 0, 1}}))
      .Section(SectionId::kMemory, Vec({{0, 1}}))
      .Section(SectionId::kTag, Vec({{0, 1}}))
      .Section(SectionId::kGlobal, Vec({{0x7f, 1, 0x41, 0, 0x0b}}))
      .Section(SectionId::kDataCount, {1})
      .Section(SectionId::kCode, Vec({Body(operators, locals)}))
      .Section(SectionId::kData, Vec({{1, 1, 'x'}}))
      .Build();
}

Bytes EverySection() {
  const Bytes imports = Vec({Concat({Name("env"), Name("f"), {0, 0}}),
                             Concat({Name("env"), Name("g"), {3, 0x7f, 0}}),
                             Concat({Name("env"), Name("t"), {4, 0, 1}})});
  const Bytes names = Concat({{0, 2}, Name("m"), {1, 4, 1, 1}, Name("g")});
  return ModuleBuilder()
      .Custom("before", {1, 2, 3})
      .Section(SectionId::kType,
               Vec({{0x60, 0, 0},
                    {0x60, 1, 0x7f, 0},
                    // rec: sub struct { i8 mut } and array of refs to it.
                    {0x4e, 2, 0x50, 0, 0x5f, 1, 0x78, 1, 0x5e, 0x63, 2, 0}}))
      .Section(SectionId::kImport, imports)
      .Section(SectionId::kFunction, Vec({{0}, {1}}))
      .Section(SectionId::kTable,
               Vec({{0x70, 1, 1, 5}, {0x40, 0, 0x70, 0, 2, 0xd2, 0, 0x0b}}))
      .Section(SectionId::kMemory, Vec({{1, 1, 2}}))
      .Section(SectionId::kTag, Vec({{0, 1}}))
      .Section(SectionId::kGlobal,
               Vec({{0x7f, 1, 0x41, 0xe4, 0, 0x0b}, {0x7f, 0, 0x23, 0, 0x0b}}))
      .Section(SectionId::kExport,
               Vec({Concat({Name("f"), {0, 1}}), Concat({Name("m"), {2, 0}})}))
      .Section(SectionId::kStart, {1})
      .Section(SectionId::kElem,
               Vec({{0, 0x41, 0, 0x0b, 1, 1},
                    {1, 0, 1, 2},
                    {2, 1, 0x41, 0, 0x0b, 0, 1, 1},
                    {3, 0, 1, 0},
                    {4, 0x41, 0, 0x0b, 1, 0xd2, 1, 0x0b},
                    {5, 0x70, 1, 0xd0, 0x70, 0x0b},
                    {6, 1, 0x41, 0, 0x0b, 0x70, 1, 0xd0, 0x70, 0x0b},
                    {7, 0x6f, 1, 0xd0, 0x6f, 0x0b}}))
      .Section(SectionId::kDataCount, {2})
      .Section(SectionId::kCode,
               Vec({Body({0x10, 0, 0xfc, 9, 1}, {2, 1, 0x7f, 2, 0x7e}),
                    Body({0x20, 0, 0x1a})}))
      .Custom("between", {})
      .Section(SectionId::kData,
               Vec({{0, 0x41, 8, 0x0b, 2, 'h', 'i'}, {1, 1, 'x'}}))
      .Custom("name", names)
      .Build();
}

absl::Status Check(const Bytes& bytes, FeatureSet features) {
  absl::StatusOr<Module> module = ReadModule(bytes, {features});
  if (!module.ok()) return module.status();
  return ValidateAll(*module);
}

std::string CheckError(const Bytes& bytes, FeatureSet features) {
  return std::string(Check(bytes, features).message());
}

}  // namespace weft::wasm::testing

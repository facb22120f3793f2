#include "passes/testing/module_bytes.h"

#include <cstdio>
#include <utility>

#include "absl/status/status.h"
#include "base/check.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "passes/link.h"

namespace weft::passes::testing {
namespace {

using wasm::ByteWriter;

void CheckOk(const absl::Status& status) {
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  WEFT_CHECK(status.ok());
}

}  // namespace

Bytes Join(std::initializer_list<Bytes> pieces) {
  Bytes all;
  for (const Bytes& piece : pieces) {
    all.insert(all.end(), piece.begin(), piece.end());
  }
  return all;
}

Bytes U32(uint32_t value) {
  ByteWriter writer;
  writer.U32(value);
  return writer.Take();
}

Bytes S32(int32_t value) {
  ByteWriter writer;
  writer.S64(value);
  return writer.Take();
}

Bytes Name(absl::string_view text) {
  ByteWriter writer;
  writer.Name(text);
  return writer.Take();
}

Bytes FuncType(int params, int results) {
  return Join({{0x60},
               U32(static_cast<uint32_t>(params)),
               Bytes(static_cast<size_t>(params), 0x7f),
               U32(static_cast<uint32_t>(results)),
               Bytes(static_cast<size_t>(results), 0x7f)});
}

Bytes ImportFunc(absl::string_view module, absl::string_view field,
                 uint32_t type) {
  return Join({Name(module), Name(field), {0}, U32(type)});
}

Bytes Export(absl::string_view name, wasm::ExternalKind kind, uint32_t index) {
  return Join({Name(name), {static_cast<uint8_t>(kind)}, U32(index)});
}

Bytes Body(const Bytes& code) {
  const Bytes body = Join({{0}, code, {0x0b}});
  return Join({U32(static_cast<uint32_t>(body.size())), body});
}

Bytes Calls(uint32_t func, int n) {
  Bytes code;
  for (int i = 0; i < n; ++i) code = Join({code, {0x10}, U32(func)});
  return code;
}

Bytes Const(int32_t value) { return Join({{0x41}, S32(value), {0x0b}}); }

Bytes Data(int32_t offset, absl::string_view text) {
  return Join({{0}, Const(offset), Name(text)});
}

Bytes Elem(int32_t offset, std::initializer_list<uint32_t> funcs) {
  Bytes bytes =
      Join({{0}, Const(offset), U32(static_cast<uint32_t>(funcs.size()))});
  for (uint32_t func : funcs) bytes = Join({bytes, U32(func)});
  return bytes;
}

ModuleBytes::ModuleBytes() : bytes_({0, 'a', 's', 'm', 1, 0, 0, 0}) {}

ModuleBytes& ModuleBytes::Add(wasm::SectionId id,
                              const std::vector<Bytes>& items) {
  Bytes content = U32(static_cast<uint32_t>(items.size()));
  for (const Bytes& item : items) content = Join({content, item});
  return AddRaw(id, content);
}

ModuleBytes& ModuleBytes::AddRaw(wasm::SectionId id, const Bytes& content) {
  bytes_ = Join({bytes_,
                 {static_cast<uint8_t>(id)},
                 U32(static_cast<uint32_t>(content.size())),
                 content});
  return *this;
}

ModuleBytes& ModuleBytes::AddCustom(absl::string_view name,
                                    const Bytes& content) {
  return AddRaw(wasm::SectionId::kCustom, Join({Name(name), content}));
}

wasm::Module Read(const Bytes& bytes) {
  absl::StatusOr<wasm::Module> module = wasm::ReadModule(bytes);
  CheckOk(module.status());
  return *std::move(module);
}

ModuleState ReadState(const Bytes& bytes) { return ModuleState(Read(bytes)); }

Bytes LinkAll(const ModuleState& state) {
  LinkOptions options;
  options.threads = 2;
  absl::StatusOr<Linked> linked = Link(state, options);
  CheckOk(linked.status());
  return std::move(linked->bytes);
}

Bytes LinkValid(const ModuleState& state) {
  Bytes bytes = LinkAll(state);
  CheckOk(wasm::ValidateAll(Read(bytes)));
  return bytes;
}

}  // namespace weft::passes::testing

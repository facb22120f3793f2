#include "ir/testing/code.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "ir/lift.h"
#include "ir/lower.h"
#include "ir/type_lookup.h"
#include "ir/verifier.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/validator.h"
#include "ir/wasm/writer.h"

namespace weft::ir::testing {

using wasm::BlockType;
using wasm::HeapType;
using wasm::Operator;
using wasm::SubType;

namespace {

// Round trips until the bytes repeat.
constexpr int kMaxTrips = 8;

int Log2(uint32_t x) {
  int log = 0;
  while (x > 1) {
    x /= 2;
    ++log;
  }
  return log;
}

wasm::FieldType Field(ValueType type, wasm::StorageType::Packed packed,
                      bool is_mutable) {
  wasm::FieldType field;
  field.storage = {type, packed};
  field.is_mutable = is_mutable;
  return field;
}

}  // namespace

// -- Code ---------------------------------------------------------------------

Code& Code::Do(const Operator& op) {
  WriteOperator(op, &out_);
  return *this;
}

Code& Code::Do(Op op, uint32_t a, uint32_t b) {
  Operator o;
  o.op = op;
  o.index[0] = a;
  o.index[1] = b;
  return Do(o);
}

Code& Code::Do(const Code& other) {
  out_.Bytes(other.bytes());
  return *this;
}

Code& Code::I32(int32_t value) {
  Operator o;
  o.op = Op::kI32Const;
  o.value = static_cast<uint32_t>(value);
  return Do(o);
}

Code& Code::I64(int64_t value) {
  Operator o;
  o.op = Op::kI64Const;
  o.value = static_cast<uint64_t>(value);
  return Do(o);
}

Code& Code::Mem(Op op, uint64_t offset, uint32_t memory) {
  Operator o;
  o.op = op;
  o.mem.offset = offset;
  o.mem.memory = memory;
  o.mem.align_log2 = static_cast<uint8_t>(Log2(wasm::InfoOf(op).access_bytes));
  return Do(o);
}

Code& Code::RefNull(HeapType heap) { return Heap(Op::kRefNull, heap); }

Code& Code::Heap(Op op, HeapType heap) {
  Operator o;
  o.op = op;
  o.heap[0] = heap;
  return Do(o);
}

Code& Code::Open(Op op) { return Do(op); }

Code& Code::Open(Op op, ValueType result) {
  Operator o;
  o.op = op;
  o.block_type.kind = BlockType::kValue;
  o.block_type.value = result;
  return Do(o);
}

Code& Code::OpenType(Op op, uint32_t type) {
  Operator o;
  o.op = op;
  o.block_type.kind = BlockType::kTypeIndex;
  o.block_type.index = type;
  return Do(o);
}

Code& Code::TryTable(std::vector<wasm::CatchClause> catches, BlockType type) {
  Operator o;
  o.op = Op::kTryTable;
  o.block_type = type;
  o.catches = catches;
  return Do(o);
}

Code& Code::BrTable(std::vector<uint32_t> labels) {
  Operator o;
  o.op = Op::kBrTable;
  o.labels = labels;
  return Do(o);
}

Code& Code::BrCast(Op op, uint32_t depth, ValueType from, ValueType to) {
  Operator o;
  o.op = op;
  o.index[0] = (from.nullable() ? 1u : 0u) | (to.nullable() ? 2u : 0u);
  o.index[1] = depth;
  o.heap[0] = from.heap();
  o.heap[1] = to.heap();
  return Do(o);
}

// -- TestModule ---------------------------------------------------------------

wasm::ConstExpr TestModule::Expr(const Code& code) {
  storage_.push_back(code.bytes());
  storage_.back().push_back(0x0b);
  return {storage_.back(), 0};
}

uint32_t TestModule::Type(const Types& params, const Types& results) {
  for (uint32_t i = 0; i < source_.types.size(); ++i) {
    const SubType& type = source_.types[i];
    if (type.kind == SubType::kFunc && type.params == params &&
        type.results == results) {
      return i;
    }
  }
  SubType type;
  type.params = params;
  type.results = results;
  type.group_begin = static_cast<uint32_t>(source_.types.size());
  source_.types.push_back(type);
  return type.group_begin;
}

void TestModule::AddTypes() {
  using Storage = wasm::StorageType;
  auto add = [&](SubType type) {
    type.group_begin = static_cast<uint32_t>(source_.types.size());
    source_.types.push_back(type);
  };
  WEFT_CHECK(Type({}, {}) == kTypeEmpty);
  SubType object;
  object.kind = SubType::kStruct;
  object.is_final = false;
  object.fields = {Field(kI32, Storage::kNotPacked, true),
                   Field(kI32, Storage::kI8, true),
                   Field(kI32, Storage::kI16, true),
                   Field(kF64, Storage::kNotPacked, false)};
  add(object);
  object.super = kTypeStruct;
  object.depth = 1;
  object.is_final = true;
  object.fields.push_back(Field(kI64, Storage::kNotPacked, true));
  add(object);
  const wasm::FieldType elements[] = {
      Field(kI32, Storage::kI8, true), Field(kI32, Storage::kI16, true),
      Field(kI32, Storage::kNotPacked, true),
      Field(Nullable(HeapType::kFunc), Storage::kNotPacked, true),
      Field(kI64, Storage::kNotPacked, true)};
  for (const wasm::FieldType& element : elements) {
    SubType array;
    array.kind = SubType::kArray;
    array.fields = {element};
    add(array);
  }
  WEFT_CHECK(Type({kI32}, {kI32}) == kTypeOne);
  WEFT_CHECK(Type({kI32}, {kI32, kI32}) == kTypePair);
  WEFT_CHECK(Type({kI32}, {}) == kTypeSink);
}

void TestModule::AddGlobal(ValueType type, bool is_mutable, const Code& init) {
  wasm::Global global;
  global.type = {type, is_mutable};
  global.init = Expr(init);
  source_.globals.push_back(global);
}

TestModule::TestModule() {
  source_.features = wasm::FeatureSet::All();
  AddTypes();
  source_.imports.push_back(
      {"env", "trace", wasm::ExternalKind::kFunc, kFuncTrace});
  wasm::Function trace;
  trace.type = kTypeSink;
  trace.import_index = 0;
  source_.funcs.push_back(trace);
  source_.num_imported_funcs = 1;
  AddFunc({kI32}, {kI32}, {}, Code().Get(0).I32(1).Add());
  AddFunc({kI32}, {kI32, kI32}, {}, Code().Get(0).Get(0).I32(1).Add());

  wasm::Memory memory;
  memory.type.limits = {1, 4, true, false, false};
  source_.memories.push_back(memory);
  memory.type.limits.is_64 = true;
  source_.memories.push_back(memory);
  memory.type.limits = {1, 4, true, true, false};
  source_.memories.push_back(memory);
  wasm::Table table;
  table.type.element = Nullable(HeapType::kFunc);
  table.type.limits = {8, 0, false, false, false};
  source_.tables.push_back(table);
  table.type.limits.is_64 = true;
  source_.tables.push_back(table);
  table.type.limits.is_64 = false;
  table.type.element = Nullable(HeapType::kAny);
  source_.tables.push_back(table);
  AddGlobal(kI32, true, Code().I32(0));
  AddGlobal(kI64, true, Code().I64(0));
  AddGlobal(Nullable(HeapType::kAny), true, Code().RefNull(HeapType::kAny));
  AddGlobal(kI32, false, Code().I32(7));
  for (const Types& params : {Types{}, Types{kI32}, Types{kI32, kI64}}) {
    wasm::Tag tag;
    tag.type = Type(params, {});
    source_.tags.push_back(tag);
  }
  wasm::ElemSegment elem;
  elem.mode = wasm::ElemSegment::kPassive;
  elem.type = NonNull(HeapType::kFunc);
  elem.funcs = {kFuncOne, kFuncPair};
  source_.elems.push_back(elem);
  storage_.push_back({'w', 'e', 'f', 't'});
  wasm::DataSegment data;
  data.mode = wasm::DataSegment::kPassive;
  data.bytes = storage_.back();
  source_.datas.push_back(data);
  source_.has_data_count = true;
}

uint32_t TestModule::AddFunc(const Types& params, const Types& results,
                             const Types& locals, const Code& code) {
  wasm::ByteWriter body;
  wasm::WriteLocals(absl::MakeConstSpan(locals), &body);
  body.Bytes(code.bytes());
  body.Byte(0x0b);
  storage_.push_back(body.Take());
  wasm::Function func;
  func.type = Type(params, results);
  func.body = storage_.back();
  source_.funcs.push_back(func);
  return static_cast<uint32_t>(source_.funcs.size() - 1);
}

absl::Status TestModule::Build() {
  auto body = [&](uint32_t func, wasm::ByteWriter* out) {
    out->Bytes(source_.funcs[func].body);
    return absl::OkStatus();
  };
  auto bytes = wasm::WriteModule(source_, {}, body);
  if (!bytes.ok()) return bytes.status();
  bytes_ = *std::move(bytes);
  auto module = wasm::ReadModule(bytes_);
  if (!module.ok()) return module.status();
  module_ = *std::move(module);
  return wasm::ValidateAll(module_);
}

// -- Round trips --------------------------------------------------------------

absl::Status RoundTrip(const wasm::Module& module, uint32_t func,
                       wasm::ByteSpan body, std::vector<uint8_t>* out) {
  const TypeLookup types(module);
  Lifter lifter;
  Lowerer lowerer(module, types);
  Function f;
  absl::Status status = lifter.Lift(module, func, body, 0, &f);
  if (!status.ok()) return status;
  status = Verify(module, f);
  if (!status.ok()) return status;
  wasm::ByteWriter writer;
  status = lowerer.Lower(&f, &writer);
  if (!status.ok()) return status;
  *out = writer.Take();
  const wasm::ModuleContext context(module);
  status = wasm::BodyValidator(context).Validate(func, *out, 0);
  if (status.ok()) return status;
  return absl::InternalError(
      absl::StrCat("the lowered body does not validate: ", status.message(),
                   "\n", Listing(module, *out)));
}

absl::Status SettledRoundTrip(const wasm::Module& module, uint32_t func,
                              std::vector<uint8_t>* out) {
  absl::Status status = RoundTrip(module, func, module.funcs[func].body, out);
  if (!status.ok()) return status;
  std::vector<std::vector<uint8_t>> forms = {*out};
  for (int i = 0; i < kMaxTrips; ++i) {
    std::vector<uint8_t> next;
    status = RoundTrip(module, func, forms.back(), &next);
    if (!status.ok()) return status;
    if (std::find(forms.begin(), forms.end(), next) != forms.end()) {
      return absl::OkStatus();
    }
    if (next.size() > forms.back().size()) {
      return absl::InternalError(absl::StrCat(
          "another round trip makes the body larger:\n",
          Listing(module, forms.back()), "becomes\n", Listing(module, next)));
    }
    forms.push_back(next);
  }
  return absl::InternalError("round trips do not settle");
}

std::string Listing(const wasm::Module& module, wasm::ByteSpan body) {
  wasm::ByteReader reader(body, 0);
  Types locals;
  if (!wasm::ReadLocals(&reader, &locals).ok()) return "malformed locals";
  std::string text = absl::StrCat("  locals ", locals.size(), "\n");
  wasm::OperatorReader operators(reader.rest(), 0, module.features);
  Operator op;
  std::string indent = "  ";
  while (!operators.done() && operators.Read(&op).ok()) {
    const wasm::OpInfo& info = wasm::InfoOf(op.op);
    if (op.op == Op::kEnd && indent.size() > 2)
      indent.resize(indent.size() - 2);
    absl::StrAppend(&text, indent, info.text);
    if (op.op == Op::kI32Const || op.op == Op::kI64Const) {
      absl::StrAppend(&text, " ", static_cast<int64_t>(op.value));
    } else if (op.op == Op::kBrTable) {
      for (uint32_t label : op.labels) absl::StrAppend(&text, " ", label);
    } else if (!info.immediates.empty()) {
      absl::StrAppend(&text, " ", op.index[0]);
    }
    absl::StrAppend(&text, "\n");
    switch (op.op) {
      case Op::kBlock:
      case Op::kLoop:
      case Op::kIf:
      case Op::kTry:
      case Op::kTryTable:
        indent += "  ";
        break;
      case Op::kDelegate:
        if (indent.size() > 2) indent.resize(indent.size() - 2);
        break;
      default:
        break;
    }
  }
  return text;
}

}  // namespace weft::ir::testing

// What the host does with values, memories, tables, globals, tags and its own
// functions, without a guest; and what it is refused.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exec/testing.h"

namespace weft::exec {
namespace {

using wasm::HeapType;
using wasm::ValueType;

constexpr auto kWrongStore = absl::StatusCode::kFailedPrecondition;
constexpr auto kWrongType = absl::StatusCode::kInvalidArgument;
constexpr ValueType kFuncRef = ValueType::Ref(HeapType::kFunc, true);
constexpr ValueType kExternRef = ValueType::Ref(HeapType::kExtern, true);

class HandlesTest : public testing::ExecTest {
 protected:
  Func NewFunc(const FuncType& type, HostCallback callback) {
    return Func::New(*store_, type, std::move(callback)).value();
  }
  Func Nop() {
    return NewFunc({}, [](Caller&, absl::Span<const Val>, absl::Span<Val>) {
      return HostResult::Ok();
    });
  }

  std::unique_ptr<Store> other_ = Store::New(engine_).value();
};

TEST_F(HandlesTest, Values) {
  EXPECT_EQ(Val::F32(1.5f).f32_bits(), 0x3fc00000u);
  EXPECT_EQ(Val::F64Bits(0xbff0000000000000u).f64(), -1.0);
  EXPECT_EQ(Val::V128(1, 2).high(), 2u);
  EXPECT_TRUE(Val::Null(HeapType::kNoExtern).is_null());
  EXPECT_EQ(Val::Null(HeapType::kNoExtern).top(), HeapType::kExtern);
  EXPECT_FALSE(Val::I31(0).is_null());
  EXPECT_FALSE(Val::I32(0).is_null());
}

TEST_F(HandlesTest, MemoryReadsWritesAndGrows) {
  const Memory memory =
      Memory::New(*store_, {{.min = 1, .max = 2, .has_max = true}}).value();
  const uint8_t bytes[] = {1, 2, 3};
  EXPECT_TRUE(memory.Write(*store_, 65533, bytes).ok());
  EXPECT_EQ(memory.Write(*store_, 65534, bytes).code(),
            absl::StatusCode::kOutOfRange);
  uint8_t out[3] = {};
  EXPECT_TRUE(memory.Read(*store_, 65533, absl::MakeSpan(out)).ok());
  EXPECT_EQ(out[2], 3);
  EXPECT_EQ(memory.Read(*store_, ~uint64_t{0}, absl::MakeSpan(out)).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(memory.Read(*store_, 65536, {}).ok());
  EXPECT_EQ(memory.Grow(*store_, 1).value(), 1u);
  EXPECT_EQ(memory.Grow(*store_, 1).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(memory.size(*store_).value(), 2u);
  EXPECT_EQ(memory.type(*store_)->limits.min, 2u);
  EXPECT_EQ(memory.data(*other_).status().code(), kWrongStore);
  EXPECT_EQ(Memory().size(*store_).status().code(), kWrongStore);
  EXPECT_EQ(memory.shared(*store_).status().code(), kWrongStore);
  EXPECT_EQ(Memory::New(*store_, {{.min = 3, .max = 2, .has_max = true}})
                .status()
                .code(),
            kWrongType);
  EXPECT_EQ(Memory::New(*store_, {{.min = 65537}}).status().code(), kWrongType);
}

TEST_F(HandlesTest, SharedMemoryIsOneInAllStores) {
  const wasm::MemoryType type = {
      {.min = 1, .max = 3, .has_max = true, .is_shared = true}};
  const Memory first = Memory::New(*store_, type).value();
  const SharedMemory shared = first.shared(*store_).value();
  const Memory second = Memory::FromShared(*other_, shared).value();
  first.data(*store_).value()[5] = 9;
  EXPECT_EQ(second.data(*other_).value()[5], 9);
  EXPECT_EQ(second.Grow(*other_, 1).value(), 1u);
  EXPECT_EQ(first.size(*store_).value(), 2u);
  EXPECT_EQ(Memory::FromShared(*store_, shared).value(), first);
  store_ = nullptr;
  EXPECT_EQ(second.data(*other_).value()[5], 9);
  other_ = nullptr;
  engine_ = Engine();
  EXPECT_EQ(shared.data()[5], 9);
  EXPECT_EQ(SharedMemory::New(engine_, {{.min = 1}}).status().code(),
            kWrongType);
}

TEST_F(HandlesTest, TablesCheckTheirValues) {
  const Table table =
      Table::New(*store_, {kFuncRef, {.min = 2}}, Val::Null(HeapType::kFunc))
          .value();
  const Val func = Nop().ToVal(*store_).value();
  EXPECT_TRUE(table.Set(*store_, 1, func).ok());
  EXPECT_EQ(Func::FromVal(*store_, table.Get(*store_, 1).value()).value(),
            Func::FromVal(*store_, func).value());
  EXPECT_EQ(table.Set(*store_, 2, func).code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(table.Get(*store_, 2).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(table.Set(*store_, 0, Val::I32(1)).code(), kWrongType);
  EXPECT_EQ(table.Set(*store_, 0, Val::I31(1)).code(), kWrongType);
  const Val host_ref = store_->NewHostRef(7).value();
  EXPECT_EQ(table.Set(*store_, 0, host_ref).code(), kWrongType);
  EXPECT_EQ(table.Grow(*store_, 3, func).value(), 2u);
  EXPECT_FALSE(table.Get(*store_, 4)->is_null());
  EXPECT_EQ(table.Grow(*store_, uint64_t{1} << 32, func).status().code(),
            absl::StatusCode::kResourceExhausted);
  const ValueType non_null = ValueType::Ref(HeapType::kFunc, false);
  EXPECT_EQ(
      Table::New(*store_, {non_null, {.min = 1}}, Val::Null(HeapType::kFunc))
          .status()
          .code(),
      kWrongType);
  EXPECT_EQ(table.size(*other_).status().code(), kWrongStore);
  auto other_table =
      Table::New(*other_, {kFuncRef, {.min = 1}}, Val::Null(HeapType::kFunc));
  EXPECT_EQ(other_table->Set(*other_, 0, func).code(), kWrongStore);
}

TEST_F(HandlesTest, TypedFunctionTables) {
  const FuncType type = {{ValueType::kI32}, {}};
  const TypeId id = engine_.RegisterType(type).value();
  const ValueType element = ValueType::Ref(HeapType::Defined(id), true);
  const Table table =
      Table::New(*store_, {element, {.min = 1}}, Val::Null(HeapType::kFunc))
          .value();
  const Func right =
      NewFunc(type, [](Caller&, absl::Span<const Val>, absl::Span<Val>) {
        return HostResult::Ok();
      });
  EXPECT_TRUE(table.Set(*store_, 0, right.ToVal(*store_).value()).ok());
  EXPECT_EQ(table.Set(*store_, 0, Nop().ToVal(*store_).value()).code(),
            kWrongType);
}

TEST_F(HandlesTest, Globals) {
  const Global constant =
      Global::New(*store_, {ValueType::kI64, false}, Val::I64(5)).value();
  EXPECT_EQ(constant.Get(*store_)->i64(), 5u);
  EXPECT_EQ(constant.Set(*store_, Val::I64(6)).code(), kWrongStore);
  const Global variable =
      Global::New(*store_, {ValueType::kV128, true}, Val::V128(1, 2)).value();
  EXPECT_TRUE(variable.Set(*store_, Val::V128(3, 4)).ok());
  EXPECT_EQ(variable.Get(*store_)->high(), 4u);
  EXPECT_EQ(variable.Set(*store_, Val::I32(6)).code(), kWrongType);
  EXPECT_EQ(variable.Get(*other_).status().code(), kWrongStore);
  EXPECT_EQ(Global::New(*store_, {ValueType::kF32, true}, Val::F64(1))
                .status()
                .code(),
            kWrongType);
}

TEST_F(HandlesTest, HostReferences) {
  const Val a = store_->NewHostRef(1000).value();
  const Val b = store_->NewHostRef(1000, true).value();
  EXPECT_EQ(store_->HostValue(a).value(), 1000u);
  EXPECT_EQ(store_->HostValue(b).value(), 1000u);
  EXPECT_EQ(a.ref(), b.ref());
  EXPECT_EQ(a.top(), HeapType::kExtern);
  EXPECT_EQ(b.top(), HeapType::kAny);
  EXPECT_EQ(other_->HostValue(a).status().code(), kWrongType);
  EXPECT_EQ(store_->HostValue(Val::I31(3)).status().code(), kWrongType);
  EXPECT_EQ(store_->HostValue(Val::Null(HeapType::kExtern)).status().code(),
            kWrongType);
}

TEST_F(HandlesTest, HostReferencesAreReleasedWhenNobodyHoldsThem) {
  std::vector<uint64_t> released;
  auto store =
      Store::New(
          engine_,
          {.release_host_ref =
               [](void* data, uint64_t value) {
                 static_cast<std::vector<uint64_t>*>(data)->push_back(value);
               },
           .release_data = &released})
          .value();
  Val kept = store->NewHostRef(1).value();
  const Table table =
      Table::New(*store, {kExternRef, {.min = 1}}, Val::Null(HeapType::kExtern))
          .value();
  ASSERT_TRUE(table.Set(*store, 0, store->NewHostRef(2).value()).ok());
  ASSERT_TRUE(store->NewHostRef(3).ok());
  store->CollectGarbage();
  EXPECT_EQ(released, std::vector<uint64_t>({3}));
  ASSERT_TRUE(table.Set(*store, 0, Val::Null(HeapType::kExtern)).ok());
  store->CollectGarbage();
  EXPECT_EQ(released, std::vector<uint64_t>({3, 2}));
  store = nullptr;
  EXPECT_EQ(released, std::vector<uint64_t>({3, 2, 1}));
  EXPECT_TRUE(kept.is_null());
}

TEST_F(HandlesTest, Tags) {
  const Tag tag =
      Tag::New(*store_, {ValueType::kI32, ValueType::kV128, kExternRef})
          .value();
  const Tag same_type =
      Tag::New(*store_, {ValueType::kI32, ValueType::kV128, kExternRef})
          .value();
  const Val host_ref = store_->NewHostRef(8).value();
  const Val exception =
      tag.NewException(*store_, {Val::I32(1), Val::V128(2, 3), host_ref})
          .value();
  store_->CollectGarbage();
  EXPECT_TRUE(tag.Matches(*store_, exception).value());
  EXPECT_FALSE(same_type.Matches(*store_, exception).value());
  const std::vector<Val> payload = tag.Payload(*store_, exception).value();
  ASSERT_EQ(payload.size(), 3u);
  EXPECT_EQ(payload[0].i32(), 1u);
  EXPECT_EQ(payload[1].high(), 3u);
  EXPECT_EQ(store_->HostValue(payload[2]).value(), 8u);
  EXPECT_EQ(same_type.Payload(*store_, exception).status().code(), kWrongType);
  EXPECT_EQ(tag.NewException(*store_, {Val::I32(1)}).status().code(),
            kWrongType);
  EXPECT_EQ(tag.Matches(*store_, host_ref).status().code(), kWrongType);
  EXPECT_EQ(tag.Matches(*other_, exception).status().code(), kWrongStore);
}

TEST_F(HandlesTest, HostFunctionsGetAndGiveEveryType) {
  const std::vector<ValueType> all = {ValueType::kI32,  ValueType::kI64,
                                      ValueType::kF32,  ValueType::kF64,
                                      ValueType::kV128, kExternRef};
  const Func swap = NewFunc(
      {all, all},
      [](Caller& caller, absl::Span<const Val> args, absl::Span<Val> results) {
        EXPECT_FALSE(caller.instance().ok());
        EXPECT_FALSE(caller.memory().ok());
        std::copy(args.begin(), args.end(), results.begin());
        return HostResult::Ok();
      });
  const std::vector<Val> args = {
      Val::I32(1),       Val::I64(~uint64_t{0}), Val::F32Bits(0x7fa00000),
      Val::F64Bits(123), Val::V128(4, 5),        store_->NewHostRef(6).value()};
  std::vector<Val> results(6);
  ASSERT_TRUE(
      swap.Call(*store_, args, absl::MakeSpan(results)).value().returned());
  EXPECT_EQ(results[1].i64(), ~uint64_t{0});
  EXPECT_EQ(results[2].f32_bits(), 0x7fa00000u);
  EXPECT_EQ(results[4].low(), 4u);
  EXPECT_EQ(results[4].high(), 5u);
  EXPECT_EQ(store_->HostValue(results[5]).value(), 6u);
}

TEST_F(HandlesTest, CallsAreChecked) {
  const Func func =
      NewFunc({{ValueType::kI32}, {ValueType::kI32}},
              [](Caller&, absl::Span<const Val> args, absl::Span<Val> results) {
                results[0] = args[0];
                return HostResult::Ok();
              });
  Val result;
  EXPECT_EQ(func.Call(*store_, {}, {&result, 1}).status().code(), kWrongType);
  EXPECT_EQ(func.Call(*store_, {Val::I64(1)}, {&result, 1}).status().code(),
            kWrongType);
  EXPECT_EQ(func.Call(*store_, {Val::I32(1)}, {}).status().code(), kWrongType);
  EXPECT_EQ(func.Call(*other_, {Val::I32(1)}, {&result, 1}).status().code(),
            kWrongStore);
  EXPECT_EQ(Func().Call(*store_, {}, {}).status().code(), kWrongStore);
  EXPECT_EQ(Func::New(*store_, FuncType(), nullptr).status().code(),
            kWrongType);
  EXPECT_EQ(Func::NewOfType(*store_, TypeId{999999},
                            [](Caller&, absl::Span<const Val>,
                               absl::Span<Val>) { return HostResult::Ok(); })
                .status()
                .code(),
            kWrongType);
  const ValueType unknown = ValueType::Ref(HeapType::Defined(999999), true);
  EXPECT_EQ(engine_.RegisterType({{unknown}, {}}).status().code(), kWrongType);
  EXPECT_EQ(engine_.RegisterType({{ValueType::kBottom}, {}}).status().code(),
            kWrongType);
  EXPECT_EQ(Global::New(*store_, {unknown, true}, Val::Null(HeapType::kAny))
                .status()
                .code(),
            kWrongType);
  EXPECT_EQ(Table::New(*store_, {unknown, {}}, Val::Null(HeapType::kAny))
                .status()
                .code(),
            kWrongType);
  EXPECT_EQ(Func::FromVal(*store_, Val::Null(HeapType::kFunc)).status().code(),
            kWrongType);
}

TEST_F(HandlesTest, HostFunctionsThatAnswerWrongly) {
  const Func wrong =
      NewFunc({{}, {ValueType::kI32}},
              [](Caller&, absl::Span<const Val>, absl::Span<Val> results) {
                results[0] = Val::I64(1);
                return HostResult::Ok();
              });
  Val result;
  const CallResult call = wrong.Call(*store_, {}, {&result, 1}).value();
  EXPECT_EQ(call.trap.kind, TrapKind::kHostTrap);
  EXPECT_NE(call.trap.message.find("type mismatch: expected i32, got i64"),
            std::string::npos)
      << call.trap.message;
  const Func throws =
      NewFunc({}, [](Caller&, absl::Span<const Val>, absl::Span<Val>) {
        return HostResult::Throw(Val::I32(0));
      });
  EXPECT_EQ(throws.Call(*store_, {}, {})->trap.kind, TrapKind::kHostTrap);
}

TEST_F(HandlesTest, HostFunctionsEndInEveryWay) {
  const auto end = [&](HostResult (*make)()) {
    return NewFunc({}, [make](Caller&, absl::Span<const Val>,
                              absl::Span<Val>) { return make(); })
        .Call(*store_, {}, {})
        .value();
  };
  const CallResult message = end([] { return HostResult::Trap("no luck"); });
  EXPECT_EQ(message.trap.message, "no luck");
  EXPECT_EQ(TrapText(message.trap), "no luck");
  const CallResult kind =
      end([] { return HostResult::Trap(TrapKind::kOutOfMemory); });
  EXPECT_EQ(kind.trap.kind, TrapKind::kOutOfMemory);
  EXPECT_EQ(kind.trap.message, "out of memory");
  const CallResult exit = end([] { return HostResult::Exit(-3); });
  EXPECT_EQ(exit.kind, CallResult::kExited);
  EXPECT_EQ(exit.exit_code, -3);
  const Tag tag = Tag::New(*store_, {ValueType::kI32}).value();
  const Func throws = NewFunc(
      {}, [tag](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
        return HostResult::Throw(
            tag.NewException(caller.store(), {Val::I32(4)}).value());
      });
  const CallResult thrown = throws.Call(*store_, {}, {}).value();
  EXPECT_EQ(thrown.kind, CallResult::kThrew);
  store_->CollectGarbage();
  EXPECT_EQ((*tag.Payload(*store_, thrown.exception))[0].i32(), 4u);
}

TEST_F(HandlesTest, NestedCallsEndAt128) {
  int depth = 0;
  Func self;
  self =
      NewFunc({}, [&](Caller& caller, absl::Span<const Val>, absl::Span<Val>) {
        ++depth;
        return HostResult::From(self.Call(caller.store(), {}, {}).value());
      });
  const CallResult result = self.Call(*store_, {}, {}).value();
  EXPECT_EQ(result.trap.kind, TrapKind::kCallStackExhausted);
  EXPECT_EQ(depth, 128);
  // The store can be used again.
  EXPECT_TRUE(Nop().Call(*store_, {}, {}).value().returned());
}

struct Data {
  int value = 0;
  bool* deleted;
  ~Data() { *deleted = true; }
};
struct PlainData {
  std::string text;
};

TEST_F(HandlesTest, TypedStoresCheckTheType) {
  auto plain = TypedStore<PlainData>::New(engine_, {"text"}).value();
  EXPECT_EQ(TypedStore<PlainData>::From(*plain)->data().text, "text");
  EXPECT_EQ(TypedStore<int>::From(*plain).status().code(), kWrongStore);
  EXPECT_EQ(TypedStore<int>::From(*store_).status().code(), kWrongStore);
  auto number = TypedStore<int>::New(engine_, 5).value();
  EXPECT_EQ(TypedStore<PlainData>::From(*number).status().code(), kWrongStore);
  auto typed = TypedStore<int>::From(*number).value();
  typed.data() = 6;
  EXPECT_EQ(TypedStore<int>::From(typed.store())->data(), 6);
}

TEST_F(HandlesTest, StoresDeleteTheirDataLast) {
  bool deleted = false;
  auto store = Store::New(engine_).value();
  store->set_data(new Data{1, &deleted}, &deleted,
                  [](void* data) { delete static_cast<Data*>(data); });
  store = nullptr;
  EXPECT_TRUE(deleted);
}

}  // namespace
}  // namespace weft::exec

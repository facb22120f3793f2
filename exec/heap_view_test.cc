// What a host finds in objects that a guest has made.
#include "exec/heap_view.h"

#include <cstdint>

#include "exec/testing.h"

namespace weft::exec {
namespace {

using Kind = HeapView::Kind;

class HeapViewTest : public testing::ExecTest {
 protected:
  // What the exported function "f" of a module with these fields returns.
  HeapView::Object Make(absl::string_view fields) {
    instance_ = Instantiate(fields);
    EXPECT_TRUE(Call(instance_, "f", {}, 1).returned());
    EXPECT_TRUE(IsHeapRef(results()[0].ref()));
    return View().At(results()[0].ref());
  }
  HeapView View() const { return HeapView(*store_); }
  Slot Low(const HeapView::Object& object, uint32_t i) const {
    return View().Get(object, i).low;
  }

  Instance instance_;
};

TEST_F(HeapViewTest, FieldsOfEveryWidth) {
  const HeapView::Object o = Make(R"(
    (type $s (struct (field i8) (field (mut i64)) (field i16) (field f32)
                     (field v128) (field (mut i32)) (field f64)))
    (func (export "f") (result anyref)
      (struct.new $s (i32.const -1) (i64.const -2) (i32.const 0x12345)
        (f32.const -0) (v128.const i64x2 5 6) (i32.const -7) (f64.const 1))))");
  EXPECT_EQ(o.kind, Kind::kStruct);
  ASSERT_EQ(o.length, 7u);
  EXPECT_EQ(Low(o, 0), 0xffu);
  EXPECT_EQ(View().Get(o, 0).type, wasm::ValueType(wasm::ValueType::kI32));
  EXPECT_EQ(Low(o, 1), ~uint64_t{1});
  EXPECT_EQ(Low(o, 2), 0x2345u);
  EXPECT_EQ(Low(o, 3), 0x80000000u);
  EXPECT_EQ(Low(o, 4), 5u);
  EXPECT_EQ(View().Get(o, 4).high, 6u);
  EXPECT_EQ(Low(o, 5), 0xfffffff9u);
  EXPECT_EQ(Low(o, 6), 0x3ff0000000000000u);
  EXPECT_TRUE(View().Numbers(o).empty());
}

TEST_F(HeapViewTest, ArraysOfNumbersHaveBytes) {
  const HeapView::Object o = Make(R"(
    (type $a (array (mut i16)))
    (func (export "f") (result externref)
      (extern.convert_any
        (array.new_fixed $a 3 (i32.const 1) (i32.const -1) (i32.const 3)))))");
  EXPECT_EQ(o.kind, Kind::kArray);
  ASSERT_EQ(o.length, 3u);
  EXPECT_EQ(Low(o, 1), 0xffffu);
  const absl::Span<const uint8_t> bytes = View().Numbers(o);
  ASSERT_EQ(bytes.size(), 6u);
  EXPECT_EQ(bytes[0], 1);
  EXPECT_EQ(bytes[3], 0xff);
  EXPECT_EQ(bytes[4], 3);
}

TEST_F(HeapViewTest, ReferencesCanBeFollowed) {
  const HeapView::Object o = Make(R"(
    (type $n (struct (field (mut anyref)) (field funcref)))
    (func $g (export "g"))
    (func (export "f") (result (ref array))
      (local $n (ref $n))
      (local.set $n (struct.new $n (ref.i31 (i32.const 3)) (ref.func $g)))
      (array.new_fixed $a 3 (local.get $n) (ref.null $n) (local.get $n)))
    (type $a (array (ref null $n))))");
  EXPECT_TRUE(View().Numbers(o).empty());
  ASSERT_EQ(o.length, 3u);
  EXPECT_EQ(Low(o, 0), Low(o, 2));
  EXPECT_EQ(Low(o, 1), kNullRef);
  const HeapView::Object n = View().At(static_cast<Ref>(Low(o, 0)));
  EXPECT_EQ(n.kind, Kind::kStruct);
  EXPECT_NE(n.type, o.type);
  EXPECT_EQ(Low(n, 0), I31Ref(3));
  EXPECT_EQ(View().FuncOf(static_cast<Ref>(Low(n, 1))),
            instance_.GetFunc(*store_, "g").value());
}

TEST_F(HeapViewTest, ValuesOfTheHost) {
  const Instance instance = Instantiate(R"(
    (type $s (struct (field externref)))
    (func (export "f") (param externref) (result anyref)
      (struct.new $s (local.get 0))))");
  Call(instance, "f", {store_->NewHostRef(77).value()}, 1);
  const HeapView::Object o = View().At(results()[0].ref());
  EXPECT_EQ(View().HostValue(static_cast<Ref>(Low(o, 0))), 77u);
}

TEST_F(HeapViewTest, Exceptions) {
  const Instance instance = Instantiate(R"(
    (tag $a (export "a") (param i64 v128 i32))
    (tag $b (export "b") (param i64 v128 i32))
    (tag $c (export "c") (param f32))
    (func (export "neg") (throw $c (f32.neg (f32.const 0))))
    (func (export "f")
      (throw $a (i64.const 1) (v128.const i64x2 2 3) (i32.const 4))))");
  const CallResult call = Call(instance, "f");
  ASSERT_EQ(call.kind, CallResult::kThrew);
  const HeapView::Object o = View().At(call.exception.ref());
  EXPECT_EQ(o.kind, Kind::kException);
  ASSERT_EQ(o.length, 3u);
  EXPECT_EQ(Low(o, 0), 1u);
  EXPECT_EQ(Low(o, 1), 2u);
  EXPECT_EQ(View().Get(o, 1).high, 3u);
  EXPECT_EQ(Low(o, 2), 4u);
  const auto tag = [&](absl::string_view name) {
    return std::get<Tag>(instance.GetExport(*store_, name).value());
  };
  EXPECT_TRUE(View().IsOf(o, tag("a")));
  EXPECT_FALSE(View().IsOf(o, tag("b")));
  // Of a slot, the bits of its type.
  const CallResult neg = Call(instance, "neg");
  EXPECT_EQ(Low(View().At(neg.exception.ref()), 0), 0x80000000u);
}

}  // namespace
}  // namespace weft::exec

// Code as the translator made it is accepted; damaged in any of the ways that
// the verifier looks for, it is refused.
#include "exec/bytecode/verify.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exec/bytecode/decoder.h"
#include "exec/bytecode/function_code.h"
#include "exec/bytecode/instr.h"
#include "exec/runtime/type_registry.h"
#include "exec/translate/module_code.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/validator.h"

namespace weft::exec {
namespace {

using ::testing::HasSubstr;
using wasm::Op;

Cell IdCell(uint16_t id) { return id; }

// Code that can be written to.
struct Editable {
  explicit Editable(const FunctionCode& from) {
    const size_t cells = FunctionCode::kHeaderCells + from.num_cells;
    code.func = from.func;
    code.cells.reset(new Cell[cells]);
    std::copy_n(from.cells.get(), cells, code.cells.get());
    code.num_cells = from.num_cells;
    code.ref_slots = from.ref_slots;
    code.ref_temps_begin = from.ref_temps_begin;
    code.ref_temps_end = from.ref_temps_end;
    code.positions = from.positions;
    code.regions = from.regions;
    code.catches = from.catches;
  }

  Cell* begin() { return code.cells.get() + FunctionCode::kHeaderCells; }
  CodeHeader& header() {
    return *reinterpret_cast<CodeHeader*>(code.cells.get());
  }
  // The `nth` instruction of that kind; fails the test when there is none.
  uint32_t Find(InstrId id, int nth = 0) {
    const InstructionDecoder decoder(&IdCell);
    Instruction in;
    for (uint32_t cell = 0;
         decoder.Decode({begin(), code.num_cells}, cell, &in);
         cell = in.next()) {
      if (in.id == id && nth-- == 0) return cell;
    }
    ADD_FAILURE() << "no " << NameOf(id);
    return 0;
  }
  uint32_t Find(FixedInstr instr, int nth = 0) {
    return Find(IdOf(instr), nth);
  }
  void Set(uint32_t cell, size_t field, uint64_t value) {
    const std::string_view layout =
        LayoutOf(static_cast<InstrId>(begin()[cell]));
    ASSERT_LT(field, layout.size());
    std::memcpy(reinterpret_cast<char*>(begin() + cell + 1) +
                    FieldOffset(layout, field),
                &value, std::max<size_t>(FieldSize(layout[field]), 2));
  }
  void Set(FixedInstr instr, size_t field, uint64_t value) {
    Set(Find(instr), field, value);
  }
  void Set(Op op, Form form, size_t field, uint64_t value) {
    Set(Find(IdOf(op, form)), field, value);
  }
  void Become(FixedInstr from, FixedInstr to) {
    begin()[Find(from)] = IdOf(to);
  }

  FunctionCode code;
};

constexpr char kModule[] = R"(
(module
  (type $pair (struct (field (mut i32)) (field (mut externref))))
  (type $bytes (array (mut i8)))
  (type $nullary (func))
  (type $mixed (func (param i32 externref) (result i32 externref)))
  (import "m" "f" (func $imported (param i32) (result i32)))
  (import "m" "g" (global $imported_global i64))
  (memory 1)
  (memory 1)
  (table $funcs 4 funcref)
  (table $externs 4 externref)
  (global $number (mut i32) (i32.const 0))
  (global $vector (mut v128) (v128.const i64x2 0 0))
  (global $constant i32 (i32.const 1))
  (global $ref (mut externref) (ref.null extern))
  (tag $t (param i32 externref))
  (data "abc")
  (elem func $number_of)
  (func $number_of (param i32 i32) (result i32)
    (i32.add (i32.mul (local.get 0) (local.get 1)) (local.get 0)))
  (func $loops (param $n i32) (result i32) (local $sum i32)
    (loop $l
      (local.set $sum (i32.add (local.get $sum) (local.get $n)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $n) (local.get $sum)))
      (br_if $l (local.get $n)))
    (block $a (block $b (block $c
      (br_table $a $b $c (local.get $n)))
      (return (i32.const 2))) (return (i32.const 3)))
    (local.get $sum))
  (func $memory (param i32) (result i32)
    (i32.store (local.get 0) (i32.load (i32.const 8)))
    (i32.store8 1 (local.get 0) (i32.const 3))
    (v128.store (i32.const 16) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13
      14 15 (v128.load (local.get 0)) (v128.load (i32.const 32))))
    (memory.init 0 (local.get 0) (i32.const 0) (i32.const 0))
    (memory.copy 0 1 (local.get 0) (i32.const 0) (i32.const 0))
    (i8x16.extract_lane_s 3 (v128.load (local.get 0))))
  (func $globals (result i32)
    (global.set $vector (global.get $vector))
    (global.set $number (i32.wrap_i64 (global.get $imported_global)))
    (global.set $ref (ref.null extern))
    (global.get $number))
  (func $calls (param i32) (result i32)
    (call_indirect $funcs (param i32) (result i32)
      (call $imported (call $number_of (local.get 0) (i32.const 1)))
      (i32.const 0)))
  (func $tail (param i32) (result i32)
    (return_call $number_of (local.get 0) (local.get 0)))
  (func $mix (type $mixed)
    (call $mix (local.get 0) (local.get 1)))
  (func $pick (param i32 externref externref) (result externref)
    (table.set $externs (local.get 0) (local.get 1))
    (select (result externref) (local.get 1) (local.get 2)
      (i32.eqz (local.get 0))))
  (func $heap (param (ref $pair) (ref $bytes) i32) (result i32)
    (struct.set $pair 1 (local.get 0) (struct.get $pair 1 (local.get 0)))
    (drop (struct.new $pair (i32.const 1) (ref.null extern)))
    (array.get_u $bytes (local.get 1) (local.get 2)))
  (func $catches (param i32 externref) (result i32) (local exnref)
    (block $h (result i32 externref)
      (try_table (catch $t $h)
        (throw $t (local.get 0) (local.get 1)))
      (return (i32.const 1)))
    (drop))
  (func $many (param i32 i64) (result i64 i32)
    (local.get 1) (local.get 0))
  (func $vectors (param v128) (result v128) (local.get 0))
  (func $constant_of (result i32) (i32.const 7))
  (func $empty)
  (func $range (param i32 externref) (result i32)
    (block $b (result i32 i32 i32 i32 i32 i32 i32 externref)
      (i64.const 1)
      (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
      (local.get 0) (local.get 0) (local.get 1)
      (br $b))
    (drop) (drop) (drop) (drop) (drop) (drop) (drop))
  (func $fence (atomic.fence))
  (func $nested
    (block $h
      (try_table (catch_all $h)
        (try_table (catch_all 0) (call $empty)))))
  (func $arm (param i32)
    (loop $l
      (try (do) (catch_all))
      (if (local.get 0) (then (call $empty)))
      (br $l)))
  (func $calls_behind_try
    (try (do) (catch_all))
    (call $empty))
))";

// Functions of kModule by their order among the defined ones.
enum Func : uint32_t {
  kNumberOf,
  kLoops,
  kMemory,
  kGlobals,
  kCalls,
  kTail,
  kMix,
  kPick,
  kHeap,
  kCatches,
  kMany,
  kVectors,
  kConstantOf,
  kEmpty,
  kRange,
  kFence,
  kNested,
  kArm,
  kCallsBehindTry,
};

class CodeVerifierTest : public ::testing::Test {
 protected:
  CodeVerifierTest()
      : bytes_(wasm::ParseModuleText(kModule).value()),
        module_(wasm::ReadModule(bytes_).value()) {
    EXPECT_TRUE(wasm::ValidateAll(module_).ok()) << wasm::ValidateAll(module_);
    types_ = registry_.Register(module_).value();
    Translate({});
  }

  void Translate(const CodeOptions& options) {
    verifier_ = std::make_unique<CodeVerifier>(module_, types_,
                                               options.charges(), &IdCell);
    code_ = std::make_unique<ModuleCode>(module_, types_, registry_, options,
                                         &IdCell);
  }

  Editable Copy(uint32_t func) {
    EXPECT_TRUE(code_->Translate(func, bounds_).ok());
    const Cell* const begin = code_->entries(bounds_)[func].code;
    return Editable(*code_->FindCode(begin));
  }

  // The error for function `func` after `damage`.
  std::string After(uint32_t func,
                    const std::function<void(Editable&)>& damage) {
    Editable copy = Copy(func);
    EXPECT_TRUE(verifier_->Verify(copy.code, bounds_).ok());
    damage(copy);
    return std::string(
        verifier_->Verify(copy.code, bounds_).status().message());
  }

  const std::vector<uint8_t> bytes_;
  const wasm::Module module_;
  TypeRegistry registry_;
  std::vector<TypeId> types_;
  Bounds bounds_ = Bounds::kGuard;
  std::unique_ptr<CodeVerifier> verifier_;
  std::unique_ptr<ModuleCode> code_;
};

#define EXPECT_REFUSED(func, damage, message) \
  EXPECT_THAT(After(func, [](Editable& code) { damage; }), HasSubstr(message))

TEST_F(CodeVerifierTest, WhatTheTranslatorMadePasses) {
  for (const bool fuse : {true, false}) {
    for (const bool metering : {true, false}) {
      Translate({.fuse = fuse, .metering = metering});
      for (uint32_t func = kNumberOf; func <= kCallsBehindTry; ++func) {
        const Editable copy = Copy(func);
        const auto verified = verifier_->Verify(copy.code, bounds_);
        ASSERT_TRUE(verified.ok()) << verified.status();
        const bool refs = func == kGlobals || func == kMix || func == kPick ||
                          func == kHeap || func == kCatches || func == kRange ||
                          func == kArm || func == kCallsBehindTry;
        EXPECT_EQ(verified->handles_references, refs) << func;
      }
    }
  }
}

TEST_F(CodeVerifierTest, CellsAreInstructions) {
  EXPECT_REFUSED(kNumberOf, code.begin()[0] = kInstrCount, "no instruction");
  EXPECT_REFUSED(kNumberOf, code.begin()[0] = ~Cell{0}, "no instruction");
  EXPECT_REFUSED(kMany, code.Set(FixedInstr::kReturnMany, 0, 1000),
                 "no instruction");
  EXPECT_REFUSED(kFence,
                 code.Become(FixedInstr::kAtomicFence, FixedInstr::kExit),
                 "an instruction of stubs");
  EXPECT_REFUSED(kEmpty,
                 code.Become(FixedInstr::kReturn, FixedInstr::kRestoreInstance),
                 "falls off the end");
  EXPECT_REFUSED(kNumberOf, code.code.num_cells = 0, "there is none");
  EXPECT_REFUSED(kNumberOf, code.code.num_cells -= 1, "falls off the end");
}

TEST_F(CodeVerifierTest, HeadersFitTheirFunctions) {
  EXPECT_REFUSED(kNumberOf, code.header().func = kLoops, "another function");
  EXPECT_REFUSED(kNumberOf, code.code.func = code.header().func = 1000,
                 "another function");
  EXPECT_REFUSED(kNumberOf, code.header().frame_slots = 1, "exceed the frame");
  EXPECT_REFUSED(kMany, code.header().frame_slots = 1, "exceed the frame");
  EXPECT_REFUSED(kLoops, code.header().zero_slots = 0x80000000, "zeroed");
  EXPECT_REFUSED(kLoops, code.header().zero_begin = 0, "zeroed");
  EXPECT_REFUSED(kCatches, code.header().zero_slots = 0, "zeroed");
}

TEST_F(CodeVerifierTest, SlotsOfReferencesAreTold) {
  // Neighbours are one range, however many there are.
  ASSERT_EQ(Copy(kPick).code.ref_slots.size(), 1u);
  EXPECT_EQ(Copy(kPick).code.ref_slots[0].begin, 1u);
  EXPECT_EQ(Copy(kPick).code.ref_slots[0].end, 3u);
  EXPECT_REFUSED(kPick, code.code.ref_slots.clear(), "reference parameter");
  EXPECT_REFUSED(kPick, code.code.ref_slots[0].begin = 0, "is no reference");
  EXPECT_REFUSED(kPick, code.code.ref_slots.push_back(code.code.ref_slots[0]),
                 "in order");
  EXPECT_REFUSED(kPick, code.code.ref_slots.push_back({60000, 60001}),
                 "in order");
  EXPECT_REFUSED(kPick, code.code.ref_temps_end = 60000, "not zeroed");
  EXPECT_REFUSED(kPick, code.code.ref_temps_begin = 60000, "no range");
}

TEST_F(CodeVerifierTest, SlotsLieInTheFrame) {
  const char* const kOutside = "a slot is outside of the frame";
  EXPECT_REFUSED(kNumberOf, code.Set(Op::kI32Mul, Form::kSS, 0, 999), kOutside);
  EXPECT_REFUSED(kNumberOf, code.Set(Op::kI32Mul, Form::kSS, 1, 999), kOutside);
  EXPECT_REFUSED(kNumberOf, code.Set(Op::kI32Mul, Form::kSS, 2, 65535),
                 kOutside);
  EXPECT_REFUSED(kMany, code.Set(FixedInstr::kReturnMany, 1, 999), kOutside);
  EXPECT_REFUSED(
      kMemory,
      code.Set(Op::kV128Load, Form::kLoadS, 0, code.header().frame_slots - 1),
      kOutside);
  EXPECT_REFUSED(
      kVectors,
      code.Set(FixedInstr::kReturnV128, 0, code.header().frame_slots - 1),
      kOutside);
  EXPECT_REFUSED(kCatches, code.Set(FixedInstr::kThrow, 2, 999), kOutside);
  EXPECT_REFUSED(kNumberOf, code.header().frame_slots = 2, kOutside);
}

TEST_F(CodeVerifierTest, TargetsAreInstructions) {
  EXPECT_REFUSED(kLoops, code.Set(FixedInstr::kBackBrIfAcc, 2, 1000),
                 "outside of the function");
  EXPECT_REFUSED(kLoops, code.Set(FixedInstr::kBackBrIfAcc, 2, -1000),
                 "outside of the function");
  EXPECT_REFUSED(kLoops, code.Set(FixedInstr::kBackBrIfAcc, 2, -1),
                 "inside of an instruction");
  EXPECT_REFUSED(kLoops,
                 code.begin()[code.Find(FixedInstr::kBackBrIfAcc)] =
                     IdOf(FixedInstr::kBrIfAcc),
                 "does not poll");
  EXPECT_REFUSED(kLoops, code.Set(FixedInstr::kBackBrIfAcc, 2, 2),
                 "goes forward");
  EXPECT_REFUSED(kLoops, code.Set(FixedInstr::kBrTableAcc, 3, 1000),
                 "outside of the function");
  EXPECT_REFUSED(kLoops, code.Set(FixedInstr::kBrTableAcc, 3, 1),
                 "inside of an instruction");
}

TEST_F(CodeVerifierTest, IndicesLieInTheirSpaces) {
  const char* const kOutside = "outside of its space";
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCall, 0, 1000), kOutside);
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCallImported, 0, 1), kOutside);
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCallIndirect, 2, 2), kOutside);
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCallIndirect, 2, 1),
                 "holds no functions");
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCallIndirect, 3, 1000),
                 "no type of that index");
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCallIndirect, 3, 0),
                 "no type of that index");
  EXPECT_REFUSED(kGlobals, code.Set(FixedInstr::kGlobalGet, 2, 1000),
                 "no such global");
  EXPECT_REFUSED(kGlobals, code.Set(FixedInstr::kGlobalGetV128, 2, 2),
                 "no such global");
  EXPECT_REFUSED(kGlobals, code.Set(FixedInstr::kGlobalGet, 2, 1),
                 "of another kind");
  EXPECT_REFUSED(kGlobals, code.Set(FixedInstr::kGlobalGetV128, 2, 0),
                 "of another kind");
  EXPECT_REFUSED(kGlobals, code.Set(FixedInstr::kGlobalGetImported, 2, 1),
                 "no such global");
  EXPECT_REFUSED(kGlobals, code.Set(FixedInstr::kGlobalSetV128, 2, 3),
                 "not mutable");
  EXPECT_REFUSED(kMemory, code.Set(FixedInstr::kMemoryInit, 4, 1), kOutside);
  EXPECT_REFUSED(kMemory, code.Set(FixedInstr::kMemoryInit, 5, 2), kOutside);
  EXPECT_REFUSED(kMemory, code.Set(FixedInstr::kMemoryCopy, 5, 2), kOutside);
  EXPECT_REFUSED(kMemory, code.Set(Op::kI32Store8, Form::kFar, 4, 2), kOutside);
  EXPECT_REFUSED(kPick, code.Set(FixedInstr::kTableSet, 2, 2), kOutside);
  EXPECT_REFUSED(kCatches, code.Set(FixedInstr::kThrow, 0, 1), kOutside);
  EXPECT_REFUSED(kHeap, code.Set(FixedInstr::kStructNew, 2, 1),
                 "no type of that index");
}

TEST_F(CodeVerifierTest, LanesExist) {
  EXPECT_REFUSED(kMemory, code.Set(Op::kI8x16ExtractLaneS, Form::kSlots, 4, 16),
                 "no such lane");
  EXPECT_REFUSED(
      kMemory, code.Set(Op::kI8x16Shuffle, Form::kSlots, 5, uint64_t{32} << 56),
      "no such lane");
}

TEST_F(CodeVerifierTest, AccessesWithoutComparisonNeedAGuard) {
  EXPECT_EQ(After(kMemory, [](Editable&) {}), "");
  const Editable guarded = Copy(kMemory);
  EXPECT_THAT(
      verifier_->Verify(guarded.code, Bounds::kExplicit).status().message(),
      HasSubstr("without guard"));
  bounds_ = Bounds::kExplicit;
  EXPECT_EQ(After(kMemory, [](Editable&) {}), "");
}

TEST_F(CodeVerifierTest, CallsFitTheirCallees) {
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCall, 1, 1u << 31),
                 "outside of the frame");
  EXPECT_REFUSED(kCalls,
                 code.Set(FixedInstr::kCall, 1, code.header().frame_slots - 1),
                 "exceed the frame");
  EXPECT_REFUSED(kCalls, code.Set(FixedInstr::kCall, 1, 0), "references");
  EXPECT_REFUSED(kMix, code.Set(FixedInstr::kCall, 1, 1), "references");
  EXPECT_REFUSED(kTail, code.Set(FixedInstr::kTailCall, 2, 3), "another type");
  EXPECT_REFUSED(kTail, code.Set(FixedInstr::kTailCall, 0, kMix),
                 "reference is read from a number");
  EXPECT_REFUSED(kTail, code.Set(FixedInstr::kTailCall, 0, kEmpty),
                 "another type");
  EXPECT_REFUSED(kTail,
                 code.Set(FixedInstr::kTailCall, 1, code.header().frame_slots),
                 "exceed the frame");
  EXPECT_REFUSED(kCatches, code.Set(FixedInstr::kThrow, 1, 1), "length");
}

TEST_F(CodeVerifierTest, ReturnsFitTheFunction) {
  EXPECT_REFUSED(kConstantOf, code.header().func = code.code.func = kEmpty,
                 "a return of another type");
  EXPECT_REFUSED(kEmpty, code.header().func = code.code.func = kConstantOf,
                 "a return of another type");
  EXPECT_REFUSED(kVectors, code.header().func = code.code.func = kEmpty,
                 "a return of another type");
  EXPECT_REFUSED(kMany, code.header().func = code.code.func = kTail, "length");
}

TEST_F(CodeVerifierTest, NumbersAndReferencesKeepApart) {
  // A number where a reference belongs, and the reverse.
  EXPECT_REFUSED(kPick, code.Set(FixedInstr::kTableSet, 1, 0),
                 "reference is read from a number");
  EXPECT_REFUSED(kPick, code.Set(FixedInstr::kTableSet, 0, 1),
                 "number is read from a reference");
  EXPECT_REFUSED(kPick, code.Set(FixedInstr::kSelectAcc, 2, 0),
                 "a choice between");
  EXPECT_REFUSED(kMix, code.Set(code.Find(FixedInstr::kCopy, 1), 1, 0),
                 "reference is read from a number");
  EXPECT_REFUSED(kHeap, code.Set(FixedInstr::kStructGetRef, 1, 2),
                 "reference is read from a number");
  // The second slot of the payload is a reference's: now it is the first.
  EXPECT_REFUSED(kCatches,
                 code.Set(FixedInstr::kThrow, 2, code.code.ref_slots[0].begin),
                 "number is read from a reference");
  EXPECT_REFUSED(kPick, code.Set(Op::kI32Eq, Form::kSI, 0, 2),
                 "number is written to a reference");
}

TEST_F(CodeVerifierTest, RangesLieInTheFrame) {
  EXPECT_REFUSED(kRange, code.Set(FixedInstr::kCopyRange, 0, 1000), "frame");
  EXPECT_REFUSED(kRange, code.Set(FixedInstr::kCopyRange, 1, 1000), "frame");
  EXPECT_REFUSED(kRange, code.Set(FixedInstr::kCopyRange, 2, 100000),
                 "too many slots");
  EXPECT_REFUSED(kRange, code.Set(FixedInstr::kCopyRange, 0, 1),
                 "number is written to a reference");
}

TEST_F(CodeVerifierTest, RegionsAndClauses) {
  EXPECT_REFUSED(kCatches, code.code.regions[0].end = 1000, "range");
  EXPECT_REFUSED(kCatches, code.code.regions[0].begin = 1000, "range");
  EXPECT_REFUSED(kCatches, code.code.regions[0].parent = 0, "parent");
  EXPECT_REFUSED(kCatches, code.code.regions[0].outer = 0, "parent");
  EXPECT_REFUSED(kNested, code.code.regions[0].end = code.code.regions[0].begin,
                 "does not lie in its parent");
  EXPECT_REFUSED(kCatches, code.code.regions[0].num_catches = 2, "clauses");
  EXPECT_REFUSED(kCatches, code.code.regions[0].first_catch = 2, "clauses");
  EXPECT_REFUSED(kCatches, code.code.catches[0].target = 1000,
                 "leads to no instruction");
  EXPECT_REFUSED(kCatches, code.code.catches[0].tag = 1, "no such tag");
  EXPECT_REFUSED(kCatches, code.code.catches[0].any = true, "another payload");
  EXPECT_REFUSED(kCatches, code.code.catches[0].numbers = CatchRecord::kNoSlot,
                 "another payload");
  EXPECT_REFUSED(kCatches, code.code.catches[0].refs = CatchRecord::kNoSlot,
                 "another payload");
  EXPECT_REFUSED(kCatches, code.code.catches[0].numbers = 1000, "frame");
  EXPECT_REFUSED(kCatches, code.code.catches[0].numbers = 0xfffffffe, "frame");
  EXPECT_REFUSED(kCatches, code.code.catches[0].refs = 0xfffffffe, "frame");
  EXPECT_REFUSED(kCatches, code.code.catches[0].refs = 0, "another kind");
  EXPECT_REFUSED(kCatches,
                 code.code.catches[0].numbers = code.code.catches[0].refs,
                 "another kind");
  EXPECT_REFUSED(kCatches, code.code.catches[0].exception_slot = 0,
                 "no reference's");
}

TEST_F(CodeVerifierTest, Positions) {
  EXPECT_REFUSED(kMemory, code.code.positions[0].offset = 0, "body");
  EXPECT_REFUSED(kMemory, code.code.positions[0].offset = 1u << 30, "body");
  EXPECT_REFUSED(kMemory, code.code.positions[0].cell = 1000, "position");
  EXPECT_REFUSED(kMemory, code.code.positions[1].cell = 0, "position");
}

TEST_F(CodeVerifierTest, ChargesAreWhereTheyBelong) {
  Translate({.metering = true});
  EXPECT_REFUSED(kLoops, code.Set(FixedInstr::kCharge, 0, 0), "charge");
  // The first charge of a loop and of a function that calls become moves.
  const auto copy_for_charge = [](Editable& code, int nth) {
    const uint32_t cell = code.Find(FixedInstr::kCharge, nth);
    code.begin()[cell] = IdOf(FixedInstr::kCopyAcc);
    code.begin()[cell + 1] = 0;
  };
  EXPECT_THAT(After(kLoops, [&](Editable& code) { copy_for_charge(code, 0); }),
              HasSubstr("a loop is not charged"));
  EXPECT_THAT(After(kCalls, [&](Editable& code) { copy_for_charge(code, 0); }),
              HasSubstr("a call is not charged"));
  EXPECT_THAT(
      After(kCatches, [&](Editable& code) { copy_for_charge(code, 0); }),
      HasSubstr("a throw is not charged"));
  EXPECT_THAT(
      After(kCallsBehindTry, [&](Editable& code) { copy_for_charge(code, 0); }),
      HasSubstr("a call is not charged"));
  // Of the charges before, in and behind an arm, those on all ways are enough.
  EXPECT_EQ(After(kArm, [&](Editable& code) { copy_for_charge(code, 2); }), "");
  EXPECT_EQ(After(kArm, [&](Editable& code) { copy_for_charge(code, 1); }), "");
  EXPECT_THAT(After(kArm,
                    [&](Editable& code) {
                      copy_for_charge(code, 2);
                      copy_for_charge(code, 0);
                    }),
              HasSubstr("a loop is not charged"));
  // Without metering there is nothing to charge.
  const Editable metered = Copy(kLoops);
  Translate({});
  EXPECT_THAT(verifier_->Verify(metered.code, bounds_).status().message(),
              HasSubstr("nobody asked for"));
}

// Whatever a byte is changed to, the verifier gives an answer.
TEST_F(CodeVerifierTest, AnyByteMayBeAnything) {
  uint32_t state = 1;
  const auto random = [&state] { return state = state * 1664525 + 1013904223; };
  int refused = 0;
  for (uint32_t func = kNumberOf; func <= kCallsBehindTry; ++func) {
    for (int i = 0; i < 500; ++i) {
      Editable copy = Copy(func);
      auto* const bytes = reinterpret_cast<uint8_t*>(copy.code.cells.get());
      const size_t size =
          (FunctionCode::kHeaderCells + copy.code.num_cells) * sizeof(Cell);
      bytes[(random() >> 8) % size] = static_cast<uint8_t>(random() >> 16);
      if (!verifier_->Verify(copy.code, bounds_).ok()) ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace weft::exec

#include "exec/bytecode/decoder.h"

#include <string_view>
#include <vector>

#include "exec/bytecode/encoder.h"
#include "exec/bytecode/instr.h"
#include "gtest/gtest.h"

namespace weft::exec {
namespace {

Cell IdCell(InstrId id) { return id; }
// As under direct dispatch: cells that are not ids, and in another order.
Cell AddressCell(InstrId id) { return 0x7f0000000000 - Cell{id} * 64; }

Instruction DecodeOne(const InstructionEncoder& encoder,
                      const InstructionDecoder& decoder) {
  Instruction in;
  EXPECT_TRUE(decoder.Decode(encoder.cells(), 0, &in));
  EXPECT_EQ(in.cells, encoder.size()) << NameOf(in.id);
  return in;
}

// Every instruction with a value of its own in each field.
void ReadBackAll(InstructionEncoder::FirstCell first_cell) {
  const InstructionDecoder decoder(first_cell);
  InstructionEncoder encoder(first_cell);
  for (int i = 0; i < kInstrCount; ++i) {
    const auto id = static_cast<InstrId>(i);
    const std::string_view layout = LayoutOf(id);
    if (IsVariable(layout)) continue;
    encoder.Clear();
    encoder.Emit(id);
    for (size_t cell = 1; cell < LayoutCells(layout); ++cell) {
      encoder.Append(0);
    }
    std::vector<Cell> cells(encoder.cells().begin(), encoder.cells().end());
    std::vector<uint64_t> values;
    for (size_t field = 0; field < layout.size(); ++field) {
      const char letter = layout[field];
      const size_t offset = FieldOffset(layout, field);
      const uint64_t n = field + 1;
      uint64_t value = 0;
      switch (letter) {
        case 'd':
        case 's':
        case 'h':
          value = 0xff00 + n;
          SetFieldAt(cells.data(), offset, static_cast<uint16_t>(value));
          break;
        case 't':
        case 'i':
          value = ~uint64_t{0} - n;  // Negative.
          SetFieldAt(cells.data(), offset, static_cast<int32_t>(value));
          break;
        case 'u':
          value = 0xffff0000 + n;
          SetFieldAt(cells.data(), offset, static_cast<uint32_t>(value));
          break;
        case 'I':
          value = 0x8000000000000000 + n;
          SetFieldAt(cells.data(), offset, value);
          break;
        default:
          break;
      }
      values.push_back(value);
    }
    Instruction in;
    ASSERT_TRUE(decoder.Decode(cells, 0, &in)) << NameOf(id);
    EXPECT_EQ(in.id, id);
    EXPECT_EQ(in.cells, cells.size()) << NameOf(id);
    EXPECT_EQ(in.next(), cells.size());
    EXPECT_EQ(in.list_size, 0u);
    for (size_t field = 0; field < layout.size(); ++field) {
      EXPECT_EQ(in.fields[field], values[field]) << NameOf(id) << field;
    }
    // One cell less is no instruction.
    EXPECT_FALSE(decoder.Decode(
        absl::MakeSpan(cells).subspan(0, cells.size() - 1), 0, &in))
        << NameOf(id);
  }
}

TEST(InstructionDecoderTest, ReadsBackEveryInstruction) {
  ReadBackAll(&IdCell);
  ReadBackAll(&AddressCell);
}

TEST(InstructionDecoderTest, Lists) {
  const InstructionDecoder decoder(&AddressCell);
  InstructionEncoder encoder(&AddressCell);
  for (const uint32_t count : {0u, 1u, 2u, 3u, 7u}) {
    encoder.Clear();
    const std::vector<uint16_t> slots = {5, 65535, 3, 4, 9, 1, 2};
    encoder.EmitList(IdOf(FixedInstr::kThrow), {77, count},
                     absl::MakeSpan(slots).subspan(0, count));
    const Instruction in = DecodeOne(encoder, decoder);
    EXPECT_EQ(in.id, IdOf(FixedInstr::kThrow));
    EXPECT_EQ(in.fields[0], 77u);
    ASSERT_EQ(in.list_size, count);
    for (uint32_t i = 0; i < count; ++i) EXPECT_EQ(in.list_slot(i), slots[i]);
  }
}

TEST(InstructionDecoderTest, Targets) {
  const InstructionDecoder decoder(&IdCell);
  InstructionEncoder encoder(&IdCell);
  encoder.Emit(IdOf(FixedInstr::kReturn));
  encoder.EmitTable(IdOf(FixedInstr::kBrTable), /*slot=*/4, /*count=*/3);
  encoder.SetTarget(1, InstructionEncoder::TableTarget(0), 0);
  encoder.SetTarget(1, InstructionEncoder::TableTarget(1), 1000);
  encoder.SetTarget(1, InstructionEncoder::TableTarget(2), 1);
  Instruction in;
  ASSERT_TRUE(decoder.Decode(encoder.cells(), 1, &in));
  EXPECT_EQ(in.slot(0), 4u);
  ASSERT_EQ(in.list_size, 3u);
  EXPECT_EQ(in.list_target(0), 0);
  EXPECT_EQ(in.list_target(1), 1000);
  EXPECT_EQ(in.list_target(2), 1);
  EXPECT_EQ(in.next(), encoder.size());
}

TEST(InstructionDecoderTest, WhatIsNoInstructionIsRefused) {
  const InstructionDecoder decoder(&AddressCell);
  EXPECT_EQ(decoder.IdOf(AddressCell(3)), InstrId{3});
  EXPECT_FALSE(decoder.IdOf(AddressCell(3) + 1).has_value());
  EXPECT_FALSE(decoder.IdOf(~Cell{0}).has_value());
  EXPECT_FALSE(InstructionDecoder(&IdCell).IdOf(kInstrCount).has_value());
  Instruction in;
  EXPECT_FALSE(decoder.Decode({}, 0, &in));
  // A list that ends behind the code, however long it claims to be.
  InstructionEncoder encoder(&AddressCell);
  encoder.EmitList(IdOf(FixedInstr::kReturnMany), {2}, {1, 2});
  ASSERT_TRUE(decoder.Decode(encoder.cells(), 0, &in));
  std::vector<Cell> cells(encoder.cells().begin(), encoder.cells().end());
  for (const uint32_t count : {3u, 0x7fffffffu, 0xffffffffu}) {
    SetFieldAt<uint32_t>(cells.data(), 0, count);
    EXPECT_FALSE(decoder.Decode(cells, 0, &in)) << count;
  }
}

}  // namespace
}  // namespace weft::exec

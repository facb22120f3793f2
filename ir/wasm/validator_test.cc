#include "ir/wasm/validator.h"

#include <gtest/gtest.h>

#include <string>

#include "ir/wasm/reader.h"
#include "ir/wasm/testing.h"

namespace weft::wasm {
namespace {

using testing::Body;
using testing::Bytes;
using testing::Check;
using testing::CheckError;
using testing::Concat;
using testing::FunctionModule;
using testing::ModuleBuilder;
using testing::Name;
using testing::Repeat;
using testing::U32;
using testing::Vec;

constexpr uint8_t kI32 = 0x7f;
constexpr uint8_t kI64 = 0x7e;
constexpr uint8_t kF32 = 0x7d;

// The error of a function [] -> `results` with the given operators.
std::string Error(const Bytes& operators, const Bytes& results = {}) {
  return CheckError(FunctionModule({}, results, operators));
}

#define EXPECT_VALID(...) EXPECT_EQ(Error(__VA_ARGS__), "")
#define EXPECT_INVALID(part, ...)                  \
  do {                                             \
    const std::string error = Error(__VA_ARGS__);  \
    EXPECT_NE(error.find(part), std::string::npos) \
        << "error: \"" << error << "\"";           \
  } while (false)

TEST(ValidatorTest, SimpleOperators) {
  EXPECT_VALID(Bytes{0x41, 1, 0x41, 2, 0x6a}, {kI32});
  EXPECT_INVALID("expected i32, found i64", Bytes{0x42, 1, 0x41, 2, 0x6a},
                 {kI32});
  EXPECT_INVALID("expected i32, found nothing", Bytes{0x41, 2, 0x6a}, {kI32});
  EXPECT_INVALID("values remaining", Bytes{0x41, 1});
  EXPECT_INVALID("expected f32, found nothing", Bytes{}, {kF32});
  // Two results: i64.add128.
  const Bytes four = Repeat(4, {0x42, 0});
  EXPECT_VALID(Concat({four, {0xfc, 0x13, 0x1a}}), {kI64});
  EXPECT_INVALID("values remaining", Concat({four, {0xfc, 0x13}}), {kI64});
}

// A memory or table type from its flags and numbers on.
std::string MemoryError(const Bytes& limits) {
  return CheckError(
      ModuleBuilder().Section(SectionId::kMemory, Vec({limits})).Build());
}
std::string TableError(const Bytes& limits) {
  return CheckError(
      ModuleBuilder()
          .Section(SectionId::kTable, Vec({Concat({{0x70}, limits})}))
          .Build());
}

// The binary format has 64 bits for every limit.
TEST(ValidatorTest, LimitsFitTheAddressType) {
  const Bytes two_to_32 = {0x80, 0x80, 0x80, 0x80, 0x10};
  const Bytes below = U32(0xffffffff);
  EXPECT_EQ(TableError(Concat({{0}, below})), "");
  EXPECT_NE(TableError(Concat({{0}, two_to_32})).find("table size"),
            std::string::npos);
  EXPECT_NE(TableError(Concat({{1, 0}, two_to_32})).find("table size"),
            std::string::npos);
  EXPECT_EQ(TableError(Concat({{4}, two_to_32})), "");
  EXPECT_EQ(MemoryError(Concat({{0}, U32(65536)})), "");
  for (const Bytes& limits :
       {Concat({{0}, U32(65537)}), Concat({{0}, two_to_32}),
        Concat({{1, 0}, two_to_32})}) {
    EXPECT_NE(MemoryError(limits).find("memory size"), std::string::npos);
  }
  // Pages of one byte: as many as there are numbers for.
  EXPECT_EQ(MemoryError(Concat({{8}, below, {0}})), "");
  EXPECT_NE(MemoryError(Concat({{8}, two_to_32, {0}})).find("memory size"),
            std::string::npos);
  EXPECT_EQ(MemoryError(Concat({{12}, two_to_32, {0}})), "");
}

TEST(ValidatorTest, OffsetsPointAtTheOperator) {
  const Bytes bytes = FunctionModule({}, {}, {0x01, 0x01, 0x1a});
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  const uint32_t offset = module->funcs[0].body_offset + 1 + 2;
  EXPECT_EQ(ValidateBody(*module, 0).message(),
            "type mismatch: nothing on the stack at offset " +
                std::to_string(offset) + " in code section");
}

TEST(ValidatorTest, MemoryAccess) {
  EXPECT_VALID(Bytes{0x41, 0, 0x28, 2, 0}, {kI32});
  EXPECT_INVALID("alignment", Bytes{0x41, 0, 0x28, 3, 0}, {kI32});
  EXPECT_INVALID("unknown memory", Bytes{0x41, 0, 0x28, 0x42, 1, 0}, {kI32});
  EXPECT_INVALID("offset out of range",
                 Bytes{0x41, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10}, {kI32});
  // Atomics demand their natural alignment.
  EXPECT_VALID(Bytes{0x41, 0, 0xfe, 0x10, 2, 0}, {kI32});
  EXPECT_INVALID("atomic alignment", Bytes{0x41, 0, 0xfe, 0x10, 1, 0}, {kI32});
  // Lanes.
  const Bytes vector = Concat({{0xfd, 0x0c}, Repeat(16, {0})});
  EXPECT_VALID(Concat({vector, {0xfd, 0x15, 15}}), {kI32});
  EXPECT_INVALID("invalid lane", Concat({vector, {0xfd, 0x15, 16}}), {kI32});
  EXPECT_INVALID("invalid lane", Concat({vector, {0xfd, 0x1d, 2}}), {kI64});
  EXPECT_VALID(
      Concat({vector, vector, {0xfd, 0x0d}, Repeat(16, {31}), {0x1a}}));
  EXPECT_INVALID(
      "invalid lane",
      Concat({vector, vector, {0xfd, 0x0d}, Repeat(15, {31}), {32, 0x1a}}));
  EXPECT_INVALID("invalid lane",
                 Concat({{0x41, 0}, vector, {0xfd, 0x57, 3, 0, 2, 0x1a}}));
}

TEST(ValidatorTest, Unreachable) {
  // Anything can be popped, known types still have to match.
  EXPECT_VALID(Bytes{0x00, 0x6a, 0x1a});
  EXPECT_VALID(Bytes{0x00, 0x41, 0, 0x6a, 0x1a});
  EXPECT_INVALID("expected i32, found i64", Bytes{0x00, 0x42, 0, 0x6a, 0x1a});
  EXPECT_INVALID("values remaining", Bytes{0x00, 0x41, 0});
  EXPECT_VALID(Bytes{0x00}, {kI32});
  EXPECT_VALID(Bytes{0x00, 0x1b, 0x1a});
  // select of an unknown value has the type of the known one.
  EXPECT_INVALID("type mismatch",
                 Bytes{0x00, 0x42, 0, 0x41, 0, 0x1b, 0x45, 0x1a});
  EXPECT_VALID(Bytes{0x00, 0x42, 0, 0x41, 0, 0x1b, 0x50, 0x1a});
  // A block after unreachable code is reachable again.
  EXPECT_INVALID("nothing on the stack", Bytes{0x00, 0x02, 0x40, 0x1a, 0x0b});
  // An unknown reference is no number.
  EXPECT_INVALID("expected i32", Bytes{0x00, 0xd4, 0x45, 0x1a});
  EXPECT_VALID(Bytes{0x00, 0xd4, 0xfb, 0x0f, 0x1a});
  EXPECT_VALID(Bytes{0x00, 0xd1, 0x1a});
  // A table of branches whose labels have different types.
  EXPECT_VALID(Bytes{0x02, kI32, 0x02, kI64, 0x00, 0x0e, 1, 0, 1, 0x0b, 0x1a,
                     0x00, 0x0b, 0x1a});
  EXPECT_INVALID("arity", Bytes{0x02, 0x40, 0x02, kI64, 0x00, 0x0e, 1, 0, 1,
                                0x0b, 0x1a, 0x0b});
}

TEST(ValidatorTest, Blocks) {
  EXPECT_VALID(Bytes{0x02, kI32, 0x41, 0, 0x0b}, {kI32});
  EXPECT_INVALID("unexpected end", Bytes{0x02, 0x40});
  EXPECT_INVALID("operators remain", Bytes{0x0b, 0x01});
  EXPECT_INVALID("else without if", Bytes{0x05});
  EXPECT_INVALID("if without else",
                 Bytes{0x41, 0, 0x04, kI32, 0x41, 0, 0x0b, 0x1a});
  EXPECT_VALID(Bytes{0x41, 0, 0x04, kI32, 0x41, 0, 0x05, 0x41, 1, 0x0b, 0x1a});
  EXPECT_INVALID("else without if",
                 Bytes{0x41, 0, 0x04, 0x40, 0x05, 0x05, 0x0b});
  // Type 1 is [i32] -> [].
  EXPECT_VALID(Bytes{0x41, 0, 0x02, 1, 0x1a, 0x0b});
  EXPECT_INVALID("expected i32, found nothing", Bytes{0x02, 1, 0x1a, 0x0b});
  EXPECT_INVALID("unknown type", Bytes{0x02, 9, 0x0b});
  EXPECT_INVALID("unknown label", Bytes{0x0c, 1});
  EXPECT_VALID(Bytes{0x0c, 0});
  // A loop's label takes its parameters.
  EXPECT_VALID(Bytes{0x41, 0, 0x03, 1, 0x0c, 0, 0x0b});
  EXPECT_INVALID("expected i32", Bytes{0x41, 0, 0x03, 1, 0x1a, 0x0c, 0, 0x0b});
}

TEST(ValidatorTest, LocalsAndGlobals) {
  EXPECT_INVALID("unknown local", Bytes{0x20, 0, 0x1a});
  EXPECT_INVALID("unknown global", Bytes{0x23, 1, 0x1a});
  EXPECT_VALID(Bytes{0x23, 0, 0x24, 0});
  EXPECT_EQ(CheckError(FunctionModule({kI32}, {}, {0x20, 0, 0x21, 1},
                                      Vec({{1, kI32}}))),
            "");
}

// Locals of a non-nullable type: (ref func) is 0x64 0x70.
std::string InitError(const Bytes& operators) {
  return CheckError(
      ModuleBuilder()
          .Section(1, Vec({{0x60, 0, 0}}))
          .Section(3, Vec({{0}}))
          .Section(7, Vec({Concat({Name("f"), {0, 0}})}))
          .Section(10, Vec({Body(operators, Vec({{1, 0x64, 0x70}}))}))
          .Build());
}

TEST(ValidatorTest, InitializationOfLocals) {
  const Bytes set = {0xd2, 0, 0x21, 0};
  const Bytes get = {0x20, 0, 0x1a};
  EXPECT_NE(InitError(get).find("uninitialized local"), std::string::npos);
  EXPECT_EQ(InitError(Concat({set, get})), "");
  EXPECT_EQ(InitError(Concat({{0xd2, 0, 0x22, 0, 0x1a}, get})), "");
  // What a block sets is unset behind it; what was set before stays.
  EXPECT_NE(InitError(Concat({{0x02, 0x40}, set, get, {0x0b}, get})), "");
  EXPECT_EQ(InitError(Concat({set, {0x02, 0x40}, set, get, {0x0b}, get})), "");
  EXPECT_NE(
      InitError(Concat({{0x41, 0, 0x04, 0x40}, set, {0x05}, get, {0x0b}})), "");
}

TEST(ValidatorTest, References) {
  // ref.func of a function that nothing declares.
  EXPECT_INVALID("undeclared function reference", Bytes{0xd2, 0, 0x1a});
  EXPECT_INVALID("unknown function", Bytes{0xd2, 7, 0x1a});
  EXPECT_VALID(Bytes{0xd0, 0x70, 0xd1, 0x1a});
  EXPECT_INVALID("select of references",
                 Bytes{0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1b, 0x1a});
  EXPECT_VALID(Bytes{0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1c, 1, 0x70, 0x1a});
  EXPECT_INVALID("invalid result arity",
                 Bytes{0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1c, 0, 0x1a});
  // Casts stay within a hierarchy: nullref to i31, not func to i31.
  EXPECT_VALID(Bytes{0xd0, 0x71, 0xfb, 0x14, 0x6c, 0x1a});
  EXPECT_INVALID("expected anyref", Bytes{0xd0, 0x70, 0xfb, 0x14, 0x6c, 0x1a});
  EXPECT_VALID(Bytes{0xd0, 0x71, 0xfb, 0x1b, 0xfb, 0x1a, 0x1a});
  EXPECT_INVALID("expected externref", Bytes{0xd0, 0x71, 0xfb, 0x1a, 0x1a});
}

TEST(ValidatorTest, BranchesOnReferences) {
  // br_on_null leaves a non-null reference.
  EXPECT_VALID(Bytes{0xd0, 0x70, 0xd5, 0, 0x1a});
  // br_on_non_null sends one to the label.
  EXPECT_VALID(Bytes{0x02, 0x64, 0x70, 0xd0, 0x70, 0xd6, 0, 0x00, 0x0b, 0x1a});
  EXPECT_INVALID("label must end in a reference", Bytes{0xd0, 0x70, 0xd6, 0});
  // br_on_cast anyref to (ref i31).
  EXPECT_VALID(Bytes{0x02, 0x64, 0x6c, 0xd0, 0x6e, 0xfb, 0x18, 1, 0, 0x6e, 0x6c,
                     0x1a, 0x00, 0x0b, 0x1a});
  // The target is no subtype of the source.
  EXPECT_INVALID("type mismatch",
                 Bytes{0x02, 0x64, 0x6e, 0xd0, 0x6c, 0xfb, 0x18, 1, 0, 0x6c,
                       0x6e, 0x1a, 0x00, 0x0b, 0x1a});
  // The difference of nullable types is not null: it fits (ref any).
  EXPECT_VALID(Bytes{0x02, 0x64, 0x6e, 0xd0, 0x6e, 0xfb, 0x19, 3, 0, 0x6e, 0x6c,
                     0x1a, 0x00, 0x0b, 0x1a});
  EXPECT_INVALID("type mismatch",
                 Bytes{0x02, 0x64, 0x6e, 0xd0, 0x6e, 0xfb, 0x19, 1, 0, 0x6e,
                       0x6c, 0x1a, 0x00, 0x0b, 0x1a});
}

TEST(ValidatorTest, Exceptions) {
  EXPECT_VALID(Bytes{0x41, 0, 0x08, 0});
  EXPECT_INVALID("expected i32", Bytes{0x08, 0});
  EXPECT_INVALID("unknown tag", Bytes{0x08, 1});
  EXPECT_VALID(Bytes{0xd0, 0x69, 0x0a});
  // Clauses see the labels outside of the block.
  EXPECT_VALID(
      Bytes{0x02, kI32, 0x1f, 0x40, 1, 0, 0, 0, 0x0b, 0x00, 0x0b, 0x1a});
  EXPECT_INVALID("catch clause",
                 Bytes{0x02, 0x40, 0x1f, 0x40, 1, 0, 0, 0, 0x0b, 0x0b});
  EXPECT_VALID(
      Bytes{0x02, 0x64, 0x69, 0x1f, 0x40, 1, 3, 0, 0x0b, 0x00, 0x0b, 0x1a});
  EXPECT_INVALID("unknown label", Bytes{0x1f, 0x40, 1, 2, 1, 0x0b});
}

TEST(ValidatorTest, LegacyExceptions) {
  // try catch catch_all end
  EXPECT_VALID(Bytes{0x06, kI32, 0x41, 0, 0x07, 0, 0x19, 0x41, 1, 0x0b, 0x1a});
  EXPECT_VALID(Bytes{0x06, 0x40, 0x0b});
  EXPECT_INVALID("catch without try", Bytes{0x02, 0x40, 0x07, 0, 0x0b});
  EXPECT_INVALID("catch without try", Bytes{0x06, 0x40, 0x19, 0x07, 0, 0x0b});
  EXPECT_INVALID("catch_all without try", Bytes{0x06, 0x40, 0x19, 0x19, 0x0b});
  EXPECT_INVALID("unknown tag", Bytes{0x06, 0x40, 0x07, 9, 0x0b});
  // The payload is on the stack.
  EXPECT_INVALID("values remaining", Bytes{0x06, 0x40, 0x07, 0, 0x0b});
  EXPECT_VALID(Bytes{0x06, 0x40, 0x07, 0, 0x1a, 0x0b});
  // rethrow names a catch.
  EXPECT_VALID(Bytes{0x06, 0x40, 0x19, 0x09, 0, 0x0b});
  EXPECT_VALID(Bytes{0x06, 0x40, 0x19, 0x02, 0x40, 0x09, 1, 0x0b, 0x0b});
  EXPECT_INVALID("invalid rethrow label", Bytes{0x06, 0x40, 0x09, 0, 0x0b});
  // delegate ends the try; its label counts from outside.
  EXPECT_VALID(Bytes{0x06, 0x40, 0x18, 0});
  EXPECT_VALID(Bytes{0x06, 0x40, 0x06, 0x40, 0x18, 0, 0x19, 0x0b});
  EXPECT_INVALID("unknown label", Bytes{0x06, 0x40, 0x18, 1});
  EXPECT_INVALID("delegate without try", Bytes{0x06, 0x40, 0x19, 0x18, 0});
}

TEST(ValidatorTest, Segments) {
  EXPECT_VALID(Bytes{0xfc, 9, 0});
  EXPECT_INVALID("unknown data segment", Bytes{0xfc, 9, 1});
  EXPECT_INVALID("unknown elem segment", Bytes{0xfc, 13, 0});
  EXPECT_VALID(Bytes{0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0});
  // Without a data count section data.drop is malformed.
  EXPECT_NE(CheckError(ModuleBuilder()
                           .Section(1, Vec({{0x60, 0, 0}}))
                           .Section(3, Vec({{0}}))
                           .Section(10, Vec({Body({0xfc, 9, 0})}))
                           .Section(11, Vec({{1, 0}}))
                           .Build())
                .find("data count section required"),
            std::string::npos);
}

TEST(ValidatorTest, ConstantExpressions) {
  const auto global = [](const Bytes& expr, uint8_t type = kI32) {
    return CheckError(
        ModuleBuilder()
            .Section(2, Vec({Concat({Name("a"), Name("b"), {3, kI32, 0}})}))
            .Section(6, Vec({{kI32, 1, 0x41, 0, 0x0b},
                             Concat({{type, 0}, expr, {0x0b}})}))
            .Build());
  };
  EXPECT_EQ(global({0x41, 1}), "");
  EXPECT_EQ(global({0x41, 1, 0x41, 2, 0x6a}), "");
  EXPECT_EQ(global({0x23, 0}), "");
  EXPECT_NE(global({0x23, 1}).find("constant expression required"),
            std::string::npos);  // Mutable.
  EXPECT_NE(global({0x23, 2}).find("unknown global"), std::string::npos);
  EXPECT_NE(global({0x41, 1, 0x45}).find("constant expression required"),
            std::string::npos);
  EXPECT_NE(global({0x42, 1}).find("expected i32, found i64"),
            std::string::npos);
  EXPECT_NE(global({0x41, 1, 0x41, 2}).find("values remaining"),
            std::string::npos);
  EXPECT_NE(global({0x02, kI32, 0x41, 1, 0x0b}), "");
  EXPECT_NE(global({}), "");
}

TEST(ValidatorTest, ModuleRules) {
  const Bytes types = Vec({{0x60, 0, 0}, {0x60, 1, kI32, 0}});
  // Duplicate and dangling exports.
  EXPECT_NE(CheckError(ModuleBuilder()
                           .Section(5, Vec({{0, 1}}))
                           .Section(7, Vec({Concat({Name("m"), {2, 0}}),
                                            Concat({Name("m"), {2, 0}})}))
                           .Build())
                .find("duplicate export name"),
            std::string::npos);
  EXPECT_NE(CheckError(ModuleBuilder()
                           .Section(7, Vec({Concat({Name("m"), {2, 0}})}))
                           .Build())
                .find("unknown memory"),
            std::string::npos);
  // A start function with a parameter; one that does not exist.
  for (uint8_t start : {0, 1}) {
    EXPECT_NE(CheckError(ModuleBuilder()
                             .Section(1, types)
                             .Section(3, Vec({{1}}))
                             .Section(8, {start})
                             .Section(10, Vec({Body({})}))
                             .Build()),
              "");
  }
  EXPECT_NE(
      CheckError(
          ModuleBuilder().Section(8, {0xff, 0xff, 0xff, 0xff, 15}).Build()),
      "");
  // A tag with a result.
  EXPECT_NE(CheckError(ModuleBuilder()
                           .Section(1, Vec({{0x60, 0, 1, kI32}}))
                           .Section(13, Vec({{0, 0}}))
                           .Build())
                .find("non-empty tag result type"),
            std::string::npos);
  // A function with a type that is none.
  EXPECT_NE(CheckError(ModuleBuilder()
                           .Section(1, Vec({{0x5f, 0}}))
                           .Section(3, Vec({{0}}))
                           .Section(10, Vec({Body({})}))
                           .Build())
                .find("unknown type"),
            std::string::npos);
  // A table that cannot begin with null.
  EXPECT_NE(
      CheckError(ModuleBuilder().Section(4, Vec({{0x64, 0x70, 0, 0}})).Build())
          .find("table needs an initializer"),
      std::string::npos);
}

TEST(ValidatorTest, SubTypesMatchTheirSupers) {
  const auto types = [](const Bytes& sub) {
    return CheckError(
        ModuleBuilder()
            .Section(1, Vec({{0x50, 0, 0x5f, 1, kI32, 0}, {0x5f, 0}, sub}))
            .Build());
  };
  EXPECT_EQ(types({0x50, 1, 0, 0x5f, 2, kI32, 0, kI64, 0}), "");
  EXPECT_NE(types({0x50, 1, 0, 0x5f, 1, kI64, 0}), "");
  EXPECT_NE(types({0x50, 1, 0, 0x5f, 1, kI32, 1}), "");
  EXPECT_NE(types({0x50, 1, 0, 0x5f, 0}), "");
  EXPECT_NE(types({0x50, 1, 0, 0x5e, kI32, 0}), "");
  EXPECT_NE(types({0x50, 1, 1, 0x5f, 0}), "");  // Of a final type.
}

TEST(ValidatorTest, TheFirstErrorWinsOnEveryNumberOfThreads) {
  constexpr uint32_t kCount = 1000;
  Bytes code = U32(kCount);
  for (uint32_t i = 0; i < kCount; ++i) {
    const Bytes body = i >= 300 && i % 7 == 0 ? Body({0x1a}) : Body({0x01});
    code.insert(code.end(), body.begin(), body.end());
  }
  const Bytes bytes =
      ModuleBuilder()
          .Section(1, Vec({{0x60, 0, 0}}))
          .Section(3, Concat({U32(kCount), Repeat(kCount, {0})}))
          .Section(10, code)
          .Build();
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  const absl::Status alone = ValidateAll(*module, 1);
  EXPECT_FALSE(alone.ok());
  EXPECT_EQ(alone, ValidateBody(*module, 301));
  for (int threads : {2, 3, 8}) {
    EXPECT_EQ(ValidateAll(*module, threads), alone);
  }
}

TEST(ValidatorTest, NewBodiesOfAFunction) {
  const Bytes bytes = FunctionModule({kI32}, {kI32}, {0x20, 0});
  absl::StatusOr<Module> module = ReadModule(bytes);
  ASSERT_TRUE(module.ok());
  const ModuleContext context(*module);
  BodyValidator validator(context);
  EXPECT_TRUE(validator.Validate(0).ok());
  EXPECT_TRUE(validator.Validate(0, Bytes{0, 0x41, 7, 0x0b}, 0).ok());
  EXPECT_FALSE(validator.Validate(0, Bytes{0, 0x42, 7, 0x0b}, 0).ok());
  EXPECT_TRUE(validator.Validate(0).ok());
}

}  // namespace
}  // namespace weft::wasm

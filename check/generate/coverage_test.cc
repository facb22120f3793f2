// Every operator and every type occurs.
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "check/generate/generate.h"
#include "check/operators.h"
#include "gtest/gtest.h"
#include "ir/wasm/bytes.h"
#include "ir/wasm/locals.h"
#include "ir/wasm/op.h"
#include "ir/wasm/reader.h"
#include "ir/wasm/type_text.h"

namespace weft::check {
namespace {

using wasm::ValueType;

constexpr uint64_t kModules = 6000;

// How many modules have each operator, and each type.
struct Occurrences {
  std::vector<uint64_t> ops = std::vector<uint64_t>(wasm::kOpCount);
  // Defined types by what they are.
  std::set<std::string> types;
};

std::string TypeName(const wasm::Module& module, ValueType type) {
  if (!type.is_ref() || !type.heap().is_defined()) {
    return wasm::ValueTypeText(type);
  }
  static constexpr absl::string_view kKinds[] = {"func", "struct", "array"};
  const wasm::SubType& defined = module.types[type.heap().index()];
  return absl::StrCat(type.nullable() ? "null " : "", "to ",
                      kKinds[static_cast<int>(defined.kind)]);
}

void CountTypes(const wasm::Module& module, Occurrences* seen) {
  const auto add = [&](ValueType type) {
    seen->types.insert(TypeName(module, type));
  };
  for (const wasm::Function& func : module.funcs) {
    if (func.is_import()) continue;
    wasm::ByteReader reader(func.body, func.body_offset);
    std::vector<ValueType> locals;
    ASSERT_TRUE(wasm::ReadLocals(&reader, &locals).ok());
    for (const ValueType type : locals) add(type);
  }
  for (const wasm::Global& global : module.globals) add(global.type.value);
  for (const wasm::Table& table : module.tables) add(table.type.element);
}

const Occurrences& Seen() {
  static const Occurrences* const seen = [] {
    auto* all = new Occurrences;
    for (uint64_t seed = 0; seed < kModules; ++seed) {
      ByteSource source(seed);
      const std::vector<uint8_t> bytes = Generate({}, source);
      const auto module = wasm::ReadModule(bytes);
      if (!module.ok()) continue;
      for (const wasm::Op op : OperatorsOf(*module)) {
        ++all->ops[static_cast<size_t>(op)];
      }
      CountTypes(*module, all);
    }
    return all;
  }();
  return *seen;
}

TEST(CoverageTest, EveryTypeOccurs) {
  std::string missing;
  for (const char* type : {"i32",
                           "i64",
                           "f32",
                           "f64",
                           "v128",
                           "funcref",
                           "externref",
                           "anyref",
                           "eqref",
                           "i31ref",
                           "structref",
                           "arrayref",
                           "exnref",
                           "nullref",
                           "nullfuncref",
                           "nullexternref",
                           "(ref func)",
                           "(ref any)",
                           "(ref eq)",
                           "(ref i31)",
                           "(ref extern)",
                           "null to func",
                           "null to struct",
                           "null to array",
                           "to func",
                           "to struct",
                           "to array"}) {
    if (Seen().types.count(type) == 0) absl::StrAppend(&missing, type, " ");
  }
  EXPECT_EQ(missing, "") << absl::StrJoin(Seen().types, " ");
}

TEST(CoverageTest, EveryOperatorOccurs) {
  std::string rare;
  for (int i = 0; i < wasm::kOpCount; ++i) {
    const uint64_t n = Seen().ops[static_cast<size_t>(i)];
    if (n < 10) {
      absl::StrAppend(&rare, wasm::InfoOf(static_cast<wasm::Op>(i)).text, " ",
                      n, "\n");
    }
  }
  EXPECT_EQ(rare, "");
}

}  // namespace
}  // namespace weft::check

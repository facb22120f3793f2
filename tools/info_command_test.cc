#include "tools/info_command.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/wasm/testing.h"
#include "tools/testing/command_test.h"

namespace weft::tools {
namespace {

using ::testing::HasSubstr;
using wasm::SectionId;
using wasm::testing::Body;
using wasm::testing::Bytes;
using wasm::testing::Concat;
using wasm::testing::ModuleBuilder;
using wasm::testing::Name;
using wasm::testing::Vec;

class InfoCommandTest : public CommandTest {
 protected:
  // Imports a function and a shared memory, exports a function.
  static Bytes Module() {
    return ModuleBuilder()
        .Section(SectionId::kType,
                 Vec({{0x60, 1, 0x7f, 1, 0x7e}, {0x60, 0, 0}}))
        .Section(SectionId::kImport,
                 Vec({Concat({Name("env"), Name("f\n"), {0, 0}}),
                      Concat({Name("env"), Name("m"), {2, 3, 1, 2}})}))
        .Section(SectionId::kFunction, Vec({{1}}))
        .Section(SectionId::kTable, Vec({{0x70, 0, 10}}))
        .Section(SectionId::kExport, Vec({Concat({Name("run"), {0, 1}})}))
        .Section(SectionId::kStart, {1})
        .Section(SectionId::kCode, Vec({Body({0xc0, 0x1a})}))
        .Build();
  }

  // The same with sections that tell how it was made; without the first
  // operand of its code it is valid.
  static Bytes WithCustoms() {
    return ModuleBuilder()
        .Section(SectionId::kMemory, Vec({{4, 1}}))
        .Custom("producers",
                Vec({Concat({Name("language"),
                             Vec({Concat({Name("C11"), Name("")}),
                                  Concat({Name("Rust"), Name("1.80")})})})}))
        .Custom("target_features", Vec({Concat({{'+'}, Name("simd128")})}))
        .Build();
  }
};

TEST_F(InfoCommandTest, Text) {
  const std::string path = Put("m.wasm", WithCustoms());
  EXPECT_EQ(RunInfo(env_, {path}), kExitOk);
  EXPECT_EQ(files_.out(),
            path +
                ": 79 bytes\n"
                "sections: 3\n"
                "  memory                               5 bytes           1\n"
                "  custom \"producers\"                  38 bytes\n"
                "  custom \"target_features\"            28 bytes\n"
                "features used: memory64\n"
                "features declared: simd128\n"
                "memory 0: 1 page, of 65,536 bytes, 64-bit\n"
                "imports: 0\n"
                "exports: 0\n"
                "language: C11\n"
                "language: Rust 1.80\n");
}

TEST_F(InfoCommandTest, InvalidModulesAreDescribed) {
  const std::string path = Put("m.wasm", Module());
  EXPECT_EQ(RunInfo(env_, {path}), kExitInvalid);
  EXPECT_THAT(files_.out(), HasSubstr("not valid: "));
  EXPECT_THAT(files_.out(),
              HasSubstr("memory 0 (imported): 1 page, at most 2, of 65,536 "
                        "bytes, shared\n"
                        "table 0: funcref, 10 entries\n"
                        "start: func 1\n"
                        "imports: 2\n"
                        "  func 0 \"env\" \"f\\n\" (param i32) (result i64)\n"
                        "  memory 0 \"env\" \"m\" 1 2 shared\n"
                        "exports: 1\n"
                        "  func 1 \"run\"\n"));
}

TEST_F(InfoCommandTest, Json) {
  EXPECT_EQ(RunInfo(env_, {"--json", Put("m.wasm", WithCustoms())}), kExitOk);
  const nlohmann::json info =
      nlohmann::json::parse(files_.out(), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(info.is_object());
  EXPECT_EQ(info["schema"], 1);
  EXPECT_EQ(info["format"], "binary");
  EXPECT_EQ(info["bytes"], 79);
  EXPECT_EQ(info["valid"], true);
  ASSERT_EQ(info["sections"].size(), 3u);
  EXPECT_EQ(info["sections"][0]["name"], "memory");
  EXPECT_EQ(info["sections"][0]["count"], 1);
  EXPECT_EQ(info["sections"][1]["name"], "producers");
  EXPECT_EQ(info["sections"][1]["custom"], true);
  EXPECT_EQ(info["sections"][1]["offset"], 13);
  EXPECT_EQ(info["sections"][1]["bytes"], 38);
  EXPECT_TRUE(info["sections"][1]["count"].is_null());
  EXPECT_EQ(info["features"]["used"][0], "memory64");
  EXPECT_EQ(info["features"]["declared"][0], "simd128");
  EXPECT_EQ(info["memories"][0]["page_bytes"], 65536);
  EXPECT_TRUE(info["memories"][0]["max"].is_null());
  EXPECT_TRUE(info["start"].is_null());
  EXPECT_EQ(info["producers"][1]["version"], "1.80");
}

TEST_F(InfoCommandTest, JsonOfInvalidModules) {
  EXPECT_EQ(RunInfo(env_, {"--json", Put("m.wasm", Module())}), kExitInvalid);
  const nlohmann::json info =
      nlohmann::json::parse(files_.out(), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(info.is_object());
  EXPECT_EQ(info["valid"], false);
  EXPECT_THAT(info["error"].get<std::string>(), HasSubstr("code section"));
  EXPECT_TRUE(info["features"]["used"].is_null());
  EXPECT_TRUE(info["features"]["declared"].is_null());
  EXPECT_EQ(info["imports"][0]["module"], "env");
  EXPECT_EQ(info["imports"][0]["name"], "f\n");
  EXPECT_EQ(info["imports"][1]["kind"], "memory");
  EXPECT_EQ(info["exports"][0]["index"], 1);
  EXPECT_EQ(info["start"], 1);
  EXPECT_EQ(info["tables"][0]["element"], "funcref");
}

constexpr char kFunctions[] = R"((module
  (import "env" "f" (func $imported))
  (func $twice (export "double") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 2)))
  (func $div (param i32) (result i32)
    (i32.div_u (local.get 0) (local.get 0)))
  (func (@name "same"))
  (func (@name "same"))
  (func)))";

TEST_F(InfoCommandTest, Bytecode) {
  const std::string path = PutText("m.wat", kFunctions);
  std::string by_index;
  for (const char* func : {"1", "twice", "$twice", "double"}) {
    files_.Clear();
    EXPECT_EQ(RunInfo(env_, {path, "--bytecode", func}), kExitOk) << func;
    EXPECT_THAT(files_.out(), ::testing::StartsWith("function 1 \"twice\": "));
    EXPECT_THAT(files_.out(), HasSubstr("  i32.mul:si @"));
    EXPECT_THAT(files_.out(), HasSubstr(" #2\n"));
    if (by_index.empty()) by_index = files_.out();
    EXPECT_EQ(files_.out(), by_index);
  }
  EXPECT_EQ(RunInfo(env_, {path, "--bytecode=5"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("function 5: "));
}

TEST_F(InfoCommandTest, BytecodeAsJson) {
  const std::string path = PutText("m.wat", kFunctions);
  EXPECT_EQ(RunInfo(env_, {path, "--bytecode=div", "--json"}), kExitOk);
  const nlohmann::json info =
      nlohmann::json::parse(files_.out(), nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(info.is_object());
  EXPECT_EQ(info["schema"], 1);
  EXPECT_EQ(info["input"], path);
  EXPECT_EQ(info["function"], 2);
  EXPECT_EQ(info["function_name"], "div");
  EXPECT_GE(info["frame_slots"], 1);
  ASSERT_EQ(info["instructions"].size(), 2u);
  const nlohmann::json& div = info["instructions"][0];
  EXPECT_EQ(div["cell"], 0);
  EXPECT_EQ(div["name"], "i32.div_u:ss");
  EXPECT_EQ(div["operands"][1], "@0");
  EXPECT_GT(div["offset"], 8);
  EXPECT_TRUE(info["instructions"][1]["offset"].is_null());
  files_.Clear();
  EXPECT_EQ(RunInfo(env_, {path, "--bytecode=5", "--json"}), kExitOk);
  EXPECT_THAT(files_.out(), HasSubstr("\"function_name\": null"));
}

TEST_F(InfoCommandTest, BytecodeOfNoFunction) {
  const std::string path = PutText("m.wat", kFunctions);
  const struct {
    const char* func;
    const char* message;
  } kCases[] = {
      {"6", "no function 6; the module has 6, counted from 0"},
      {"99999999999", "no function 99999999999"},
      {"0", "function 0 is imported"},
      {"imported", "function 0 is imported"},
      {"twise", "no function 'twise'; did you mean 'twice'?"},
      {"same", "2 functions are named 'same': 3, 4; say which by its index"},
      {"", "names no function"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(RunInfo(env_, {path, absl::StrCat("--bytecode=", c.func)}),
              kExitUsage);
    EXPECT_THAT(files_.err(), HasSubstr(c.message));
  }
  EXPECT_EQ(files_.out(), "");
  EXPECT_EQ(RunInfo(env_, {Put("bad.wasm", Module()), "--bytecode=1"}),
            kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("code section"));
}

TEST_F(InfoCommandTest, Errors) {
  EXPECT_EQ(RunInfo(env_, {PutText("m.wasm", "\1asm")}), kExitInvalid);
  EXPECT_THAT(files_.err(), HasSubstr("magic number missing"));
  EXPECT_EQ(RunInfo(env_, {}), kExitUsage);
  EXPECT_EQ(RunInfo(env_, {"a", "b"}), kExitUsage);
  EXPECT_THAT(files_.err(), HasSubstr("takes one input"));
  EXPECT_EQ(files_.out(), "");
  EXPECT_EQ(RunInfo(env_, {"--help"}), kExitOk);
}

}  // namespace
}  // namespace weft::tools

// Test scripts (.wast): modules, actions on them and assertions, one directive
// after the other, as the official test suite has them.
//
// The grammar is that of the specification's reference interpreter, with
// `either` patterns, the `_custom` assertions of the annotation proposal and
// `thread` and `wait` of the threads proposal.
#ifndef WEFT_IR_WASM_TEXT_SCRIPT_H_
#define WEFT_IR_WASM_TEXT_SCRIPT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ir/wasm/features.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// A module in a script.
struct ScriptModule {
  enum Form : uint8_t {
    kText,    // Written out, with or without (module ...) around it.
    kQuote,   // Text in strings.
    kBinary,  // Bytes in strings.
  };

  Form form = kText;
  // `(module definition ...)`: not instantiated by itself.
  bool is_definition = false;
  std::string id;       // Without the $; empty: none.
  uint32_t offset = 0;  // Of its parenthesis, in the script.
  // Why text does not parse. It does not fail the script, since that may be
  // what an assertion demands.
  absl::Status parse_status;
  // Its binary form, not looked into; empty when it does not parse.
  std::vector<uint8_t> bytes;
};

// A constant: an argument or an expected result.
struct ScriptValue {
  enum Kind : uint8_t {
    kI32,
    kI64,
    kF32,
    kF64,
    kV128,
    kRefNull,    // (ref.null HEAP)
    kRefExtern,  // (ref.extern N): what the host calls N, as an externref.
    kRefHost,    // (ref.host N): the same as an anyref.
  };

  Kind kind = kI32;
  HeapType heap;  // kRefNull.
  // The bits of numbers, zero-extended; the halves of vectors; N.
  uint64_t low = 0;
  uint64_t high = 0;
};

// How the bits of a vector are written.
enum class LaneShape : uint8_t {
  kI8x16,
  kI16x8,
  kI32x4,
  kI64x2,
  kF32x4,
  kF64x2
};

// What one result has to be.
struct ResultPattern {
  enum Kind : uint8_t {
    kValue,  // `value`, bit for bit but for lanes with a pattern.
    kNull,   // (ref.null): any null reference.
    kRefOf,  // (ref.func), (ref.struct), ...: not null and of type `heap`.
  };
  enum Nan : uint8_t {
    kBits,        // No pattern.
    kCanonical,   // nan:canonical: the payload is canonical, any sign.
    kArithmetic,  // nan:arithmetic: the payload's highest bit is set.
  };

  Kind kind = kValue;
  ScriptValue value;
  HeapType heap;
  LaneShape shape = LaneShape::kI32x4;  // Of kV128.
  // By lane of a float vector; [0] of a float. The bits of such a lane are 0.
  Nan nans[4] = {kBits, kBits, kBits, kBits};
};

// A result is right when it matches any of these, of which there is one unless
// the script says `either`.
using ExpectedResult = std::vector<ResultPattern>;

struct ScriptAction {
  enum Kind : uint8_t { kInvoke, kGet };

  Kind kind = kInvoke;
  std::string instance;  // Its id; empty: the latest.
  std::string name;      // Of the export.
  std::vector<ScriptValue> arguments;
};

struct Directive {
  enum Kind : uint8_t {
    kModule,            // module
    kInstance,          // `id` becomes an instance of definition `module_id`
    kRegister,          // instance `id` can be imported as `text`
    kAction,            // action
    kAssertReturn,      // action, results
    kAssertTrap,        // action, text
    kAssertException,   // action
    kAssertExhaustion,  // action, text
    kAssertMalformed,   // module, text
    kAssertInvalid,     // module, text
    kAssertMalformedCustom,  // module, text
    kAssertInvalidCustom,    // module, text
    // module, or instance of module_id if has_module_id; text
    kAssertUnlinkable,
    kAssertUninstantiable,  // assert_trap of a module; as above
    kThread,                // id, shared, num_directives
    kWait,                  // id of a thread
  };

  Kind kind = kModule;
  uint32_t offset = 0;  // Of its parenthesis, in the script.
  uint32_t line = 1;
  ScriptModule module;
  ScriptAction action;
  std::vector<ExpectedResult> results;
  // What an assertion says about the failure; the name of `register`.
  std::string text;
  std::string id;         // Empty: the latest, or none.
  std::string module_id;  // Empty: the latest.
  bool has_module_id = false;
  // The instances of the script that a thread sees.
  std::vector<std::string> shared;
  // How many of the directives that follow this one are a thread's own.
  size_t num_directives = 0;
};

struct Script {
  std::vector<Directive> directives;
};

// The word that begins the directive, e.g. "assert_trap".
absl::string_view DirectiveName(Directive::Kind kind);

// Whether the directive has a module in `module`.
bool HasModule(const Directive& directive);

struct ReadScriptOptions {
  // What text modules may use.
  FeatureSet features = FeatureSet::All();
  std::string file = "<input>";  // In messages.
};

// Reads a script, or the bare fields of a module as a script with that module.
// Errors: InvalidArgument in the form of RenderTextError; those of modules stay
// in the modules. Time is linear, nothing recurses on depth.
absl::StatusOr<Script> ReadScript(absl::string_view text,
                                  const ReadScriptOptions& options = {});

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TEXT_SCRIPT_H_

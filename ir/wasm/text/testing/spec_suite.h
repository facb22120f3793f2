// The official test scripts, where they are there.
#ifndef WEFT_IR_WASM_TEXT_TESTING_SPEC_SUITE_H_
#define WEFT_IR_WASM_TEXT_TESTING_SPEC_SUITE_H_

#include <string>
#include <vector>

namespace weft::wasm::testing {

struct SpecScript {
  std::string name;  // Below the folder: "legacy/throw.wast".
  std::string path;
};

// $WEFT_SPEC_TESTSUITE, or else $WEFT_SHARED/spec-testsuite; "" when that is
// not there.
std::string SpecSuiteFolder();

// All scripts but those of proposals/custom-descriptors, by name. Empty when
// there is no folder.
std::vector<SpecScript> SpecScripts();

std::string ReadText(const std::string& path);

}  // namespace weft::wasm::testing

#endif  // WEFT_IR_WASM_TEXT_TESTING_SPEC_SUITE_H_

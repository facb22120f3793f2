// Which features a module uses.
#ifndef WEFT_IR_WASM_DETECT_FEATURES_H_
#define WEFT_IR_WASM_DETECT_FEATURES_H_

#include "ir/wasm/features.h"
#include "ir/wasm/module.h"

namespace weft::wasm {

// The features that sections and bodies of `module` use; reads every body.
// REQUIRES: the module is valid.
FeatureSet DetectFeatures(const Module& module);

// Those of the body of defined function `func` alone.
FeatureSet DetectBodyFeatures(const Module& module, FuncIndex func);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_DETECT_FEATURES_H_

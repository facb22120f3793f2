// Modules from nothing.
#ifndef WEFT_CHECK_GENERATE_GENERATE_H_
#define WEFT_CHECK_GENERATE_GENERATE_H_

#include <cstdint>
#include <vector>

#include "check/random.h"
#include "ir/wasm/features.h"

namespace weft::check {

struct GenerateOptions {
  // What the module may use. A feature that builds on another (see
  // wasm::WithImplied) is used only when that one is there, too.
  wasm::FeatureSet features = wasm::FeatureSet::All();
  // Of the module, about; from 64. A module of many features needs a few
  // hundred to show some of them.
  uint32_t max_bytes = 1024;
  // Whether the bits of a NaN that arithmetic made are replaced before anything
  // observes them (results, stores, globals, casts to integers, arguments of
  // imports), so that the engine's choice of them shows nowhere.
  bool canonicalize_nans = true;
};

// A valid module. Equal options and a source in an equal state give equal
// bytes, on every machine.
//
// Every call of an export ends, whatever its arguments are, as long as imported
// functions return: loops count down, calls go to functions with higher
// indices, and others (recursion, calls through tables and references) stand
// behind a test of the caller's first parameter, of which two bits count, and
// pass a smaller one. Nearly all calls end within 10,000 operators. Traps and
// uncaught exceptions are there, but rare.
//
// Imports are of the module "env". Functions may take and return numbers,
// vectors and nullable references of the abstract types. No more is asked of a
// host than what the types say; host functions may call exports when they see
// to it that this ends.
std::vector<uint8_t> Generate(const GenerateOptions& options,
                              ByteSource& source);

}  // namespace weft::check

#endif  // WEFT_CHECK_GENERATE_GENERATE_H_

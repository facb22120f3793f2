// Validation of modules and function bodies (spec section 3 and appendix
// "Validation algorithm").
#ifndef WEFT_IR_WASM_VALIDATOR_H_
#define WEFT_IR_WASM_VALIDATOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::wasm {

// Facts of a module that validation of bodies asks for often; made once in
// time linear in the module's sections (bodies aside), then read by any number
// of threads. Borrows the module.
class ModuleContext {
 public:
  explicit ModuleContext(const Module& module);

  const Module& module() const { return module_; }
  // Whether the function's index occurs outside of bodies and the start
  // section, which ref.func in a body demands (C.refs in spec 3.1.1).
  bool IsDeclared(FuncIndex func) const {
    return func < declared_.size() && declared_[func];
  }
  // Counts `func` among them, for modules that are being changed.
  void DeclareFunc(FuncIndex func) {
    if (func < declared_.size()) declared_[func] = true;
  }

 private:
  void Declare(const ConstExpr& expr);

  const Module& module_;
  std::vector<bool> declared_;
};

// Validates bodies one after the other and keeps its buffers between them. One
// per thread.
class BodyValidator {
 public:
  // `context` must outlive the validator.
  explicit BodyValidator(const ModuleContext& context);
  ~BodyValidator();

  // Validates the body of defined function `func`.
  // REQUIRES: ValidateModule accepted the module.
  // Errors: InvalidArgument, Unimplemented (feature off), ResourceExhausted (a
  // limit); with the offset in the module and "code section".
  absl::Status Validate(FuncIndex func);

  // The same in one pass with something else: Begin, then Next, which reads an
  // operator and validates it, as long as there are any, and End, which does so
  // with all that are left. False when the body is invalid: status() says why,
  // and only Begin may follow. REQUIRES: `*operators` begins behind the body's
  // locals and has the module's features.
  bool Begin(FuncIndex func);
  bool Next(OperatorReader* operators, Operator* op);
  bool End(OperatorReader* operators);
  const absl::Status& status() const;

  // The same for `body` as a new body of `func`, at `offset` in its module.
  absl::Status Validate(FuncIndex func, ByteSpan body, uint32_t offset);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
  const Module& module_;
};

// Validates everything but function bodies. Errors as the reader's, with the
// byte offset of the expression or else of the section.
absl::Status ValidateModule(const Module& module);
absl::Status ValidateModule(const ModuleContext& context);

// Validates the body of defined function `func`. Thread-safe for different
// bodies of one module. No recursion on nesting. Makes a ModuleContext: for
// many bodies use BodyValidator or ValidateAll.
absl::Status ValidateBody(const Module& module, FuncIndex func);

// Both, every body, on `threads` threads; the error with the lowest offset.
absl::Status ValidateAll(const Module& module, int threads = 1);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_VALIDATOR_H_

// The module that is being reduced, and how the next candidates are written.
#ifndef WEFT_CHECK_REDUCE_SUBJECT_H_
#define WEFT_CHECK_REDUCE_SUBJECT_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "check/reduce/decoded_body.h"
#include "ir/wasm/module.h"
#include "ir/wasm/operator.h"

namespace weft::check::reducing {

using Bytes = std::vector<uint8_t>;

// A valid module with its bodies taken apart. Immutable but for what the first
// call of `bodies` makes; has a fixed address, for everything points into it.
class Subject {
 public:
  // REQUIRES: `bytes` are a valid module. Errors: the reader's.
  static absl::StatusOr<std::unique_ptr<Subject>> Make(Bytes bytes);

  const Bytes& bytes() const { return bytes_; }
  const wasm::Module& module() const { return module_; }
  // By function; empty for imported ones. The first call is not thread-safe.
  const std::vector<DecodedBody>& bodies() const;

 private:
  Subject() = default;

  Bytes bytes_;
  wasm::Module module_;
  mutable bool decoded_ = false;
  mutable std::vector<DecodedBody> bodies_;
};

// A changed copy of a module, to be written.
struct Draft {
  explicit Draft(const Subject& subject) : module(subject.module()) {}

  // Keeps a constant expression of these operators and the final end.
  wasm::ConstExpr MakeExpr(absl::Span<const wasm::Operator> ops);
  // The index of a final function type without super type and of no larger
  // group, new if need be.
  wasm::TypeIndex FindFuncType(const std::vector<wasm::ValueType>& params,
                               const std::vector<wasm::ValueType>& results);
  // Takes import number `index` out; what it imported is to be defined.
  void RemoveImport(uint32_t index);
  // Fills `maps` so that what is still imported comes first.
  void PutImportsFirst();

  // The binary. Bodies in `bodies` are written as they are, `maps` do not
  // apply to them. Errors: the writer's.
  absl::StatusOr<Bytes> Write() const;

  wasm::Module module;
  wasm::IndexMaps maps;
  std::map<wasm::FuncIndex, Bytes> bodies;  // Without their sizes.
  std::vector<bool> dropped_customs;        // Empty: none.
  std::deque<Bytes> storage;
};

// Appends operators that make the zero or null of `type`; false, with nothing
// appended, when there is none without a function or a type of its own.
bool AppendZero(const wasm::Module& module, wasm::ValueType type,
                std::vector<wasm::Operator>* ops);

wasm::Operator MakeOp(wasm::Op op, uint32_t index = 0);

}  // namespace weft::check::reducing

#endif  // WEFT_CHECK_REDUCE_SUBJECT_H_

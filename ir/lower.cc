// Lowering in three steps: order of operators (stackify), locals
// (allocate_locals), bytes (body_encoder).
#include "ir/lower.h"

#include <algorithm>
#include <vector>

#include "ir/allocate_locals.h"
#include "ir/body_encoder.h"
#include "ir/flow.h"
#include "ir/landing.h"
#include "ir/stackify.h"

namespace weft::ir {

namespace {

// Reads of `params` (of loops) go to a copy made at the head of the loop,
// which keeps the old value while a branch back assigns the next one.
void CopyLostParams(absl::Span<const ValueId> params, Function* f) {
  std::vector<ValueId> copy_of(f->num_insts());
  for (ValueId param : params) {
    if (copy_of[param.index].valid()) continue;
    const ValueId copy = f->New(kCopy, f->inst(param).type, {param});
    ValueId last = param;
    while (f->inst(f->inst(last).next).op == kLoopParam) {
      last = f->inst(last).next;
    }
    f->InsertAfter(last, copy);
    copy_of[param.index] = copy;
  }
  ForEachInst(*f, [&](ValueId id) {
    for (ValueId& operand : f->operands(id)) {
      if (operand.index >= copy_of.size()) continue;
      const ValueId copy = copy_of[operand.index];
      if (copy.valid() && copy != id) operand = copy;
    }
  });
}

}  // namespace

class Lowerer::Impl {
 public:
  Impl(const wasm::Module& module, const TypeLookup& types)
      : stackifier_(module, types), encoder_(types) {}

  absl::Status Lower(Function* function, wasm::ByteWriter* out,
                     std::vector<wasm::BranchHint>* hints) {
    stackifier_.Run(*function, &emission_);
    while (!emission_.missing_type && !emission_.to_land.empty()) {
      for (const EdgeRef& at : emission_.to_land) {
        LandEdge(at.inst, at.edge, function);
      }
      stackifier_.Run(*function, &emission_);
    }
    if (emission_.missing_type) {
      return absl::ResourceExhaustedError(
          "limit block-types: no type for the values that an edge supplies");
    }
    absl::Status status = allocator_.Run(*function, emission_, &locals_);
    if (!status.ok()) return status;
    if (!locals_.lost_params.empty()) {
      const std::vector<ValueId> lost = locals_.lost_params;
      CopyLostParams(lost, function);
      stackifier_.Run(*function, &emission_);
      status = allocator_.Run(*function, emission_, &locals_);
      if (!status.ok()) return status;
      if (!locals_.lost_params.empty()) {
        return absl::ResourceExhaustedError(
            "limit lost-copies: copies of loop parameters did not help");
      }
    }
    encoder_.Encode(*function, emission_, &locals_, out, hints);
    return absl::OkStatus();
  }

 private:
  Stackifier stackifier_;
  LocalAllocator allocator_;
  BodyEncoder encoder_;
  Emission emission_;
  LocalAssignment locals_;
};

Lowerer::Lowerer(const wasm::Module& module, const TypeLookup& types)
    : impl_(std::make_unique<Impl>(module, types)) {}
Lowerer::~Lowerer() = default;

absl::Status Lowerer::Lower(Function* function, wasm::ByteWriter* out,
                            std::vector<wasm::BranchHint>* hints) {
  return impl_->Lower(function, out, hints);
}

}  // namespace weft::ir

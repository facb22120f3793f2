#include <algorithm>

#include "check/faults/fault.h"
#include "check/faults/rewrites.h"

namespace weft::check::faults {
namespace {

std::vector<Fault> MakeFaults() {
  std::vector<Fault> faults;
  auto add = [&faults](absl::string_view name, absl::string_view category,
                       Rewrite rewrite, absl::string_view what) {
    faults.push_back({name, category, what, std::move(rewrite)});
  };
#define WEFT_FAULT(...) add(__VA_ARGS__);
#include "check/faults/faults.def"
#undef WEFT_FAULT
  return faults;
}

}  // namespace

absl::Span<const Fault> AllFaults() {
  static const std::vector<Fault>* const faults =
      new std::vector<Fault>(MakeFaults());
  return *faults;
}

bool Plant(const Fault& fault, const passes::FunctionContext& context,
           Function* function) {
  Edit edit(context, function);
  const std::vector<Op>& ops = fault.rewrite.ops;
  bool any = false;
  for (ValueId id : edit.order) {
    const Op op = function->inst(id).op;
    if (std::find(ops.begin(), ops.end(), op) == ops.end()) continue;
    any |= fault.rewrite.at(edit, id);
  }
  return any;
}

}  // namespace weft::check::faults

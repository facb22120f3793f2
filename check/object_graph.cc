#include "check/object_graph.h"

namespace weft::check {

using exec::HeapView;
using exec::Ref;

std::pair<RefClass, uint64_t> ObjectGraph::Meet(Ref ref) {
  if (ref == exec::kNullRef) return {RefClass::kNull, 0};
  if (exec::IsI31(ref)) return {RefClass::kI31, exec::I31Unsigned(ref)};
  if (exec::IsHostRef(ref)) return {RefClass::kHostValue, view_.HostValue(ref)};
  if (exec::IsFuncRef(ref)) {
    const exec::Func func = view_.FuncOf(ref);
    for (size_t i = 0; i < host_funcs_.size(); ++i) {
      if (host_funcs_[i] == func) return {RefClass::kHostFunc, i};
    }
    return {RefClass::kGuestFunc, func.type_id(store_).value_or(0)};
  }
  const auto number = static_cast<uint32_t>(met_.size());
  const auto [it, is_new] = numbers_.try_emplace(ref, number);
  if (is_new) met_.push_back(ref);
  return {RefClass::kObject, it->second};
}

std::optional<HeapView::Object> ObjectGraph::Next() {
  if (next_ == met_.size() || next_ == kMaxObjects || values_ > kMaxValues) {
    return std::nullopt;
  }
  const HeapView::Object object = view_.At(met_[next_++]);
  if (view_.Numbers(object).empty()) values_ += object.length;
  return object;
}

}  // namespace weft::check

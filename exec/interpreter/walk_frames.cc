// Frames as links and activations tell of them.
#include "exec/bytecode/function_code.h"
#include "exec/interpreter/dispatch.h"
#include "exec/interpreter/execute.h"
#include "exec/interpreter/frame_code.h"
#include "exec/translate/module_code.h"

namespace weft::exec {
namespace {

// Frames between two looks at Context::interrupt.
constexpr uint32_t kFramesPerPoll = 4096;

struct Place {
  const InstanceData* instance;
  const Cell* pc;  // Inside of the instruction at work.
  Slot* frame;
};

// All of them, innermost first, until `visit` returns false.
void WalkPlaces(const Context& context,
                absl::FunctionRef<bool(const Place&)> visit) {
  const Link* end = context.link;
  for (const Activation* a = context.activation; a != nullptr; a = a->outer) {
    Place place{a->instance, a->pc, a->frame};
    const Link* link = end;
    end = a->begin;
    // A function of the host alone, or none that was entered.
    if (link == end) continue;
    while (true) {
      if (!visit(place)) return;
      --link;
      if (link->pc == RestoreCode()) {
        place.instance = reinterpret_cast<const InstanceData*>(link->frame);
        --link;
      }
      if (link->pc == ExitCode()) break;
      place.pc = link->pc - 1;
      place.frame = link->frame;
    }
  }
}

}  // namespace

void WalkFrames(const Context& context,
                absl::FunctionRef<bool(const FrameView&)> visit) {
  WalkPlaces(context, [&](const Place& place) {
    FrameView view;
    view.instance = place.instance;
    view.frame = place.frame;
    if (!place.instance->code->Find(place.pc, &view.func, &view.offset)) {
      return true;
    }
    return visit(view);
  });
}

void VisitFrameRefs(const Context& context,
                    absl::FunctionRef<void(Slot&)> visit) {
  const FunctionCode* code = nullptr;
  uint32_t walked = 0;
  WalkPlaces(context, [&](const Place& place) {
    if (++walked % kFramesPerPoll == 0 &&
        context.interrupt.load(std::memory_order_relaxed) != 0) {
      return false;
    }
    // Frames of one function in a row are what makes stacks deep.
    if (code == nullptr || !code->Contains(place.pc)) {
      code = FrameCode(context, *place.instance, place.pc);
    }
    if (code == nullptr) return true;
    for (const SlotRange& range : code->ref_slots) {
      for (uint32_t i = range.begin; i < range.end; ++i) visit(place.frame[i]);
    }
    for (uint32_t i = code->ref_temps_begin; i < code->ref_temps_end; ++i) {
      visit(place.frame[i]);
    }
    return true;
  });
}

}  // namespace weft::exec

// The table of all handlers, and stubs.
#include <utility>

#include "exec/interpreter/dispatch.h"
#include "exec/interpreter/handler_declarations.h"

namespace weft::exec {
namespace {

template <typename Sequence>
struct Table;
template <size_t... i>
struct Table<std::index_sequence<i...>> {
  static constexpr Handler kHandlers[] = {&Handle<static_cast<InstrId>(i)>...};
};
using AllHandlers = Table<std::make_index_sequence<kInstrCount>>;

#if WEFT_DISPATCH == WEFT_DISPATCH_DIRECT
#define WEFT_STUB_CELL(name) {.handler = &Handle<IdOf(FixedInstr::k##name)>}
#else
#define WEFT_STUB_CELL(name) {.cell = IdOf(FixedInstr::k##name)}
#endif

}  // namespace

const Handler* const kHandlers = AllHandlers::kHandlers;

const Stub kExitStub = {{}, WEFT_STUB_CELL(Exit)};
const Stub kRestoreStub = {{}, WEFT_STUB_CELL(RestoreInstance)};

#if WEFT_DISPATCH == WEFT_DISPATCH_DIRECT

Cell CellFor(InstrId id) {
  return reinterpret_cast<Cell>(AllHandlers::kHandlers[id]);
}

#else

Cell CellFor(InstrId id) { return id; }

#endif

}  // namespace weft::exec

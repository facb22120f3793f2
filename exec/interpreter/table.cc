// The table of all handlers, and stubs.
#include <algorithm>
#include <utility>
#include <vector>

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

InstrId IdAt(const Cell* pc) {
  // Sorted by address; made at the first use, for listings and walks alone.
  static const auto* const kByAddress = [] {
    auto* const all = new std::vector<std::pair<Cell, InstrId>>();
    for (int id = 0; id < kInstrCount; ++id) {
      all->emplace_back(CellFor(static_cast<InstrId>(id)),
                        static_cast<InstrId>(id));
    }
    std::sort(all->begin(), all->end());
    return all;
  }();
  const auto found = std::lower_bound(kByAddress->begin(), kByAddress->end(),
                                      std::pair<Cell, InstrId>(*pc, 0));
  return found->second;
}

#else

Cell CellFor(InstrId id) { return id; }
InstrId IdAt(const Cell* pc) { return static_cast<InstrId>(*pc); }

#endif

}  // namespace weft::exec

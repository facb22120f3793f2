// Faults of memory, globals, tables and the heap.
#include <algorithm>

#include "check/faults/rewrites.h"

namespace weft::check::faults {
namespace {

using wasm::Operator;

bool Contains(const Ops& ops, Op op) {
  return std::find(ops.begin(), ops.end(), op) != ops.end();
}

bool Uses(const Function& f, ValueId reader, ValueId value) {
  const auto operands = f.operands(reader);
  return std::find(operands.begin(), operands.end(), value) != operands.end();
}

// Another index of `count` entities for which `same` holds; `old` when there is
// none.
template <typename Same>
uint32_t OtherIndex(uint32_t old, size_t count, Same same) {
  for (uint32_t i = 0; i < count; ++i) {
    if (i != old && same(i)) return i;
  }
  return old;
}

// Replaces an index immediate, which stands alone.
bool SetIndex(Edit& e, ValueId id, uint32_t index) {
  if (e.f.inst(id).imm == index) return false;
  e.f.inst(id).imm = index;
  return true;
}

// Whether two accesses, of whatever kind, name the same place. The values that
// stores write do not count.
bool SamePlace(const Edit& e, ValueId a, ValueId b) {
  const bool is_store = e.f.inst(a).type == ValueType();
  const uint32_t values = is_store ? 1 : 0;
  const uint32_t count = e.f.num_operands(a);
  return count == e.f.num_operands(b) && e.f.SameImmediates(a, b) &&
         e.SameOperands(a, b, count - values);
}

}  // namespace

Rewrite DropUnused(const Ops& ops) {
  return {ops, [](Edit& e, ValueId id) {
            if (e.uses[id.index] != 0) return false;
            e.f.Delete(id);
            return true;
          }};
}

Rewrite Drop(const Ops& ops) {
  return {ops, [](Edit& e, ValueId id) {
            if (!(e.f.inst(id).type == ValueType())) return false;
            e.f.Delete(id);
            return true;
          }};
}

Rewrite Swap(const Ops& first, const Ops& second) {
  return {first, [second](Edit& e, ValueId id) {
            for (ValueId at = e.f.inst(id).next; at.valid();
                 at = e.f.inst(at).next) {
              if (Uses(e.f, at, id) || ir::IsTerminator(e.f.inst(at).op) ||
                  e.f.is_region(at) || ir::IsBranch(e.f.inst(at).op)) {
                return false;
              }
              if (Contains(second, e.f.inst(at).op)) {
                e.MoveBehind(id, at);
                return true;
              }
              if ((e.EventsOf(at) & ~kTraps) != 0) return false;
            }
            return false;
          }};
}

Rewrite Reload(const Ops& ops, uint32_t over) {
  return {ops, [over](Edit& e, ValueId id) {
            uint32_t seen = 0;
            constexpr uint32_t kHarmless = kTraps | kLoads | kGlobalGets |
                                           kTableReads | kHeapReads |
                                           kLocalGets | kLeaves | kRegions;
            for (ValueId at = e.f.inst(id).prev; at.valid();
                 at = e.f.inst(at).prev) {
              if (e.f.inst(at).op == e.f.inst(id).op &&
                  e.SameOperands(at, id, e.f.num_operands(id)) &&
                  e.f.SameImmediates(at, id)) {
                return seen != 0 && e.BecomeCopy(id, at);
              }
              const uint32_t events = e.EventsOf(at);
              if ((events & ~(over | kHarmless)) != 0) return false;
              seen |= events & over;
            }
            return false;
          }};
}

Rewrite Forward(Op store, Op load, uint32_t over) {
  return {{load}, [store, over](Edit& e, ValueId id) {
            uint32_t seen = 0;
            constexpr uint32_t kHarmless = kTraps | kLoads | kGlobalGets |
                                           kTableReads | kHeapReads |
                                           kLocalGets | kLeaves | kRegions;
            const uint32_t places = e.f.num_operands(id);
            for (ValueId at = e.f.inst(id).prev; at.valid();
                 at = e.f.inst(at).prev) {
              if (e.f.inst(at).op == store && e.SameOperands(at, id, places) &&
                  e.f.num_operands(at) == places + 1) {
                const bool has_mem = wasm::InfoOf(store).access_bytes != 0;
                const bool same =
                    has_mem
                        ? e.f.mem_arg(at).offset == e.f.mem_arg(id).offset &&
                              e.f.mem_arg(at).memory == e.f.mem_arg(id).memory
                        : e.f.SameImmediates(at, id);
                if (same) {
                  return (over == 0 || seen != 0) &&
                         e.BecomeCopy(id, e.f.operand(at, places));
                }
              }
              const uint32_t events = e.EventsOf(at);
              if ((events & ~(over | kHarmless)) != 0) return false;
              seen |= events & over;
            }
            return false;
          }};
}

Rewrite DeadStore(const Ops& ops, uint32_t over) {
  return {ops, [over](Edit& e, ValueId id) {
            uint32_t seen = 0;
            for (ValueId at = e.f.inst(id).next; at.valid();
                 at = e.f.inst(at).next) {
              if (e.f.inst(at).op == e.f.inst(id).op && SamePlace(e, id, at)) {
                if (seen == 0) return false;
                e.f.Delete(id);
                return true;
              }
              const uint32_t events = e.EventsOf(at);
              if ((events & ~over) != 0) return false;
              seen |= events & over;
            }
            return false;
          }};
}

Rewrite Hoist(const Ops& ops, uint32_t over) {
  return {ops, [over](Edit& e, ValueId id) {
            const RegionId region = e.f.enclosing(id);
            if (e.f.region(region).kind != ir::RegionKind::kLoop) return false;
            const ValueId loop = e.f.region(region).inst;
            if ((e.EventsOf(loop) & over) == 0) return false;
            for (ValueId operand : e.f.operands(id)) {
              if (operand.index >= e.uses.size()) return false;
              uint64_t bits;
              if (e.dominance.Dominates(operand, loop)) continue;
              if (!e.IsConst(operand, &bits)) return false;
            }
            std::vector<ValueId> operands(e.f.operands(id).begin(),
                                          e.f.operands(id).end());
            for (ValueId& operand : operands) {
              uint64_t bits;
              if (!e.IsConst(operand, &bits)) continue;
              const ValueType type = e.f.inst(operand).type;
              operand = e.ConstBefore(loop, type, bits);
            }
            e.f.SetOperands(id, operands);
            e.f.Unlink(id);
            e.f.InsertBefore(loop, id);
            return true;
          }};
}

Rewrite Offset(const Ops& ops, uint64_t delta) {
  return {ops, [delta](Edit& e, ValueId id) {
            e.Change(id, [delta](Operator& op) {
              op.mem.offset = (op.mem.offset + delta) & 0xffffffff;
            });
            return true;
          }};
}

Rewrite FoldOffset(const Ops& ops) {
  return {ops, [](Edit& e, ValueId id) {
            const ValueId sum = e.Root(e.f.operand(id, 0));
            uint64_t bits;
            if (e.f.inst(sum).op != Op::kI32Add ||
                !e.IsConst(e.f.operand(sum, 1), &bits)) {
              return false;
            }
            e.Change(id, [bits](Operator& op) {
              op.mem.offset = (op.mem.offset + bits) & 0xffffffff;
            });
            e.f.operands(id)[0] = e.f.operand(sum, 0);
            return true;
          }};
}

Rewrite Lane(const Ops& ops, uint32_t flip) {
  return {ops, [flip](Edit& e, ValueId id) {
            e.Change(id, [flip](Operator& op) { op.index[0] ^= flip; });
            return true;
          }};
}

Rewrite ShuffleLane(uint64_t flip) {
  return {{Op::kI8x16Shuffle}, [flip](Edit& e, ValueId id) {
            e.Change(id, [flip](Operator& op) { op.value ^= flip; });
            return true;
          }};
}

Rewrite OtherGlobal(Op op) {
  return {{op}, [](Edit& e, ValueId id) {
            const auto& globals = e.module.globals;
            const uint32_t old = e.f.inst(id).imm;
            return SetIndex(
                e, id, OtherIndex(old, globals.size(), [&](uint32_t i) {
                  return globals[i].type.value == globals[old].type.value &&
                         globals[i].type.is_mutable ==
                             globals[old].type.is_mutable;
                }));
          }};
}

Rewrite OtherFunc(Op op) {
  return {{op}, [op](Edit& e, ValueId id) {
            const auto& funcs = e.module.funcs;
            // ref.func may name what is exported, whatever else it may.
            std::vector<bool> allowed(funcs.size(), op != Op::kRefFunc);
            for (const wasm::Export& entry : e.module.exports) {
              if (entry.kind == wasm::ExternalKind::kFunc)
                allowed[entry.index] = true;
            }
            const uint32_t old = e.f.inst(id).imm;
            return SetIndex(
                e, id, OtherIndex(old, funcs.size(), [&](uint32_t i) {
                  return allowed[i] && funcs[i].type == funcs[old].type;
                }));
          }};
}

Rewrite OtherTag(Op op) {
  return {{op}, [](Edit& e, ValueId id) {
            const auto& tags = e.module.tags;
            const uint32_t old = e.f.inst(id).imm;
            return SetIndex(e, id,
                            OtherIndex(old, tags.size(), [&](uint32_t i) {
                              return e.module.types[tags[i].type].params ==
                                     e.module.types[tags[old].type].params;
                            }));
          }};
}

Rewrite OtherField(Op op) {
  return {{op}, [](Edit& e, ValueId id) {
            bool changed = false;
            e.Change(id, [&](Operator& op) {
              const auto& fields = e.module.types[op.index[0]].fields;
              const uint32_t old = op.index[1];
              op.index[1] = OtherIndex(old, fields.size(), [&](uint32_t i) {
                return fields[i] == fields[old];
              });
              changed = op.index[1] != old;
            });
            return changed;
          }};
}

Rewrite OtherTable(Op op) {
  return {{op}, [](Edit& e, ValueId id) {
            const auto& tables = e.module.tables;
            const uint32_t old = e.f.inst(id).imm;
            return SetIndex(
                e, id, OtherIndex(old, tables.size(), [&](uint32_t i) {
                  return tables[i].type.element == tables[old].type.element &&
                         tables[i].type.limits.is_64 ==
                             tables[old].type.limits.is_64;
                }));
          }};
}

Rewrite DeclaredSize(Op op) {
  return {{op}, [op](Edit& e, ValueId id) {
            const uint32_t i = e.f.inst(id).imm;
            const uint64_t size = op == Op::kMemorySize
                                      ? e.module.memories[i].type.limits.min
                                      : e.module.tables[i].type.limits.min;
            e.BecomeConst(id, e.f.inst(id).type, size);
            return true;
          }};
}

Rewrite GrowIsSize() {
  return {{Op::kMemoryGrow}, [](Edit& e, ValueId id) {
            e.f.SetOperands(id, {});
            e.f.inst(id).op = Op::kMemorySize;
            return true;
          }};
}

}  // namespace weft::check::faults

// Faults of control: branches, loops, calls and handlers.
#include <algorithm>

#include "check/faults/rewrites.h"

namespace weft::check::faults {
namespace {

using ir::RegionKind;
using wasm::CatchClause;

bool IsInteger(ValueType type) {
  return type == ValueType(ValueType::kI32) ||
         type == ValueType(ValueType::kI64);
}

// Whether the targets of a br_table are numbered by first mention.
bool InOrder(const std::vector<uint32_t>& labels) {
  uint32_t next = 0;
  for (uint32_t label : labels) {
    if (label > next) return false;
    if (label == next) ++next;
  }
  return true;
}

}  // namespace

Rewrite InvertBranch(Op op) {
  return {{op}, [](Edit& e, ValueId id) {
            const ValueId condition = e.f.operand(id, 0);
            const ValueId inverted =
                e.Before(id, Op::kI32Eqz, ValueType::kI32, {condition});
            e.f.operands(id)[0] = inverted;
            return true;
          }};
}

Rewrite NeverTaken(bool backwards_only) {
  return {{Op::kBrIf}, [backwards_only](Edit& e, ValueId id) {
            const RegionId target = e.f.edge_target(id, 0);
            const bool is_loop = e.f.region(target).kind == RegionKind::kLoop;
            if (is_loop != backwards_only) return false;
            if (!is_loop && target != Function::root() &&
                e.incoming.into(target).size() < 3) {
              return false;
            }
            e.f.Delete(id);
            return true;
          }};
}

Rewrite SwapEdgeArgs(const Ops& ops) {
  return {ops, [](Edit& e, ValueId id) {
            if (e.f.num_edges(id) != 1) return false;
            const auto all = e.f.operands(id);
            const uint32_t own = e.f.num_own_operands(id);
            for (uint32_t i = own; i + 1 < all.size(); ++i) {
              if (!(e.f.inst(all[i]).type == e.f.inst(all[i + 1]).type) ||
                  e.SameValue(all[i], all[i + 1])) {
                continue;
              }
              std::swap(all[i], all[i + 1]);
              return true;
            }
            return false;
          }};
}

Rewrite FirstArgForSecond(const Ops& ops) {
  return {ops, [](Edit& e, ValueId id) {
            const auto all = e.f.operands(id);
            const uint32_t own =
                e.f.num_edges(id) == 1 ? e.f.num_own_operands(id) : 0;
            for (uint32_t i = own; i + 1 < all.size(); ++i) {
              if (!(e.f.inst(all[i]).type == e.f.inst(all[i + 1]).type) ||
                  e.SameValue(all[i], all[i + 1])) {
                continue;
              }
              all[i + 1] = all[i];
              return true;
            }
            return false;
          }};
}

Rewrite SwapLabels() {
  return {{Op::kBrTable}, [](Edit& e, ValueId id) {
            std::vector<uint32_t>& labels =
                e.f.branch_tables[e.f.inst(id).imm].labels;
            for (size_t i = 0; i + 1 < labels.size(); ++i) {
              if (labels[i] == labels[i + 1]) continue;
              std::swap(labels[i], labels[i + 1]);
              if (InOrder(labels)) return true;
              std::swap(labels[i], labels[i + 1]);
            }
            return false;
          }};
}

Rewrite LoseLabel() {
  return {{Op::kBrTable}, [](Edit& e, ValueId id) {
            std::vector<uint32_t>& labels =
                e.f.branch_tables[e.f.inst(id).imm].labels;
            const size_t n = labels.size();
            if (n < 2 || labels[n - 2] == labels[n - 1]) return false;
            if (std::count(labels.begin(), labels.end(), labels[n - 2]) < 2) {
              return false;
            }
            labels[n - 2] = labels[n - 1];
            return true;
          }};
}

Rewrite OuterLabel(Op op) {
  return {{op}, [](Edit& e, ValueId id) {
            const RegionId target = e.f.edge_target(id, 0);
            if (target == Function::root() || e.f.arity(target) != 0 ||
                e.f.region(target).kind == RegionKind::kLoop ||
                e.incoming.into(target).size() < 2) {
              return false;
            }
            // Another edge into the target has to stay.
            for (const ir::IncomingEdge& in : e.incoming.into(target)) {
              const Op other = e.f.inst(in.inst).op;
              if (in.inst != id && other == ir::kExit) {
                const RegionId outer = e.f.enclosing(e.f.region(target).inst);
                if (outer == Function::root() || e.f.arity(outer) != 0 ||
                    e.f.region(outer).kind == RegionKind::kLoop ||
                    e.incoming.into(outer).empty()) {
                  return false;
                }
                e.f.inst(id).imm = outer.index;
                if (e.IsDominated()) return true;
                e.f.inst(id).imm = target.index;
                return false;
              }
            }
            return false;
          }};
}

Rewrite LoopStart(uint64_t delta) {
  return {{Op::kLoop}, [delta](Edit& e, ValueId id) {
            bool any = false;
            for (uint32_t i = 0; i < e.f.num_operands(id); ++i) {
              const ValueId start = e.f.operand(id, i);
              uint64_t bits;
              const ValueType type = e.f.inst(start).type;
              if (!IsInteger(type) || !e.IsConst(start, &bits)) continue;
              uint64_t wrong = bits + delta;
              if (type == ValueType(ValueType::kI32)) wrong &= 0xffffffff;
              const ValueId late = e.ConstBefore(id, type, wrong);
              e.f.operands(id)[i] = late;
              any = true;
            }
            return any;
          }};
}

Rewrite SwapClauses() {
  return {{Op::kTryTable}, [](Edit& e, ValueId id) {
            auto& handlers = e.f.region(e.f.region_of(id)).handlers;
            if (handlers.size() < 2) return false;
            if (handlers[0].target == handlers[1].target) return false;
            std::swap(handlers[0], handlers[1]);
            return true;
          }};
}

Rewrite CatchAllInstead() {
  return {
      {Op::kTryTable, Op::kTry}, [](Edit& e, ValueId id) {
        auto& region = e.f.region(e.f.region_of(id));
        for (size_t i = 0; i < region.handlers.size(); ++i) {
          ir::Handler& handler = region.handlers[i];
          if (handler.kind != CatchClause::kCatch ||
              !e.module.types[e.module.tags[handler.tag].type].params.empty() ||
              (region.kind == RegionKind::kTry &&
               i + 1 != region.handlers.size())) {
            continue;
          }
          handler.kind = CatchClause::kCatchAll;
          handler.tag = wasm::kNoIndex;
          return true;
        }
        return false;
      }};
}

Rewrite CatchOtherTag() {
  return {
      {Op::kTryTable, Op::kTry}, [](Edit& e, ValueId id) {
        bool any = false;
        for (ir::Handler& handler : e.f.region(e.f.region_of(id)).handlers) {
          if (handler.tag == wasm::kNoIndex) continue;
          const auto& tags = e.module.tags;
          for (uint32_t t = 0; t < tags.size(); ++t) {
            if (t == handler.tag ||
                e.module.types[tags[t].type].params !=
                    e.module.types[tags[handler.tag].type].params) {
              continue;
            }
            handler.tag = t;
            any = true;
            break;
          }
        }
        return any;
      }};
}

Rewrite SwapCaught(bool legacy) {
  return {{legacy ? ir::kCatchParam : ir::kLabelParam},
          [legacy](Edit& e, ValueId id) {
            const ValueId next = e.f.inst(id).next;
            if (!next.valid() || e.f.inst(next).op != e.f.inst(id).op ||
                e.f.operand(next, 0) != e.f.operand(id, 0) ||
                !(e.f.inst(next).type == e.f.inst(id).type) ||
                e.f.inst(id).imm != 0) {
              return false;
            }
            if (!legacy) {
              bool caught = false;
              for (const ir::IncomingEdge& in :
                   e.incoming.into(e.f.region_of(e.f.operand(id, 0)))) {
                caught |= e.f.inst(in.inst).op == Op::kTryTable;
              }
              if (!caught) return false;
            }
            e.SwapUses(id, next);
            return e.uses[id.index] + e.uses[next.index] != 0;
          }};
}

Rewrite SwapArms() {
  return {
      {Op::kTry}, [](Edit& e, ValueId id) {
        auto& handlers = e.f.region(e.f.region_of(id)).handlers;
        if (handlers.size() < 2 || handlers[1].kind != CatchClause::kCatch ||
            e.module.types[e.module.tags[handlers[0].tag].type].params !=
                e.module.types[e.module.tags[handlers[1].tag].type].params ||
            handlers[0].tag == handlers[1].tag) {
          return false;
        }
        std::swap(handlers[0], handlers[1]);
        return true;
      }};
}

Rewrite StaleLocal(uint32_t over) {
  return {{Op::kLocalSet}, [over](Edit& e, ValueId id) {
            for (ValueId at = e.f.inst(id).next; at.valid();
                 at = e.f.inst(at).next) {
              if (ir::IsTerminator(e.f.inst(at).op)) return false;
              if ((e.EventsOf(at) & over) == 0) {
                const auto operands = e.f.operands(at);
                if (std::find(operands.begin(), operands.end(), id) !=
                    operands.end()) {
                  return false;
                }
                continue;
              }
              if (e.f.is_region(at)) return false;
              e.MoveBehind(id, at);
              return true;
            }
            return false;
          }};
}

Rewrite UnreachableReturns() {
  return {
      {Op::kUnreachable}, [](Edit& e, ValueId id) {
        for (ValueType type : e.f.results) {
          if (!type.is_num_or_vec() || type == ValueType(ValueType::kV128)) {
            return false;
          }
        }
        std::vector<ValueId> zeros;
        for (size_t i = 0; i < e.f.results.size(); ++i) {
          zeros.push_back(e.ConstBefore(id, e.f.results[i], 0));
        }
        e.f.inst(id).op = Op::kReturn;
        e.f.SetOperands(id, zeros);
        return true;
      }};
}

Rewrite DropCall() {
  return {{Op::kCall}, [](Edit& e, ValueId id) {
            if (e.uses[id.index] != 0) return false;
            const ValueId next = e.f.inst(id).next;
            if (next.valid() && e.f.inst(next).op == ir::kResult) return false;
            e.f.Delete(id);
            return true;
          }};
}

}  // namespace weft::check::faults

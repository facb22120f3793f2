#include "check/reduce/reduce_module.h"
#include "ir/wasm/writer.h"

namespace weft::check::reducing {

Plan PlanEncoding(const Subject& subject) {
  return {1, [&subject](size_t, size_t) {
            wasm::Module module = subject.module();
            const auto body = [&](wasm::FuncIndex func, wasm::ByteWriter* out) {
              return ReencodeBody(module, func, {}, out);
            };
            bool needed = false;
            for (const DecodedBody& decoded : subject.bodies()) {
              for (const wasm::Operator& op : decoded.ops) {
                for (wasm::ImmediateKind kind : InfoOf(op.op).immediates) {
                  needed |= kind == wasm::ImmediateKind::kData;
                }
              }
            }
            module.has_data_count &= needed;
            return WriteModule(module, {}, body);
          }};
}

Plan PlanCustoms(const Subject& subject) {
  return {subject.module().customs.size(),
          [&subject](size_t begin, size_t end) {
            Draft draft(subject);
            draft.dropped_customs.resize(subject.module().customs.size());
            for (size_t i = begin; i < end; ++i) {
              draft.dropped_customs[i] = true;
            }
            return draft.Write();
          }};
}

Plan PlanExports(const Subject& subject) {
  return {subject.module().exports.size(),
          [&subject](size_t begin, size_t end) {
            Draft draft(subject);
            auto& exports = draft.module.exports;
            exports.erase(exports.begin() + static_cast<ptrdiff_t>(begin),
                          exports.begin() + static_cast<ptrdiff_t>(end));
            return draft.Write();
          }};
}

Plan PlanStart(const Subject& subject) {
  const bool has_start = subject.module().start != wasm::kNoIndex;
  return {has_start ? size_t{1} : 0, [&subject](size_t, size_t) {
            Draft draft(subject);
            draft.module.start = wasm::kNoIndex;
            return draft.Write();
          }};
}

}  // namespace weft::check::reducing

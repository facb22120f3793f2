#include "check/generate/generate.h"

#include <algorithm>

#include "check/generate/function.h"
#include "check/generate/plan.h"
#include "check/generate/sections.h"

namespace weft::check {

std::vector<uint8_t> Generate(const GenerateOptions& options,
                              ByteSource& source) {
  generate::Plan plan;
  generate::MakePlan(options, source, &plan);
  // What sections and canonicalizing functions take, about.
  const uint32_t sections = static_cast<uint32_t>(
      30 + plan.bytes.size() + plan.types.size() * 6 + plan.funcs.size() * 8);
  uint32_t left =
      options.max_bytes > sections + 24 ? options.max_bytes - sections : 24;
  generate::FunctionMaker maker(source, &plan);
  uint32_t imported = 0;
  while (plan.funcs[imported].is_import) ++imported;
  const uint32_t end = static_cast<uint32_t>(plan.funcs.size());
  for (uint32_t func = end; func-- > imported;) {
    const uint32_t remaining = func - imported + 1;
    const uint32_t share = left / remaining;
    const size_t before = plan.code.size();
    maker.Make(func, std::max(8u, share / 2 + source.Below(share + 1)));
    const uint32_t used = static_cast<uint32_t>(plan.code.size() - before);
    left -= std::min(left, used);
  }
  return generate::WriteSections(plan);
}

}  // namespace weft::check

#include "exec/interpreter/frame_code.h"

#include <cstdint>

#include "exec/translate/module_code.h"

namespace weft::exec {

const FunctionCode* FrameCode(const Context& context,
                              const InstanceData& instance, const Cell* pc) {
  // Neighbouring calls go to different entries.
  const auto place = reinterpret_cast<uintptr_t>(pc) / sizeof(Cell);
  CodeMemory& memory = context.code_memory[place % kCodeMemorySize];
  if (memory.pc == pc) return memory.code;
  const FunctionCode* const code = instance.code->FindCode(pc);
  if (code != nullptr) memory = {pc, code};
  return code;
}

}  // namespace weft::exec

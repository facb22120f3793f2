#include "exec/call.h"

#include "absl/strings/str_cat.h"

namespace weft::exec {

std::string TrapText(const TrapInfo& trap) {
  std::string text = trap.message;
  for (const FrameInfo& frame : trap.backtrace) {
    const std::string func = frame.func_name.empty()
                                 ? absl::StrCat("func[", frame.func, "]")
                                 : frame.func_name;
    const std::string module = frame.module_name.empty()
                                   ? absl::StrCat("module", frame.instance)
                                   : frame.module_name;
    absl::StrAppend(&text, "\n  at ", func, " (", module, "+0x",
                    absl::Hex(frame.offset), ")");
  }
  if (trap.truncated) absl::StrAppend(&text, "\n  ...");
  return text;
}

}  // namespace weft::exec

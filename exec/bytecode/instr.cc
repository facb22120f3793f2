#include "exec/bytecode/instr.h"

namespace weft::exec {
namespace {

constexpr std::string_view kFormNames[kFormCount] = {
    "s",          "a",          "ss",         "si",         "as",
    "sa",         "ai",         "is",         "ia",         "br.ss",
    "br.si",      "br.as",      "br.ai",      "back.ss",    "back.si",
    "back.as",    "back.ai",    "unless.ss",  "unless.si",  "unless.as",
    "unless.ai",  "step.s",     "step.i",     "sm",         "am",
    "slots",      "s",          "a",          "ss",         "as",
    "si",         "ai",         "xss",        "xas",        "checked.s",
    "checked.a",  "checked.ss", "checked.as", "ss",         "si",
    "as",         "sa",         "ai",         "offset.ss",  "offset.si",
    "offset.as",  "offset.ai",  "sum.ss",     "sum.as",     "x.ss",
    "x.as",       "checked.ss", "checked.si", "checked.as", "checked.sa",
    "checked.ai", "far",
};

// "GlobalGet" as "global_get".
std::string SnakeCase(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      if (!out.empty()) out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

constexpr std::string_view kFixedNames[] = {
#define WEFT_INSTR(name, layout, roles) #name,
#include "exec/bytecode/instrs.def"
#undef WEFT_INSTR
};

}  // namespace

std::string NameOf(InstrId id) {
  if (id < kFixedInstrCount) return SnakeCase(kFixedNames[id]);
  const OpForm f = OpFormOf(id);
  std::string out(wasm::RowOf(f.op).text);
  out += ':';
  out += kFormNames[static_cast<int>(f.form)];
  if (f.canonical) out += ".canonical";
  return out;
}

}  // namespace weft::exec

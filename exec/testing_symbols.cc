#include "exec/testing_symbols.h"

#include <cxxabi.h>
#include <elf.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace weft::exec::testing {
namespace {

std::string Demangle(const char* name) {
  int status = 0;
  char* demangled = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result(status == 0 ? demangled : name);
  std::free(demangled);
  return result;
}

template <typename T>
T ReadAt(const std::string& file, uint64_t offset) {
  T value{};
  if (offset + sizeof(T) <= file.size()) {
    std::memcpy(&value, file.data() + offset, sizeof(T));
  }
  return value;
}

}  // namespace

std::vector<FunctionSymbol> FunctionSymbols() {
  std::ifstream stream("/proc/self/exe", std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  std::vector<FunctionSymbol> symbols;
  const auto header = ReadAt<Elf64_Ehdr>(file, 0);
  const auto section = [&](uint32_t index) {
    return ReadAt<Elf64_Shdr>(file,
                              header.e_shoff + index * sizeof(Elf64_Shdr));
  };
  for (uint32_t i = 0; i < header.e_shnum; ++i) {
    const Elf64_Shdr table = section(i);
    if (table.sh_type != SHT_SYMTAB) continue;
    const Elf64_Shdr strings = section(table.sh_link);
    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.sh_size;
         at += sizeof(Elf64_Sym)) {
      const auto symbol = ReadAt<Elf64_Sym>(file, table.sh_offset + at);
      if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_size == 0) {
        continue;
      }
      symbols.push_back(
          {Demangle(file.data() + strings.sh_offset + symbol.st_name),
           symbol.st_size});
    }
  }
  return symbols;
}

}  // namespace weft::exec::testing

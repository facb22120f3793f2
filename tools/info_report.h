// What `weft info` says about a module: as text for people and as JSON for
// programs, both made from one description.
#ifndef WEFT_TOOLS_INFO_REPORT_H_
#define WEFT_TOOLS_INFO_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ir/wasm/features.h"
#include "ir/wasm/module.h"

namespace weft::tools {

struct ModuleInfo {
  // A section of the file, in its order.
  struct Section {
    std::string name;  // Of a custom section, its own.
    bool is_custom = false;
    uint64_t offset = 0;
    uint64_t bytes = 0;  // With its header.
    bool has_count = false;
    uint64_t count = 0;  // Entries.
  };
  // An import or an export.
  struct External {
    std::string module;  // Of imports.
    std::string name;
    absl::string_view kind;  // "func", "table", ...
    uint32_t index = 0;
    std::string type;  // As text.
  };
  // A table or a memory.
  struct Storage {
    uint32_t index = 0;
    bool is_import = false;
    std::string element;  // Of tables: the type.
    wasm::Limits limits;
    uint64_t page_bytes = 0;  // Of memories.
  };
  struct Producer {
    std::string field;
    std::string name;
    std::string version;
  };

  std::string input;  // Name of the file.
  bool from_text = false;
  uint64_t bytes = 0;  // Of the binary form.
  std::string error;   // Why it is not valid, or empty.
  std::vector<Section> sections;
  wasm::FeatureSet used;  // When it is valid.
  bool has_declared = false;
  wasm::FeatureSet declared;
  std::vector<External> imports;
  std::vector<External> exports;
  std::vector<Storage> tables;
  std::vector<Storage> memories;
  uint32_t start = wasm::kNoIndex;
  std::vector<Producer> producers;
};

// `error` says why the module is not valid and is empty when it is.
ModuleInfo Describe(const wasm::Module& module, std::string error);

// Lines for people.
std::string InfoText(const ModuleInfo& info);

// The document of --json, which docs/commands.md describes.
std::string InfoJson(const ModuleInfo& info);

}  // namespace weft::tools

#endif  // WEFT_TOOLS_INFO_REPORT_H_

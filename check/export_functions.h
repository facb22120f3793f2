// Makes functions of a module callable.
#ifndef WEFT_CHECK_EXPORT_FUNCTIONS_H_
#define WEFT_CHECK_EXPORT_FUNCTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace weft::check {

// The name under which ExportFunctions exports function `func`.
std::string FunctionExportName(uint32_t func);
// The function of such a name, or -1.
int64_t FunctionOfExportName(absl::string_view name);

// `bytes` with the functions `funcs` exported besides. Errors: those of reading
// and writing; AlreadyExists when it has such an export.
absl::StatusOr<std::vector<uint8_t>> ExportFunctions(
    absl::Span<const uint8_t> bytes, absl::Span<const uint32_t> funcs);

// Functions whose bodies are not the same in two modules with the same index
// spaces. Errors: those of reading; InvalidArgument for other index spaces.
absl::StatusOr<std::vector<uint32_t>> ChangedFunctions(
    absl::Span<const uint8_t> before, absl::Span<const uint8_t> after);

}  // namespace weft::check

#endif  // WEFT_CHECK_EXPORT_FUNCTIONS_H_

#include "ir/wasm/locals.h"

#include "ir/wasm/limits.h"
#include "ir/wasm/type_codec.h"

namespace weft::wasm {
namespace {

constexpr absl::string_view kSection = "code section";

}  // namespace

absl::Status ReadLocals(ByteReader* reader, FeatureSet features,
                        std::vector<LocalGroup>* groups) {
  groups->clear();
  uint32_t num_groups;
  if (!reader->ReadU32(&num_groups)) return reader->StatusHere(kSection);
  uint64_t total = 0;
  uint32_t over_limit = 0;  // Offset of the first group beyond the limit.
  for (uint32_t i = 0; i < num_groups; ++i) {
    const uint32_t offset = reader->offset();
    LocalGroup group;
    if (!reader->ReadU32(&group.count) ||
        !ReadValueType(reader, features, &group.type)) {
      return reader->StatusHere(kSection);
    }
    total += group.count;
    if (total > 0xffffffffu) {
      return MalformedAt("too many locals", offset, kSection);
    }
    if (total > LimitValue(Limit::kLocals) && over_limit == 0) {
      over_limit = offset;
    }
    groups->push_back(group);
  }
  // A malformed body is malformed, wherever that shows.
  if (over_limit != 0) {
    return LimitError(Limit::kLocals, total, over_limit, kSection);
  }
  return absl::OkStatus();
}

absl::Status ReadLocals(ByteReader* reader, std::vector<ValueType>* types) {
  std::vector<LocalGroup> groups;
  absl::Status status = ReadLocals(reader, FeatureSet::All(), &groups);
  if (!status.ok()) return status;
  for (const LocalGroup& group : groups) {
    types->insert(types->end(), group.count, group.type);
  }
  return absl::OkStatus();
}

void WriteLocals(absl::Span<const LocalGroup> groups, ByteWriter* out) {
  std::vector<LocalGroup> merged;
  for (const LocalGroup& group : groups) {
    if (group.count == 0) continue;
    if (!merged.empty() && merged.back().type == group.type) {
      merged.back().count += group.count;
    } else {
      merged.push_back(group);
    }
  }
  out->U32(static_cast<uint32_t>(merged.size()));
  for (const LocalGroup& group : merged) {
    out->U32(group.count);
    WriteValueType(group.type, out);
  }
}

void WriteLocals(absl::Span<const ValueType> types, ByteWriter* out) {
  std::vector<LocalGroup> groups;
  for (ValueType type : types) {
    if (!groups.empty() && groups.back().type == type) {
      ++groups.back().count;
    } else {
      groups.push_back({1, type});
    }
  }
  WriteLocals(groups, out);
}

}  // namespace weft::wasm

#include "ir/wasm/producers.h"

#include "ir/wasm/bytes.h"

namespace weft::wasm {
namespace {

constexpr absl::string_view kSection = "producers section";

bool ReadField(ByteReader* reader, ProducersField* field) {
  uint32_t count;
  if (!reader->ReadName(&field->name) || !reader->ReadU32(&count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    Producer producer;
    if (!reader->ReadName(&producer.name) ||
        !reader->ReadName(&producer.version)) {
      return false;
    }
    field->producers.push_back(producer);
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<ProducersField>> ParseProducers(
    absl::Span<const uint8_t> bytes, uint32_t offset) {
  ByteReader reader(bytes, offset);
  std::vector<ProducersField> fields;
  uint32_t count;
  if (!reader.ReadU32(&count)) return reader.StatusHere(kSection);
  for (uint32_t i = 0; i < count; ++i) {
    if (!ReadField(&reader, &fields.emplace_back())) {
      return reader.StatusHere(kSection);
    }
  }
  if (reader.remaining() > 0) {
    return MalformedAt("bytes left over", reader.offset(), kSection);
  }
  return fields;
}

}  // namespace weft::wasm

// Types in the binary format (spec 5.3 and 5.4.1): reading and writing.
#ifndef WEFT_IR_WASM_TYPE_CODEC_H_
#define WEFT_IR_WASM_TYPE_CODEC_H_

#include "ir/wasm/bytes.h"
#include "ir/wasm/features.h"
#include "ir/wasm/types.h"

namespace weft::wasm {

// Each reads one type at `reader`; false with reader->error() set when it is
// malformed or needs a feature outside `features`. Indices of defined types
// are not checked beyond what a HeapType holds.
bool ReadHeapType(ByteReader* reader, FeatureSet features, HeapType* out);
bool ReadValueType(ByteReader* reader, FeatureSet features, ValueType* out);
// A reference type; funcref belongs to the first release here (tables).
bool ReadRefType(ByteReader* reader, FeatureSet features, ValueType* out);
bool ReadStorageType(ByteReader* reader, FeatureSet features, StorageType* out);
bool ReadFieldType(ByteReader* reader, FeatureSet features, FieldType* out);
bool ReadBlockType(ByteReader* reader, FeatureSet features, BlockType* out);

// The features that a type needs, those of a number type being none.
FeatureSet FeaturesOf(HeapType type);
FeatureSet FeaturesOf(ValueType type);

// Each appends the shortest encoding.
void WriteHeapType(HeapType type, ByteWriter* out);
void WriteValueType(ValueType type, ByteWriter* out);
void WriteStorageType(StorageType type, ByteWriter* out);
void WriteFieldType(FieldType type, ByteWriter* out);
void WriteBlockType(const BlockType& type, ByteWriter* out);

// "type needs feature <name>, which is off".
const char* FeatureOffMessage(Feature feature);

}  // namespace weft::wasm

#endif  // WEFT_IR_WASM_TYPE_CODEC_H_

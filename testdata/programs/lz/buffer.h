// A byte array that grows. All functions end the program if memory runs out.

#ifndef TESTDATA_PROGRAMS_LZ_BUFFER_H_
#define TESTDATA_PROGRAMS_LZ_BUFFER_H_

#include <stddef.h>
#include <stdint.h>

// All zero is an empty buffer. Owns `data`, which moves as the buffer grows.
typedef struct {
  uint8_t* data;
  size_t size;
  size_t capacity;
} Buffer;

// Makes room for `extra` more bytes without a move.
void Reserve(Buffer* buffer, size_t extra);

void AppendByte(Buffer* buffer, uint8_t byte);

// REQUIRES: `data` lies outside the buffer; it may be null if size is 0.
void Append(Buffer* buffer, const void* data, size_t size);

// Frees the data and leaves the buffer empty.
void Release(Buffer* buffer);

#endif  // TESTDATA_PROGRAMS_LZ_BUFFER_H_

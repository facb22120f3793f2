// The capacity doubles, so that appending a byte costs O(1) on average.

#include "testdata/programs/lz/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void Reserve(Buffer* buffer, size_t extra) {
  if (buffer->capacity - buffer->size >= extra) return;
  size_t capacity = buffer->capacity == 0 ? 256 : buffer->capacity;
  while (capacity - buffer->size < extra) capacity *= 2;
  uint8_t* data = (uint8_t*)realloc(buffer->data, capacity);
  if (data == NULL) {
    fputs("lz: out of memory\n", stderr);
    exit(2);
  }
  buffer->data = data;
  buffer->capacity = capacity;
}

void AppendByte(Buffer* buffer, uint8_t byte) {
  Reserve(buffer, 1);
  buffer->data[buffer->size++] = byte;
}

void Append(Buffer* buffer, const void* data, size_t size) {
  if (size == 0) return;
  Reserve(buffer, size);
  memcpy(buffer->data + buffer->size, data, size);
  buffer->size += size;
}

void Release(Buffer* buffer) {
  free(buffer->data);
  memset(buffer, 0, sizeof(*buffer));
}

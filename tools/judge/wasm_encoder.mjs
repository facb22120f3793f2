// Just enough of an encoder for the small helper modules of the judges.

export function unsignedLeb(value) {
  const bytes = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    bytes.push(value > 0 ? low | 0x80 : low);
  } while (value > 0);
  return bytes;
}

export function signedLeb(value) {
  const bytes = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(low & 0x40)) || (value === -1 && low & 0x40)) {
      return [...bytes, low];
    }
    bytes.push(low | 0x80);
  }
}

export function nameBytes(text) {
  const utf8 = [...new TextEncoder().encode(text)];
  return [...unsignedLeb(utf8.length), ...utf8];
}

// A vector of items that are arrays of bytes.
export function vectorBytes(items) {
  return [...unsignedLeb(items.length), ...items.flat()];
}

// A function body: local declarations are one type each, in bytes.
export function bodyBytes(locals, code) {
  const contents =
      [...vectorBytes(locals.map((type) => [1, ...type])), ...code, 0x0b];
  return [...unsignedLeb(contents.length), ...contents];
}

// A module of sections given as [id, bytes].
export function moduleBytes(sections) {
  const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  for (const [id, contents] of sections) {
    bytes.push(id, ...unsignedLeb(contents.length));
    for (const byte of contents) bytes.push(byte);
  }
  return new Uint8Array(bytes);
}

// The files that vote_cases writes.

import {readFileSync} from 'node:fs';

const PARTS = ['before', 'after', 'host', 'driver', 'log'];

// Returns the cases of a file: what its JSON text says, and the bytes of each
// part by name.
export function readRecords(path) {
  const bytes = readFileSync(path);
  const records = [];
  let at = 0;
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at);
    at += 4;
    const record = JSON.parse(bytes.subarray(at, at + length));
    at += length;
    PARTS.forEach((part, i) => {
      record[part] = bytes.subarray(at, at + record.lengths[i]);
      at += record.lengths[i];
    });
    records.push(record);
  }
  return records;
}

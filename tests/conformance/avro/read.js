'use strict';

// Prints the records of an Avro file, one JSON value a line.
const avro = require('avsc');
const fzstd = require('fzstd');
const snappy = require('snappyjs');

// avsc has null and deflate; a reader brings the others along.
const codecs = {
  snappy(block, callback) {
    const content = Buffer.from(snappy.uncompress(block.subarray(0, -4)));
    const isWhole = crc32(content) === block.readUInt32BE(block.length - 4);
    callback(isWhole ? null : new Error('A block does not have the checksum that it names.'), content);
  },
  zstandard(block, callback) {
    callback(null, Buffer.from(fzstd.decompress(block)));
  },
};

// Node.js has it only since version 20.15.
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++)
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

avro.createFileDecoder(process.argv[2], { codecs: { ...avro.streams.BlockDecoder.defaultCodecs(), ...codecs } })
  .on('data', (record) => process.stdout.write(JSON.stringify(record) + '\n'))
  .on('error', (error) => { process.stderr.write(error + '\n'); process.exitCode = 1; });

'use strict';

// Prints the records of an Avro file, one JSON value a line.
const avro = require('avsc');

avro.createFileDecoder(process.argv[2])
  .on('data', (record) => process.stdout.write(JSON.stringify(record) + '\n'))
  .on('error', (error) => { process.stderr.write(error + '\n'); process.exitCode = 1; });

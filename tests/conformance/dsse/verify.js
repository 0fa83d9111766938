// Checks DSSE envelopes with sigstore's implementation, which knows nothing of IotHubDsr.
// Usage: node verify.js <public key in PEM> <envelope> ...
// Prints "valid" or "refused" for each envelope.
const fs = require('fs');
const { crypto, dsse } = require('@sigstore/core');

const key = crypto.createPublicKey(fs.readFileSync(process.argv[2], 'ascii'));
for (const path of process.argv.slice(3)) {
  const envelope = JSON.parse(fs.readFileSync(path, 'utf8'));
  const signed = dsse.preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  const valid = envelope.signatures.some(one => crypto.verify(signed, key, Buffer.from(one.sig, 'base64'), 'sha256'));
  console.log(valid ? 'valid' : 'refused');
}

'use strict';
// What the world holds, as Microsoft's clients and avsc see it: every record and every file, in current blobs and in snapshots.
const crypto = require('node:crypto');
const avro = require('avsc');
const { BlobServiceClient } = require('@azure/storage-blob');
const { all } = require('./calls');
const { credential, blobHost } = require('./sandbox');

const archives = [['contosorouted', 'raw-json'], ['contosorouted', 'raw-avro']];
const uploads = ['contosouploads', 'device-uploads'];

const containerOf = ([account, name]) => new BlobServiceClient(blobHost(account), credential).getContainerClient(name);

function fromAvro(content) {
  return new Promise((resolve, reject) => {
    const records = [];
    const decoder = new avro.streams.BlockDecoder();
    decoder.on('data', record => records.push({ ...record, Body: record.Body?.toString('base64') ?? null }));
    decoder.on('end', () => resolve(records));
    decoder.on('error', reject);
    decoder.end(content);
  });
}

async function recordsOf(content) {
  return content.subarray(0, 4).equals(Buffer.from('Obj\x01'))
    ? fromAvro(content)
    : content.toString().split('\n').filter(line => line.length > 0).map(line => JSON.parse(line));
}

// A record in one spelling, its body decoded, so that what it says can be searched.
function spelled(record) {
  const body = typeof record.Body === 'string' ? Buffer.from(record.Body, 'base64').toString() : JSON.stringify(record.Body);
  return JSON.stringify([record.EnqueuedTimeUtc, record.Properties, record.SystemProperties, body]);
}

async function blobsOf(place) {
  const container = containerOf(place);
  const found = [];
  for (const item of await all(container.listBlobsFlat({ includeSnapshots: true, includeVersions: true, includeDeleted: true }))) {
    const blob = container.getBlobClient(item.name);
    const content = await (item.snapshot ? blob.withSnapshot(item.snapshot) : blob).downloadToBuffer();
    found.push({ name: item.name, isSnapshot: item.snapshot !== undefined, content });
  }

  return found;
}

async function holdings() {
  const records = [];
  for (const place of archives) {
    for (const blob of await blobsOf(place)) {
      const kind = blob.isSnapshot ? 'snapshot' : 'blob';
      records.push(...(await recordsOf(blob.content)).map(record => `${place.join('/')} ${kind} ${spelled(record)}`));
    }
  }

  const digest = content => crypto.createHash('sha256').update(content).digest('hex');
  const files = (await blobsOf(uploads)).map(blob => `${blob.name} ${blob.isSnapshot ? 'snapshot' : 'blob'} ${digest(blob.content)}`);
  return { records, files };
}

module.exports = { holdings, containerOf, archives, uploads };

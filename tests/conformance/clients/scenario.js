'use strict';
// Two devices whose IDs are the same once decoded, and everything that a hub keeps of them, written and looked for with Microsoft's clients:
//   node scenario.js write  before.json   makes it, and notes what is there
//   node scenario.js later  seconds       lets time pass in the sandbox
//   node scenario.js confirm before.json  compares: nothing of the one is left, and all of the other
// The descriptor of the sandbox comes from standard input.
const assert = require('node:assert');
const fs = require('node:fs');
const https = require('node:https');
const avro = require('avsc');
const { Registry } = require('azure-iothub');
const { descriptor } = require('./sandbox');
const { holdings, containerOf, archives, uploads } = require('./holdings');

const subject = "evil's%25dev:1";
const bystander = "evil's%dev:1";
const moduleId = 'cam';
const registry = Registry.fromConnectionString(descriptor.hubConnectionString);

const schema = avro.Type.forSchema({
  type: 'record', name: 'Message', namespace: 'Microsoft.Azure.Devices', fields: [
    { name: 'EnqueuedTimeUtc', type: 'string' },
    { name: 'Properties', type: { type: 'map', values: 'string' } },
    { name: 'SystemProperties', type: { type: 'map', values: 'string' } },
    { name: 'Body', type: ['null', 'bytes'] },
  ],
});

function message(device, n, written) {
  const time = new Date(written.getTime() - 60_000 + n * 1000).toISOString();
  const isJson = n % 3 !== 0;
  const content = JSON.stringify({ from: device.deviceId, reading: n, text: 'ü"\\\n' });
  return {
    isJson, content,
    record: {
      EnqueuedTimeUtc: time,
      Properties: { sequence: String(n) },
      SystemProperties: {
        connectionDeviceId: device.deviceId, connectionDeviceGenerationId: device.generationId, enqueuedTime: time,
        connectionAuthMethod: '{"scope":"device","type":"sas","issuer":"iothub"}', 'iothub-message-source': 'Telemetry',
        ...(n % 5 === 0 && { connectionModuleId: moduleId }),
        ...(isJson && { contentType: 'application/json', contentEncoding: 'utf-8' }),
      },
    },
  };
}

const asLines = messages => Buffer.from(messages.map(({ record, isJson, content }) =>
  `${JSON.stringify({ ...record, Body: isJson ? JSON.parse(content) : Buffer.from(content).toString('base64') })}\n`).join(''));

function asAvro(messages, codec) {
  return new Promise((resolve, reject) => {
    const encoder = new avro.streams.BlockEncoder(schema, { codec, blockSize: 2048 });
    const parts = [];
    encoder.on('data', part => parts.push(part));
    encoder.on('end', () => resolve(Buffer.concat(parts)));
    encoder.on('error', reject);
    messages.forEach(({ record, content }) => encoder.write({ ...record, Body: Buffer.from(content) }));
    encoder.end();
  });
}

const blobName = (partition, at) =>
  `contoso-hub/${partition}/${at.toISOString().slice(0, 16).replaceAll('-', '/').replace('T', '/').replace(':', '/')}`;

async function upload(container, name, content, contentType) {
  const blob = container.getBlockBlobClient(name);
  await blob.upload(content, content.length, { blobHTTPHeaders: { blobContentType: contentType }, metadata: { by: 'client' } });
  await blob.createSnapshot();
}

async function write(file) {
  const devices = [];
  for (const deviceId of [subject, bystander]) {
    devices.push((await registry.create({ deviceId })).responseBody);
    await registry.addModule({ deviceId, moduleId });
    await registry.updateTwin(deviceId, { tags: { owner: `owner of ${deviceId}` } }, '*');
  }

  const at = new Date(Date.now() - 2 * 3_600_000);
  const messages = Array.from({ length: 120 }, (_, n) => message(devices[n % 4 === 0 ? 0 : 1], n, at));
  const [json, binary] = archives.map(containerOf);
  await upload(json, blobName(0, at), asLines(messages), 'application/json');
  await upload(binary, blobName(1, at), await asAvro(messages, 'null'), 'application/octet-stream');
  await upload(binary, blobName(2, at), await asAvro(messages, 'deflate'), 'application/octet-stream');
  for (const { deviceId } of devices) {
    for (const name of ['photo.jpg', 'a b/%41+ü#?.txt']) {
      await upload(containerOf(uploads), `${deviceId}/${name}`, Buffer.from(`${deviceId} ${name}`), 'image/jpeg');
    }
  }

  // What the hub has to say of the new devices is in the archives, too, and the youngest blobs have come to rest.
  await later(3600);
  const before = await holdings();
  const registered = await registry.get(bystander);
  fs.writeFileSync(file, JSON.stringify({ ...before, identity: registered.responseBody, twin: (await registry.getTwin(bystander)).responseBody }));
  const of = id => before.records.filter(record => record.includes(id)).length + before.files.filter(name => name.startsWith(`${id}/`)).length;
  console.log(`written: ${of(subject)} of '${subject}', ${of(bystander)} of '${bystander}'`);
}

function later(seconds) {
  return new Promise((resolve, reject) => https.request({
    host: 'localhost', path: '/sandbox/clock', method: 'POST', headers: { 'x-sandbox-key': descriptor.controlKey },
  }, response => response.resume().on('end', resolve)).on('error', reject).end(JSON.stringify({ advanceSeconds: Number(seconds) })));
}

const gone = async call => assert.strictEqual((await call().then(() => null, error => error))?.response?.headers['iothub-errorcode'], 'DeviceNotFound');

async function found(condition) {
  const query = registry.createQuery(`SELECT * FROM devices.modules WHERE ${condition}`);
  const rows = [];
  while (query.hasMoreResults) {
    rows.push(...(await query.next(query.continuationToken)).result);
  }

  return rows.map(row => row.deviceId);
}

async function confirm(file) {
  const before = JSON.parse(fs.readFileSync(file, 'utf8'));
  const after = await holdings();
  const left = [...after.records.filter(record => record.includes(subject)), ...after.files.filter(name => name.startsWith(`${subject}/`))];
  assert.deepStrictEqual(left, []);
  await gone(() => registry.get(subject));
  await gone(() => registry.getTwin(subject));
  await gone(() => registry.getModulesOnDevice(subject));

  // A snapshot with records of the subject goes as a whole, for nobody can change it: then what else it held is in the blob.
  const others = list => list.filter(entry => !entry.includes(subject)).sort();
  const current = list => others(list).filter(record => record.includes(' blob '));
  const kept = current(after.records);
  const held = new Set(kept);
  for (const record of others(before.records)) {
    assert.ok(held.has(record.replace(' snapshot ', ' blob ')), `lost: ${record}`);
  }

  // Of each record there are as many as before: more only where the hub has written since.
  const counts = list => list.reduce((sum, record) => sum.set(record, (sum.get(record) ?? 0) + 1), new Map());
  const now = counts(kept);
  counts(current(before.records)).forEach((count, record) => assert.strictEqual(now.get(record), count, `counted anew: ${record}`));

  assert.deepStrictEqual(others(after.files), others(before.files));
  const plain = answer => JSON.parse(JSON.stringify(answer.responseBody));
  assert.deepStrictEqual(plain(await registry.get(bystander)), before.identity);
  assert.deepStrictEqual(plain(await registry.getTwin(bystander)), before.twin);
  assert.deepStrictEqual(await found(`STARTSWITH(deviceId, 'evil\\'s')`), [bystander]);
  console.log(`confirmed: nothing of '${subject}', all ${others(before.records).length + others(before.files).length} others`);
}

const [command, argument] = process.argv.slice(2);
const steps = { write, later, confirm };
steps[command](argument).catch(error => {
  console.error(error.stack);
  process.exitCode = 1;
});

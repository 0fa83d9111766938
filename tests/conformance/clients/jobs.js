'use strict';
// Scheduled jobs with what they did to each device, and exports and imports of all devices.
const assert = require('node:assert');
const { Registry, JobClient } = require('azure-iothub');
const { BlobServiceClient } = require('@azure/storage-blob');
const { served, refused } = require('./calls');
const { descriptor, credential, blobHost } = require('./sandbox');

const registry = Registry.fromConnectionString(descriptor.hubConnectionString);
const jobs = JobClient.fromConnectionString(descriptor.hubConnectionString);
const signedIn = JobClient.fromTokenCredential(descriptor.hubHostName, credential);
const quoted = id => `'${id.replaceAll("'", "''")}'`;

// The client's pages, to their end; a page can be empty and not the last.
async function pages(query) {
  const found = [];
  let count = 0;
  while (query.hasMoreResults) {
    found.push(...(await query.next(query.continuationToken)).result);
    count++;
  }

  return { found, count };
}

const records = id => pages(registry.createQuery(`SELECT * FROM devices.jobs WHERE devices.jobs.deviceId = ${quoted(id)}`, 1));

async function scheduled() {
  const hostile = ["it's", "x'=(y)!*", '50%25', 'q?z', 'p+q#r'];
  await served('schedule a twin update', () => jobs.scheduleTwinUpdate('client-update', `deviceId IN [${hostile.map(quoted)}]`,
    { properties: { desired: { sampled: 'client' } } }, new Date(), 60), ({ jobStatus }) => {
    assert.deepStrictEqual([jobStatus.jobId, jobStatus.type, jobStatus.status], ['client-update', 'scheduleUpdateTwin', 'completed']);
    assert.deepStrictEqual([jobStatus.deviceJobStatistics.deviceCount, jobStatus.deviceJobStatistics.succeededCount], [5, 5]);
    assert.strictEqual(jobStatus.updateTwin.properties.desired.sampled, 'client');
  });
  for (const id of hostile) {
    await served(`what it did to ${id}`, () => records(id), ({ found }) => {
      assert.ok(found.every(one => one.deviceId === id));
      const one = found.find(record => record.jobId === 'client-update');
      assert.deepStrictEqual([one.jobType, one.status], ['scheduleUpdateTwin', 'completed']);
    });
  }

  await served('the twin it changed', () => registry.getTwin("it's"), answer =>
    assert.strictEqual(answer.responseBody.properties.desired.sampled, 'client'));
  await served('schedule a method', () => jobs.scheduleDeviceMethod('client-method', "deviceId = 'dev2'",
    { methodName: 'm', payload: { a: 1 } }, new Date(), 60), ({ jobStatus }) => {
    assert.strictEqual(jobStatus.deviceJobStatistics.deviceCount, 1);
    assert.strictEqual(jobStatus.cloudToDeviceMethod.methodName, 'm');
  });
  await served('what the method did', () => records('dev2'), ({ found }) => {
    const one = found.find(record => record.jobId === 'client-method');
    assert.ok(one.outcome?.deviceMethodResponse.status === 200 || one.error?.code);
  });
  await refused('schedule it again', 'JobAlreadyExists', () => jobs.scheduleDeviceMethod('client-method', "deviceId = 'dev2'", { methodName: 'm' }, new Date(), 60),
    error => assert.strictEqual(error.response.statusCode, 409));
  await refused('a condition that is none', 'ArgumentInvalid', () => jobs.scheduleTwinUpdate('client-bad', "deviceId = 'x", { tags: {} }, new Date(), 60));
  await served('schedule for later', () => jobs.scheduleTwinUpdate('client-later', "deviceId = 'dev2'", { tags: { later: 1 } }, new Date(Date.now() + 3600e3), 60),
    ({ jobStatus }) => assert.strictEqual(jobStatus.status, 'scheduled'));
  await served('cancel it', () => jobs.cancelJob('client-later'), ({ jobStatus }) => assert.strictEqual(jobStatus.status, 'cancelled'));
  await served('read it', () => signedIn.getJob('client-later'), ({ jobStatus }) => assert.strictEqual(jobStatus.status, 'cancelled'));
  await refused('read a missing one', 'JobNotFound', () => jobs.getJob('nobody'));
  await served('all in pages', () => pages(jobs.createQuery(null, null, 2)), ({ found, count }) => {
    const ids = found.map(one => one.jobId);
    assert.ok(['interval-all', 'reboot-dev1', 'client-update', 'client-later'].every(id => ids.includes(id)));
    assert.strictEqual(new Set(ids).size, ids.length);
    assert.ok(count > found.length / 2);
  });
  await served('those of a type and a status', () => pages(jobs.createQuery('scheduleUpdateTwin', 'cancelled')), ({ found }) =>
    assert.deepStrictEqual(found.map(one => one.jobId), ['client-later']));
}

async function transfers() {
  const container = new BlobServiceClient(blobHost('contosouploads'), credential).getContainerClient('client-export');
  await served('a container', () => container.create());
  const uri = `${container.url}?sv=2023-11-03&sig=c2VjcmV0`;
  const done = await served('export devices without keys', () => registry.exportDevicesToBlob(uri, true), job =>
    assert.deepStrictEqual([job.type, job.excludeKeysInExport], ['export', true]));
  const { jobId } = done;
  await served('the job', () => registry.getJob(jobId), job =>
    assert.deepStrictEqual([job.status, job.outputBlobContainerUri], ['completed', uri]));
  await served('the jobs', () => registry.listJobs(), answer => assert.ok(answer.responseBody.some(one => one.jobId === jobId)));
  await served('what it wrote', () => container.getBlobClient('devices.txt').downloadToBuffer(), bytes => {
    const lines = bytes.toString('utf8').trim().split('\r\n').map(line => JSON.parse(line));
    const one = lines.find(line => line.id === "it's" && !line.moduleId);
    assert.strictEqual(one.authentication, null);
    assert.ok(one.tags && one.properties.desired && one.eTag && one.twinETag);
  });
  await served('export devices with keys', () => registry.exportDevicesToBlob(uri, false));
  await served('what that wrote', () => container.getBlobClient('devices.txt').downloadToBuffer(), bytes =>
    assert.ok(JSON.parse(bytes.toString('utf8').split('\r\n')[0]).authentication.symmetricKey.primaryKey));
  const lines = ['client-imported', 'dev1'].map(id => `${JSON.stringify({ id, importMode: 'create', status: 'enabled' })}\r\n`).join('');
  await served('devices to import', () => container.getBlockBlobClient('devices.txt').upload(lines, lines.length));
  await served('import devices', () => registry.importDevicesFromBlob(uri, uri), job => assert.strictEqual(job.type, 'import'));
  await served('the device', () => registry.get('client-imported'));
  await served('the errors', () => container.getBlobClient('importErrors.log').downloadToBuffer(), bytes =>
    assert.match(bytes.toString('utf8'), /"deviceId":"dev1".*409001/));
  await refused('export to a container that is not there', 'BlobContainerValidationError', () => registry.exportDevicesToBlob(`${blobHost('contosouploads')}/nowhere`, true));
  await served('cancel what has ended', () => registry.cancelJob(jobId));
  await refused('cancel a missing one', 'JobNotFound', () => registry.cancelJob('nobody'));
}

module.exports = async () => {
  await scheduled();
  await transfers();
};

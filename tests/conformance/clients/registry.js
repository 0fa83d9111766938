'use strict';
const assert = require('node:assert');
const { promisify } = require('node:util');
const { Registry } = require('azure-iothub');
const { served, refused } = require('./calls');
const { descriptor, credential } = require('./sandbox');

const registry = Registry.fromConnectionString(descriptor.hubConnectionString);
const body = answer => answer.responseBody;
const isKey = key => assert.ok(Buffer.from(key ?? '', 'base64').length >= 16, `'${key}' is no key`);
const key = letter => Buffer.alloc(32, letter).toString('base64');
const thumbprint = '0123456789ABCDEF0123456789ABCDEF01234567';

async function identities() {
  await served('create', () => registry.create({ deviceId: 'client-1' }), answer => {
    const { deviceId, status, authentication, generationId, etag } = body(answer);
    assert.deepStrictEqual([deviceId, status, authentication.type], ['client-1', 'enabled', 'sas']);
    isKey(authentication.symmetricKey.primaryKey);
    isKey(authentication.symmetricKey.secondaryKey);
    assert.notStrictEqual(authentication.symmetricKey.primaryKey, authentication.symmetricKey.secondaryKey);
    assert.ok(generationId && etag);
  });
  await refused('create twice', 'DeviceAlreadyExists', () => registry.create({ deviceId: 'client-1' }),
    error => assert.strictEqual(error.name, 'DeviceAlreadyExistsError'));
  await served('create with keys', () => registry.create({
    deviceId: 'client-keys', authentication: { symmetricKey: { primaryKey: key('a'), secondaryKey: key('b') } },
  }), answer => assert.deepStrictEqual(body(answer).authentication.symmetricKey, { primaryKey: key('a'), secondaryKey: key('b') }));
  await refused('create with a key that is no Base64', 'ArgumentInvalid', () => registry.create({
    deviceId: 'client-bad', authentication: { symmetricKey: { primaryKey: 'no key', secondaryKey: 'no key' } },
  }));
  await refused('create with one key', 'ArgumentInvalid', () => registry.create({
    deviceId: 'client-bad', authentication: { symmetricKey: { primaryKey: key('a'), secondaryKey: '' } },
  }));
  await refused('create with a short key', 'ArgumentInvalid', () => registry.create({
    deviceId: 'client-bad', authentication: { symmetricKey: { primaryKey: 'AAAA', secondaryKey: 'AAAA' } },
  }));
  await refused('create with an illegal ID', 'ArgumentInvalid', () => registry.create({ deviceId: 'a/b' }));
  await refused('create with a long ID', 'ArgumentInvalid', () => registry.create({ deviceId: 'x'.repeat(129) }));
  await served('create with thumbprints', () => registry.create({
    deviceId: 'client-x509', authentication: { x509Thumbprint: { primaryThumbprint: thumbprint, secondaryThumbprint: null } },
  }), answer => {
    const { type, x509Thumbprint, symmetricKey } = body(answer).authentication;
    assert.strictEqual(type, 'selfSigned');
    assert.strictEqual(x509Thumbprint.primaryThumbprint, thumbprint);
    assert.strictEqual(symmetricKey.primaryKey, null);
  });
  await served('twin of one with thumbprints', () => registry.getTwin('client-x509'), answer => {
    assert.strictEqual(body(answer).authenticationType, 'selfSigned');
    assert.strictEqual(body(answer).x509Thumbprint.primaryThumbprint, thumbprint);
  });
  await refused('create with a bad thumbprint', 'ArgumentInvalid', () => registry.create({
    deviceId: 'client-bad', authentication: { x509Thumbprint: { primaryThumbprint: 'xyz' } },
  }));
  await served('create with an authority', () => registry.create({
    deviceId: 'client-ca', authentication: { type: 'certificateAuthority' },
  }), answer => assert.strictEqual(body(answer).authentication.type, 'certificateAuthority'));
  await served('get', () => registry.get('client-1'), answer => assert.strictEqual(body(answer).deviceId, 'client-1'));
  await refused('get a missing one', 'DeviceNotFound', () => registry.get('nobody'),
    error => assert.strictEqual(error.name, 'DeviceNotFoundError'));
  await served('disable', () => registry.update({ deviceId: 'client-1', status: 'disabled', statusReason: 'returned' }), answer =>
    assert.deepStrictEqual([body(answer).status, body(answer).statusReason], ['disabled', 'returned']));
  await refused('update to no status', 'ArgumentInvalid', () => registry.update({ deviceId: 'client-1', status: 'lost' }));
  await refused('update a missing one', 'DeviceNotFound', () => registry.update({ deviceId: 'nobody', status: 'disabled' }));
  await served('update keys given as empty', () => registry.update({ deviceId: 'client-keys', status: 'enabled' }), answer => {
    isKey(body(answer).authentication.symmetricKey.primaryKey);
    assert.notStrictEqual(body(answer).authentication.symmetricKey.primaryKey, key('a'));
  });
  await served('list', () => registry.list(), answer => assert.ok(body(answer).length > 40));
  await served('statistics', () => registry.getRegistryStatistics(), answer =>
    assert.strictEqual(body(answer).totalDeviceCount, body(answer).enabledDeviceCount + body(answer).disabledDeviceCount));
  await served('delete', () => registry.delete('client-ca'));
  await refused('delete a missing one', 'DeviceNotFound', () => registry.delete('client-ca'));
}

async function edge() {
  const modules = device => () => registry.getModulesOnDevice(device);
  const ids = answer => body(answer).map(module => module.moduleId).sort();
  await served('create an Edge device', () => registry.create({ deviceId: 'client-edge', capabilities: { iotEdge: true } }), answer => {
    assert.strictEqual(body(answer).capabilities.iotEdge, true);
    assert.match(body(answer).deviceScope, /^ms-azure-iot-edge:\/\/client-edge-/);
  });
  await served('modules of an Edge device', modules('client-edge'), answer => {
    assert.deepStrictEqual(ids(answer), ['$edgeAgent', '$edgeHub']);
    body(answer).forEach(module => isKey(module.authentication.symmetricKey.primaryKey));
  });
  await served('get $edgeAgent', () => registry.getModule('client-edge', '$edgeAgent'));
  await served('twin of $edgeHub', () => registry.getModuleTwin('client-edge', '$edgeHub'));
  await served('make an Edge device', () => registry.update({ deviceId: 'client-x509', capabilities: { iotEdge: true } }), answer =>
    assert.strictEqual(body(answer).capabilities.iotEdge, true));
  await served('modules of one made an Edge device', modules('client-x509'), answer =>
    assert.deepStrictEqual(ids(answer), ['$edgeAgent', '$edgeHub']));
  await served('delete an Edge device', () => registry.delete('client-edge'));
  await refused('modules of a deleted one', 'DeviceNotFound', modules('client-edge'));
}

async function modules() {
  const added = await served('add a module', () => registry.addModule({ deviceId: 'client-1', moduleId: 'meter', managedBy: 'me' }), answer => {
    assert.strictEqual(body(answer).managedBy, 'me');
    isKey(body(answer).authentication.symmetricKey.primaryKey);
  });
  await refused('add it twice', 'ModuleAlreadyExistsOnDevice', () => registry.addModule({ deviceId: 'client-1', moduleId: 'meter' }));
  await refused('add to a missing device', 'DeviceNotFound', () => registry.addModule({ deviceId: 'nobody', moduleId: 'meter' }));
  await served('get a module', () => registry.getModule('client-1', 'meter'));
  await refused('get a missing module', 'ModuleNotFound', () => registry.getModule('client-1', 'none'));
  const { etag } = body(added);
  await served('update a module', () => registry.updateModule({ deviceId: 'client-1', moduleId: 'meter', etag, managedBy: 'you' }, false), answer => {
    assert.strictEqual(body(answer).managedBy, 'you');
    isKey(body(answer).authentication.symmetricKey.primaryKey);
  });
  await refused('update a module with a stale ETag', 'PreconditionFailed',
    () => registry.updateModule({ deviceId: 'client-1', moduleId: 'meter', etag, managedBy: 'me' }, false));
  await served('force the update', () => registry.updateModule({ deviceId: 'client-1', moduleId: 'meter', managedBy: 'me' }, true), answer =>
    assert.strictEqual(body(answer).managedBy, 'me'));
  await refused('remove a module with a stale ETag', 'PreconditionFailed',
    () => promisify(registry.removeModule.bind(registry))({ deviceId: 'client-1', moduleId: 'meter', etag }));
  await served('remove a module', () => registry.removeModule('client-1', 'meter'));
  await refused('remove it twice', 'ModuleNotFound', () => registry.removeModule('client-1', 'meter'));
}

async function bulk() {
  const failed = error => JSON.parse(error.responseBody).errors.map(entry => `${entry.deviceId}:${entry.errorCode}`);
  const ids = ['client-b1', 'client-b2', 'client-b3'];
  await served('add devices', () => registry.addDevices(ids.map(deviceId => ({ deviceId }))), answer =>
    assert.strictEqual(body(answer).isSuccessful, true));
  const devices = [];
  for (const id of ids) {
    devices.push(body(await served(`get ${id}`, () => registry.get(id), answer => isKey(body(answer).authentication.symmetricKey.primaryKey))));
  }

  await refused('add devices that exist', 'ArgumentError', () => registry.addDevices([{ deviceId: 'client-b1' }, { deviceId: 'client-b9' }]),
    error => assert.deepStrictEqual(failed(error), ['client-b1:409001']));
  await served('update devices by ETag', () => registry.updateDevices(devices.map(device => ({ ...device, status: 'disabled' })), false), answer =>
    assert.strictEqual(body(answer).isSuccessful, true));
  await refused('update devices by a stale ETag', 'ArgumentError', () => registry.updateDevices(devices.slice(0, 1), false),
    error => assert.deepStrictEqual(failed(error), ['client-b1:412001']));
  await served('force the update of devices', () => registry.updateDevices(devices.map(device => ({ ...device, status: 'enabled' })), true));
  await served('the forced update', () => registry.get('client-b1'), answer => assert.strictEqual(body(answer).status, 'enabled'));
  await refused('remove devices by a stale ETag', 'ArgumentError', () => registry.removeDevices(devices.slice(0, 1), false),
    error => assert.deepStrictEqual(failed(error), ['client-b1:412001']));
  const fresh = body(await served('get it again', () => registry.get('client-b1')));
  await served('remove devices by ETag', () => registry.removeDevices([fresh], false));
  await served('force the removal of devices', () => registry.removeDevices([...devices.slice(1), { deviceId: 'client-b9' }], true), answer =>
    assert.strictEqual(body(answer).isSuccessful, true));
  await refused('remove devices that are gone', 'ArgumentError', () => registry.removeDevices(devices.slice(1), true),
    error => assert.deepStrictEqual(failed(error), ['client-b2:404001', 'client-b3:404001']));
  await refused('the same device twice', 'DeviceDefinedMultipleTimes', () => registry.removeDevices([devices[0], devices[0]], true));
}

async function twins() {
  const twin = body(await served('get a twin', () => registry.getTwin('client-1')));
  const patch = { tags: { owner: 'ana', room: { floor: 2 } }, properties: { desired: { interval: 30 } } };
  await served('patch a twin', () => registry.updateTwin('client-1', patch, twin.etag), answer => {
    assert.deepStrictEqual(body(answer).tags, patch.tags);
    assert.strictEqual(body(answer).properties.desired.interval, 30);
  });
  await refused('patch with a stale ETag', 'PreconditionFailed', () => registry.updateTwin('client-1', patch, twin.etag));
  await served('patch by force', () => registry.updateTwin('client-1', { tags: { room: null } }, '*'), answer =>
    assert.deepStrictEqual(body(answer).tags, { owner: 'ana' }));
  await refused('a missing twin', 'DeviceNotFound', () => registry.getTwin('nobody'));
  const limit = (name, tags) => refused(name, 'ArgumentInvalid', () => registry.updateTwin('client-1', { tags }, '*'));
  await limit('tags of more than 8 KB', Object.fromEntries([1, 2, 3].map(n => [`t${n}`, 'x'.repeat(3000)])));
  await limit('a value of more than 4 KB', { text: 'x'.repeat(4097) });
  await limit('a key with a dot', { 'a.b': 1 });
  await limit('a key with a dollar sign', { $a: 1 });
  await limit('a key with a space', { 'a b': 1 });
  await limit('a key with a control character', { 'a\u0001': 1 });
  await limit('a key of more than 1 KB', { ['k'.repeat(1025)]: 1 });
  await limit('11 levels', Array.from({ length: 11 }).reduce(inner => ({ a: inner }), 1));
  await limit('a large integer', { n: 4503599627370496 });
  await refused('desired properties of more than 32 KB', 'ArgumentInvalid', () => registry.updateTwin('client-1', {
    properties: { desired: Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`p${n}`, 'x'.repeat(4000)])) },
  }, '*'));
  await served('what was refused has changed nothing', () => registry.getTwin('client-1'), answer =>
    assert.deepStrictEqual(body(answer).tags, { owner: 'ana' }));
  await served('10 levels', () => registry.updateTwin('client-1', { tags: { deep: Array.from({ length: 9 }).reduce(inner => ({ a: inner }), 1) } }, '*'));
}

async function callers() {
  const signedIn = Registry.fromTokenCredential(descriptor.hubHostName, credential);
  await served('get with a token', () => signedIn.get('dev1'));
  const forged = Registry.fromConnectionString(descriptor.hubConnectionString.replace(/SharedAccessKey=.*/, `SharedAccessKey=${key('z')}`));
  await refused('get with a forged signature', 'IotHubUnauthorizedAccess', () => forged.get('dev1'),
    error => assert.strictEqual(error.name, 'UnauthorizedError'));
}

module.exports = async () => {
  await identities();
  await edge();
  await modules();
  await bulk();
  await twins();
  await callers();
};

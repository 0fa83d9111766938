'use strict';
// Configurations of devices and deployments to gateways, under their ETags.
const assert = require('node:assert');
const { Registry } = require('azure-iothub');
const { served, refused } = require('./calls');
const { descriptor, credential } = require('./sandbox');

const registry = Registry.fromConnectionString(descriptor.hubConnectionString);
const body = answer => answer.responseBody;
const content = { deviceContent: { 'properties.desired.rate': 1 } };

module.exports = async () => {
  await served('list', () => registry.getConfigurations(), answer =>
    assert.deepStrictEqual(body(answer).map(one => one.id), ['dev1-hotfix', 'floor-2-settings', 'gateways', 'pilot-firmware']));
  const made = body(await served('add', () => registry.addConfiguration({
    id: 'client-1', content, targetCondition: "deviceId IN ['it''s']", labels: { who: "it's" }, priority: 3,
    metrics: { queries: { on: "SELECT deviceId FROM devices WHERE deviceId = 'it''s'" } },
  }), answer => {
    assert.deepStrictEqual([body(answer).schemaVersion, body(answer).priority], ['1.0', 3]);
    assert.ok(body(answer).etag && body(answer).createdTimeUtc);
  }));
  await refused('add it again', 'ConfigurationAlreadyExists', () => registry.addConfiguration({ id: 'client-1', content }), error =>
    assert.strictEqual(error.response.statusCode, 409));
  await served('read it', () => registry.getConfiguration('client-1'), answer => assert.deepStrictEqual(body(answer), made));
  await served('update it', () => registry.updateConfiguration({ ...made, targetCondition: '' }, false), answer => {
    assert.strictEqual(body(answer).targetCondition, '');
    assert.strictEqual(body(answer).createdTimeUtc, made.createdTimeUtc);
    assert.notStrictEqual(body(answer).etag, made.etag);
  });
  await refused('update what has changed', 'PreconditionFailed', () => registry.updateConfiguration(made, false));
  await served('update it by force', () => registry.updateConfiguration({ ...made, etag: undefined }, true), answer =>
    assert.strictEqual(body(answer).targetCondition, made.targetCondition));
  await refused('a condition that is none', 'ArgumentInvalid', () => registry.addConfiguration({ id: 'client-2', content, targetCondition: "deviceId = 'x" }));
  await refused('no content', 'ArgumentInvalid', () => registry.addConfiguration({ id: 'client-2', content: {} }));
  await refused('an ID with upper case', 'ArgumentInvalid', () => registry.addConfiguration({ id: 'Client', content }));
  await refused('read a missing one', 'ConfigurationNotFound', () => registry.getConfiguration('nobody'));
  await served('read with a token', () => Registry.fromTokenCredential(descriptor.hubHostName, credential).getConfiguration('gateways'), answer =>
    assert.strictEqual(body(answer).content.modulesContent.$edgeHub['properties.desired'].upstream, 'gw-1'));
  await served('remove it', () => registry.removeConfiguration('client-1'));
  await refused('remove it again', 'ConfigurationNotFound', () => registry.removeConfiguration('client-1'));
};

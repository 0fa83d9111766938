'use strict';
const assert = require('node:assert');
const { IotHubClient } = require('@azure/arm-iothub');
const { served, refused, notSimulated, all } = require('./calls');
const { descriptor, credential } = require('./sandbox');

const { resourceGroup: group, hubName: hub } = descriptor;
const client = new IotHubClient(credential, descriptor.subscriptionId);
const hubs = client.iotHubResource;

module.exports = async () => {
  await served('get a hub', () => hubs.get(group, hub), answer => {
    assert.strictEqual(answer.properties.hostName, descriptor.hubHostName);
    assert.ok(answer.properties.routing.endpoints.storageContainers.length > 0);
  });
  await served('hubs of the subscription', () => all(hubs.listBySubscription()), found => assert.strictEqual(found.length, 2));
  await served('hubs of a group', () => all(hubs.listByResourceGroup(group)), found => assert.deepStrictEqual(found.map(one => one.name), [hub]));
  await served('keys', () => all(hubs.listKeys(group, hub)), found => assert.ok(found.every(policy => policy.primaryKey)));
  await served('health of endpoints', () => all(hubs.listEndpointHealth(group, hub)), found => assert.ok(found.length > 4));
  await refused('a missing hub', 'ResourceNotFound', () => hubs.get(group, 'none'));
  await refused('a missing group', 'ResourceGroupNotFound', () => hubs.get('none', hub));
  await refused('keys of a missing hub', 'ResourceNotFound', () => all(hubs.listKeys(group, 'none')));
  await served('consumer groups', () => all(hubs.listEventHubConsumerGroups(group, hub, 'events')), found =>
    assert.deepStrictEqual(found.map(one => one.name), ['$Default', 'dashboards']));
  await served('a consumer group', () => hubs.getEventHubConsumerGroup(group, hub, 'events', '$Default'), found =>
    assert.strictEqual(found.name, '$Default'));
  await refused('a missing consumer group', 'ResourceNotFound', () => hubs.getEventHubConsumerGroup(group, hub, 'events', 'none'));
  await notSimulated('add a consumer group', () => hubs.createEventHubConsumerGroup(group, hub, 'events', 'mine', { properties: { name: 'mine' } }));
  await notSimulated('quota metrics', () => all(hubs.listQuotaMetrics(group, hub)));
  await notSimulated('jobs', () => all(hubs.listJobs(group, hub)));
  await notSimulated('a job', () => hubs.getJob(group, hub, 'job-1'));
  await notSimulated('statistics', () => hubs.getStats(group, hub));
  await notSimulated('valid SKUs', () => all(hubs.listValidSkus(group, hub)));
  await notSimulated('keys of one policy', () => hubs.getKeysForKeyName(group, hub, 'iothubowner'));
  await notSimulated('test routes', () => hubs.testAllRoutes(hub, group, {}));
  await notSimulated('export devices', () => hubs.exportDevices(group, hub, { exportBlobContainerUri: 'https://a/b', excludeKeys: true }));
  await notSimulated('availability of a name', () => hubs.checkNameAvailability({ name: 'x' }));
  await notSimulated('update tags', () => hubs.beginUpdate(group, hub, { tags: {} }));
  await notSimulated('delete a hub', () => hubs.beginDelete(group, hub));
  await notSimulated('create a hub', () => hubs.beginCreateOrUpdate(group, 'new', { location: 'x', sku: { name: 'S1', capacity: 1 } }));
  await notSimulated('certificates', () => client.certificates.listByIotHub(group, hub));
  await notSimulated('private links', () => client.privateLinkResourcesOperations.list(group, hub));
  await notSimulated('private endpoints', () => client.privateEndpointConnections.list(group, hub));
  await notSimulated('operations', () => all(client.operations.list()));
  await notSimulated('quota of the subscription', () => client.resourceProviderCommon.getSubscriptionQuota());
  await notSimulated('failover', () => client.iotHub.beginManualFailover(hub, group, { failoverRegion: 'x' }));
};

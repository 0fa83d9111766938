'use strict';
// Documents of Cosmos DB, signed in and by key, by point and by query.
const assert = require('node:assert');
const { CosmosClient, PartitionKeyBuilder } = require('@azure/cosmos');
const { served, refused, notSimulated } = require('./calls');
const { credential, cosmosKeys } = require('./sandbox');

const account = 'contoso-cosmos';
const endpoint = `https://${account}.documents.azure.com:443/`;
const connectionPolicy = { retryOptions: { maxRetryAttemptCount: 2 } };
const hostile = ["it's", '100%', 'a:b', 'q!z', "x'=(y)!*", 'p+q', 'quote"', '007', 'ünï', '{deviceid}'];
const byDevice = device => ({
  query: 'SELECT c.id FROM c WHERE c.SystemProperties["iothub-connection-device-id"] = @d',
  parameters: [{ name: '@d', value: device }],
});

const byKey = key => new CosmosClient({ endpoint, key, connectionPolicy });

async function setUp(client) {
  const { database } = await served('create a database', () => client.databases.create({ id: 'clients' }));
  const { container } = await served('create a container', () => database.containers.create({ id: 'plain', partitionKey: { paths: ['/pk'], version: 2 } }));
  await refused('create it twice', 409, () => database.containers.create({ id: 'plain', partitionKey: { paths: ['/pk'], version: 2 } }));
  await served('read a container', () => container.read(), answer => {
    assert.deepStrictEqual(answer.resource.partitionKey, { paths: ['/pk'], kind: 'Hash', version: 2 });
    assert.ok(answer.resource._rid && answer.etag);
  });
  await served('databases', () => client.databases.readAll().fetchAll(), answer => assert.deepStrictEqual(answer.resources.map(one => one.id), ['clients', 'iot']));
  await served('containers', () => database.containers.readAll().fetchAll(), answer => assert.deepStrictEqual(answer.resources.map(one => one.id), ['plain']));
  await refused('a missing container', 404, () => database.container('none').read());
  await refused('a document of a missing container', 404, () => database.container('none').item('a', 'b').replace({ id: 'a' }));
  return database;
}

async function points(container) {
  const { etag } = await served('create', () => container.items.create({ id: 'one', pk: 'a', n: 1 }), answer => {
    assert.strictEqual(answer.statusCode, 201);
    assert.ok(answer.requestCharge > 0 && answer.activityId && answer.resource._ts > 0 && answer.resource._self);
  });
  await refused('create the same', 409, () => container.items.create({ id: 'one', pk: 'a' }));
  await served('the same under another key', () => container.items.create({ id: 'one', pk: 'b' }));
  await served('read', () => container.item('one', 'a').read(), answer => assert.strictEqual(answer.resource.n, 1));
  await served('read under a wrong key', () => container.item('one', 'none').read(), answer => assert.deepStrictEqual([answer.statusCode, answer.resource], [404, undefined]));
  await served('replace', () => container.item('one', 'a').replace({ id: 'one', pk: 'a', n: 2 }, { accessCondition: { type: 'IfMatch', condition: etag } }), answer =>
    assert.notStrictEqual(answer.etag, etag));
  await refused('replace what has changed', 412, () => container.item('one', 'a').replace({ id: 'one', pk: 'a' }, { accessCondition: { type: 'IfMatch', condition: etag } }));
  await refused('delete what has changed', 412, () => container.item('one', 'a').delete({ accessCondition: { type: 'IfMatch', condition: etag } }));
  await refused('replace under a wrong key', 404, () => container.item('one', 'none').replace({ id: 'one', pk: 'none' }));
  await served('upsert', () => container.items.upsert({ id: 'two', pk: 'a' }), answer => assert.strictEqual(answer.statusCode, 201));
  await served('upsert again', () => container.items.upsert({ id: 'two', pk: 'a', again: true }), answer => assert.strictEqual(answer.statusCode, 200));
  await served('delete', () => container.item('one', 'a').delete(), answer => assert.strictEqual(answer.statusCode, 204));
  await refused('delete it again', 404, () => container.item('one', 'a').delete());
  await refused('delete under a wrong key', 404, () => container.item('one', 'none').delete());
  for (const [name, document, key] of [['missing', {}, undefined], ['null', { pk: null }, null], ['empty', { pk: '' }, ''], ['number', { pk: 7 }, 7], ['false', { pk: false }, false]]) {
    await served(`a key that is ${name}`, () => container.items.create({ id: `key-${name}`, ...document }));
    await served(`read a key that is ${name}`, () => container.item(`key-${name}`, key).read(), answer => assert.strictEqual(answer.resource?.id, `key-${name}`));
    await served(`delete a key that is ${name}`, () => container.item(`key-${name}`, key).delete());
  }
}

async function queries(container) {
  for (const device of hostile) {
    for (const [index, name] of [device, `${device}0`].entries()) {
      await container.items.create({ id: `d-${hostile.indexOf(device)}-${index}`, pk: `${name}-2026-11`, SystemProperties: { 'iothub-connection-device-id': name } });
    }

    await served(`query for ${device}`, () => container.items.query(byDevice(device)).fetchAll(), answer =>
      assert.deepStrictEqual(answer.resources, [{ id: `d-${hostile.indexOf(device)}-0` }]));
    await served(`query for ${device} in its partition`, () => container.items.query(byDevice(device), { partitionKey: `${device}-2026-11` }).fetchAll(), answer =>
      assert.strictEqual(answer.resources.length, 1));
  }

  await served('read everything in pages', async () => {
    const pages = container.items.query('SELECT VALUE c.id FROM c WHERE STARTSWITH(c.id, "d-")', { maxItemCount: 3 });
    const found = [];
    let count = 0;
    while (pages.hasMoreResults()) {
      found.push(...((await pages.fetchNext()).resources ?? []));
      count++;
    }

    return { found, count };
  }, ({ found, count }) => {
    assert.strictEqual(new Set(found).size, hostile.length * 2);
    assert.ok(count >= 5);
  });
  await served('the feed', () => container.items.readAll({ maxItemCount: 4 }).fetchAll(), answer => assert.strictEqual(answer.resources.length, hostile.length * 2 + 2));
  await refused('a query that is none', 400, () => container.items.query('SELECT * FORM c').fetchAll());
  await refused('an unknown function', 400, () => container.items.query('SELECT * FROM c WHERE NOSUCH(c)').fetchAll());
  for (const query of ['SELECT VALUE COUNT(1) FROM c', 'SELECT TOP 1 * FROM c', 'SELECT * FROM c ORDER BY c.id', 'SELECT DISTINCT c.pk FROM c']) {
    await refused(`across partitions: ${query}`, 400, () => container.items.query(query).fetchAll(), error => assert.match(error.message, /can not be directly served/));
    await notSimulated(`in a partition: ${query}`, () => container.items.query(query, { partitionKey: 'a' }).fetchAll());
  }
}

async function kinds(database) {
  const { container: deep } = await served('a container with a hierarchical key', () =>
    database.containers.create({ id: 'deep', partitionKey: { paths: ['/d', '/m'], kind: 'MultiHash', version: 2 } }));
  await served('create with a hierarchical key', () => deep.items.create({ id: 'x', d: 'dev1', m: 11 }));
  const key = new PartitionKeyBuilder().addValue('dev1').addValue(11).build();
  await served('read with a hierarchical key', () => deep.item('x', key).read(), answer => assert.strictEqual(answer.resource?.m, 11));
  await served('delete with a hierarchical key', () => deep.item('x', key).delete());
  const { container: unique } = await served('a container with a unique key', () =>
    database.containers.create({ id: 'unique', partitionKey: { paths: ['/pk'], version: 2 }, uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/mail'] }] } }));
  await served('a unique value', () => unique.items.create({ id: 'x', pk: 'a', mail: 'm' }));
  await refused('the value again', 409, () => unique.items.create({ id: 'y', pk: 'a', mail: 'm' }));
  await served('the value in another partition', () => unique.items.create({ id: 'y', pk: 'b', mail: 'm' }));
}

async function signed(readOnly) {
  const forged = byKey(Buffer.alloc(64, 1).toString('base64'));
  await refused('a forged key', 401, () => forged.database('clients').read());
  const reader = byKey(readOnly).database('clients').container('plain');
  await served('query with a key for reading', () => reader.items.query('SELECT * FROM c').fetchAll());
  await refused('delete with a key for reading', 403, () => reader.item('two', 'a').delete());
}

async function whatIsNotThere(container) {
  // The client wraps the refusal in an error of its own.
  await refused('a batch', 'Error', () => container.items.batch([{ operationType: 'Delete', id: 'two' }], 'a'), error =>
    assert.match(error.message, /Not simulated by the sandbox/));
  await notSimulated('a patch', () => container.item('two', 'a').patch([{ op: 'add', path: '/x', value: 1 }]));
  await notSimulated('stored procedures', () => container.scripts.storedProcedures.readAll().fetchAll());
}

module.exports = async () => {
  const { primaryMasterKey, primaryReadonlyMasterKey } = await cosmosKeys(account);
  const database = await setUp(byKey(primaryMasterKey));
  const signedIn = new CosmosClient({ endpoint, aadCredentials: credential, connectionPolicy });
  const container = signedIn.database('clients').container('plain');
  await points(container);
  await queries(container);
  await kinds(database);
  await signed(primaryReadonlyMasterKey);
  await whatIsNotThere(container);
  await served('what the hub routed', () => signedIn.database('iot').container('telemetry').items.query(byDevice("it's")).fetchAll(), answer =>
    assert.ok(answer.resources.length > 0));
  await refused('make a container without a key', 403, () => signedIn.databases.create({ id: 'other' }));
  await served('delete a database', () => database.delete());
};

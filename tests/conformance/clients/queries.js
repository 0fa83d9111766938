'use strict';
const assert = require('node:assert');
const { Registry, DigitalTwinClient, IoTHubTokenCredentials } = require('azure-iothub');
const { served, refused, notSimulated } = require('./calls');
const { descriptor } = require('./sandbox');

const registry = Registry.fromConnectionString(descriptor.hubConnectionString);

async function rows(sql, pageSize = 100) {
  const query = registry.createQuery(sql, pageSize);
  const found = [];
  while (query.hasMoreResults) {
    // Without a callback, next() starts anew unless it is given where to go on.
    found.push(...(await query.next(query.continuationToken)).result);
  }

  return found;
}

const ids = (sql, expected) => served(sql, () => rows(sql), found =>
  assert.deepStrictEqual(found.map(row => row.moduleId ?? row.deviceId).sort(), expected));

async function twins() {
  await ids("SELECT * FROM devices WHERE STARTSWITH(deviceId, 'dev')", ['dev1', 'dev10', 'dev2']);
  await ids("SELECT * FROM devices WHERE STARTS_WITH(deviceId, 'Dev')", ['Dev1']);
  await ids("SELECT * FROM devices WHERE ENDSWITH(deviceId, '%')", ['100%']);
  await ids("SELECT * FROM devices WHERE deviceId = 'it\\'s'", ["it's"]);
  await ids("SELECT * FROM devices WHERE deviceId = 'it\\u0027s'", ["it's"]);
  await ids('SELECT * FROM devices WHERE IS_DEFINED(tags.nickname)', ['markup']);
  await ids('SELECT deviceId FROM devices WHERE IS_STRING(tags.nickname) AND NOT IS_NUMBER(tags.nickname)', ['markup']);
  await ids('SELECT DeviceId FROM devices WHERE IS_OBJECT(tags.nickname)', []);
  await ids("SELECT * FROM devices WHERE deviceId IN ['dev1', 'Dev1'] AND IS_NUMBER(properties.reported.battery)", ['Dev1', 'dev1']);
  await served('tags with an array', () => registry.updateTwin('dev2', { tags: { rooms: ['kitchen', 'hall'] } }, '*'));
  await ids("SELECT * FROM devices WHERE ARRAY_CONTAINS(tags.rooms, 'hall')", ['dev2']);
  await ids("SELECT * FROM devices WHERE IS_ARRAY(tags.rooms) AND NOT ARRAY_CONTAINS(tags.rooms, 'cellar')", ['dev2']);
  const all = (await served('all devices', () => rows('SELECT * FROM devices'))).length;
  await served('COUNT', () => rows('SELECT COUNT() AS total FROM devices'), found => assert.deepStrictEqual(found, [{ total: all }]));
  await served('COUNT by group', () => rows('SELECT status, COUNT() AS n FROM devices GROUP BY status'), found =>
    assert.strictEqual(found.reduce((sum, row) => sum + row.n, 0), all));
  await served('TOP', () => rows('SELECT TOP 3 deviceId FROM devices'), found => assert.strictEqual(found.length, 3));
  await served('pages of twins', async () => {
    const query = registry.createQuery("SELECT * FROM devices WHERE STARTSWITH(deviceId, 'th-')", 7);
    const found = [];
    while (query.hasMoreResults) {
      found.push(...(await query.nextAsTwin()).result);
    }

    return found;
  }, found => assert.ok(found.length === 40 && found.every(twin => twin.deviceId.startsWith('th-'))));
}

async function others() {
  await ids("SELECT * FROM devices.modules WHERE deviceId = 'gw-1'", ['$edgeAgent', '$edgeHub']);
  await ids("SELECT * FROM devices.modules WHERE moduleId = 'tracker' AND IS_DEFINED(properties.reported.lastFix)", ['tracker']);
  await served('devices.jobs', () => rows("SELECT * FROM devices.jobs WHERE devices.jobs.deviceId = 'dev1'"), found =>
    assert.deepStrictEqual(found.map(one => one.jobId), ['interval-all', 'pilot', 'reboot-dev1']));
  await refused('columns of devices.jobs', 'ArgumentInvalid', () => rows('SELECT jobId FROM devices.jobs'));
  await refused('an unknown collection', 'ArgumentInvalid', () => rows('SELECT * FROM people'));
  await refused('an unclosed string', 'ArgumentInvalid', () => rows("SELECT * FROM devices WHERE deviceId = 'x"));
  await notSimulated('a function of the language', () => rows("SELECT * FROM devices WHERE LOWER(deviceId) = 'x'"));
  await notSimulated('an aggregate of the language', () => rows('SELECT AVG(properties.reported.battery) AS a FROM devices'));
  await notSimulated('a comparison of properties', () => rows('SELECT * FROM devices WHERE tags.owner = tags.site'));
  await notSimulated('arithmetic', () => rows('SELECT * FROM devices WHERE version + 1 > 2'));
}

async function whatIsNotThere() {
  await notSimulated('apply a configuration', () => registry.applyConfigurationContentOnDevice('gw-1', { modulesContent: {} }));
  const digital = new DigitalTwinClient(new IoTHubTokenCredentials(descriptor.hubConnectionString));
  await notSimulated('digital twin', () => digital.getDigitalTwin('dev1'));
}

module.exports = async () => {
  await twins();
  await others();
  await whatIsNotThere();
};

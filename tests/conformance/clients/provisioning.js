'use strict';
// Enrollments, groups and registrations of a Device Provisioning Service, signed in and by key.
const assert = require('node:assert');
const { ProvisioningServiceClient } = require('azure-iot-provisioning-service');
const { served, refused, notSimulated } = require('./calls');
const { credential, provisioningKeys } = require('./sandbox');

const host = 'contoso-dps.azure-devices-provisioning.net';
const body = answer => answer.responseBody ?? answer;
const status = code => error => assert.strictEqual(error.response.statusCode, code);
const coded = code => error => assert.strictEqual(error.response.headers['x-ms-error-code'], code);
const symmetric = { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: '' } };

// The client's pages, to their end.
async function pages(query) {
  const found = [];
  let count = 0;
  do {
    const answer = await new Promise((resolve, reject) => query.next((error, items) => error ? reject(error) : resolve(items)));
    found.push(...answer);
    count++;
  } while (query.hasMoreResults);
  return { found, count };
}

async function enrollments(client) {
  const made = body(await served('create an enrollment', () => client.createOrUpdateIndividualEnrollment({
    registrationId: 'client-1', deviceId: "it's=1", attestation: symmetric, provisioningStatus: 'enabled',
  }), answer => {
    assert.strictEqual(body(answer).deviceId, "it's=1");
    assert.ok(body(answer).etag && body(answer).createdDateTimeUtc);
  }));
  await refused('create it again', 'DeviceAlreadyExistsError', () => client.createOrUpdateIndividualEnrollment({ registrationId: 'CLIENT-1', attestation: symmetric }), status(409));
  await served('read it in another case', () => client.getIndividualEnrollment('Client-1'), answer => assert.strictEqual(body(answer).registrationId, 'client-1'));
  await served('its keys', () => client.getIndividualEnrollmentAttestationMechanism('client-1'), answer =>
    assert.strictEqual(Buffer.from(body(answer).symmetricKey.primaryKey, 'base64').length, 64));
  await served('disable it', () => client.createOrUpdateIndividualEnrollment({ ...made, provisioningStatus: 'disabled' }), answer =>
    assert.strictEqual(body(answer).provisioningStatus, 'disabled'));
  await refused('change what has changed', 'InvalidEtagError', () => client.createOrUpdateIndividualEnrollment(made), status(412));
  await refused('delete what has changed', 'InvalidEtagError', () => client.deleteIndividualEnrollment(made), status(412));
  await refused('an ID that is none', 'ArgumentError', () => client.createOrUpdateIndividualEnrollment({ registrationId: "it's", attestation: symmetric }), status(400));
  await refused('read a missing one', 'Error', () => client.getIndividualEnrollment('nobody'), coded('404201'));
  await served('all in pages', () => pages(client.createIndividualEnrollmentQuery({ query: 'SELECT * FROM enrollments' }, 2)), ({ found, count }) => {
    assert.ok(found.some(one => one.registrationId === 'kit-0002' && one.deviceId === "it's"));
    assert.ok(found.find(one => one.registrationId === 'dev1').registrationState.assignedHub);
    assert.strictEqual(count, Math.ceil(found.length / 2));
  });
  await notSimulated('a query with a condition', () => pages(client.createIndividualEnrollmentQuery({ query: "SELECT * FROM enrollments WHERE deviceId='dev1'" })));
  await notSimulated('a bulk operation', () => new Promise((resolve, reject) => client.runBulkEnrollmentOperation(
    { mode: 'delete', enrollments: [made] }, (error, result) => error ? reject(error) : resolve(result))));
  await served('delete it', () => client.deleteIndividualEnrollment('client-1'));
  await refused('delete it again', 'Error', () => client.deleteIndividualEnrollment('client-1'), coded('404201'));
}

async function registrations(client) {
  await served('a registration', () => client.getDeviceRegistrationState('th-004'), answer => {
    assert.deepStrictEqual([body(answer).deviceId, body(answer).status], ['th-004', 'assigned']);
    assert.ok(body(answer).etag);
  });
  await served('those of a group, one by one', () => pages(client.createEnrollmentGroupDeviceRegistrationStateQuery({ query: 'SELECT * FROM registrations' }, 'thermostats', 1)), ({ found, count }) =>
    assert.deepStrictEqual([found.map(one => one.deviceId), count], [['th-001', 'th-002', 'th-003'], 3]));
  await refused('those of a missing group', 'Error', () => pages(client.createEnrollmentGroupDeviceRegistrationStateQuery({ query: 'SELECT * FROM registrations' }, 'retired')), coded('404201'));
  await refused('delete one that has changed', 'InvalidEtagError', () => client.deleteDeviceRegistrationState('th-004', '"0"'), status(412));
  await served('delete one', () => client.deleteDeviceRegistrationState('th-004'));
  await refused('read it', 'Error', () => client.getDeviceRegistrationState('th-004'), coded('404201'));
}

async function groups(client) {
  await served('create a group', () => client.createOrUpdateEnrollmentGroup({ enrollmentGroupId: 'client-group', attestation: symmetric }));
  await served('read a group', () => client.getEnrollmentGroup('client-group'), answer => assert.strictEqual(body(answer).enrollmentGroupId, 'client-group'));
  await served('all groups', () => pages(client.createEnrollmentGroupQuery({ query: 'SELECT * FROM enrollmentGroups' })), ({ found }) =>
    assert.deepStrictEqual(found.map(one => one.enrollmentGroupId), ['client-group', 'thermostats']));
  await served('delete a group', () => client.deleteEnrollmentGroup('client-group'));
  await refused('read a missing group', 'Error', () => client.getEnrollmentGroup('client-group'), coded('404201'));
}

async function callers(byKey) {
  const { keyName, primaryKey } = (await provisioningKeys('contoso-dps')).value.find(one => !/Write/.test(one.rights));
  const reader = byKey(keyName, primaryKey);
  await served('read with a key for reading', () => reader.getIndividualEnrollment('dev1'));
  await refused('delete with a key for reading', 'TooManyDevicesError', () => reader.deleteIndividualEnrollment('dev1'), status(403));
  await refused('read with a forged key', 'UnauthorizedError', () => byKey(keyName, Buffer.alloc(64, 1).toString('base64')).getIndividualEnrollment('dev1'), status(401));
}

module.exports = async () => {
  const byKey = (name, key) => ProvisioningServiceClient.fromConnectionString(`HostName=${host};SharedAccessKeyName=${name};SharedAccessKey=${key}`);
  const { keyName, primaryKey } = (await provisioningKeys('contoso-dps')).value[0];
  await enrollments(byKey(keyName, primaryKey));
  const signedIn = ProvisioningServiceClient.fromTokenCredential(host, credential);
  await registrations(signedIn);
  await groups(signedIn);
  await callers(byKey);
};

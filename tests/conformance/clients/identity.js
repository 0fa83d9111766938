'use strict';
const assert = require('node:assert');
const { ClientAssertionCredential, ClientSecretCredential, DeviceCodeCredential } = require('@azure/identity');
const { served, refused } = require('./calls');
const { descriptor, credential } = require('./sandbox');

const { tenantId, clientId, clientSecret } = descriptor;
const storage = 'https://storage.azure.com/.default';
const says = pattern => error => assert.match(error.message, pattern);

module.exports = async () => {
  for (const scope of ['https://iothubs.azure.net/.default', 'https://management.azure.com/.default', storage]) {
    await served(`a token for ${scope}`, () => credential.getToken(scope), answer =>
      assert.ok(answer.token && answer.expiresOnTimestamp > Date.now()));
  }

  const other = (tenant, client, secret) => () => new ClientSecretCredential(tenant, client, secret).getToken(storage);
  await refused('a wrong secret', 'AuthenticationRequiredError', other(tenantId, clientId, 'wrong'), says(/AADSTS7000215/));
  await refused('an unknown application', 'AuthenticationRequiredError',
    other(tenantId, '11111111-2222-4333-8444-555555555555', clientSecret), says(/AADSTS700016/));
  await refused('an unknown tenant', 'AuthenticationRequiredError', other('11111111-2222-4333-8444-555555555555', clientId, clientSecret), says(/AADSTS90002/));
  await refused('an assertion', 'AuthenticationRequiredError',
    () => new ClientAssertionCredential(tenantId, clientId, async () => 'a.b.c').getToken(storage), says(/Not simulated by the sandbox/));
  await refused('a device code', 'AuthenticationRequiredError',
    () => new DeviceCodeCredential({ tenantId, clientId, userPromptCallback: () => {} }).getToken(storage), says(/Not simulated by the sandbox/));
};

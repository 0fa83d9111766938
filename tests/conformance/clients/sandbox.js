'use strict';
// Where the clients go: every TLS connection of this process ends at the port of the sandbox, whatever host name it is made for.
// The clients themselves are unchanged; they ask for the real names and check the certificates for them.
const fs = require('node:fs');
const https = require('node:https');
const tls = require('node:tls');
const { ClientSecretCredential } = require('@azure/identity');

// The descriptor that a sandbox prints when it starts.
const descriptor = JSON.parse(fs.readFileSync(0, 'utf8'));

const connect = tls.connect;
const to = (port, servername, options, ...rest) =>
  connect({ ...options, host: '127.0.0.1', port, servername, ca: descriptor.caCertificatePem }, ...rest);

// The AMQP client gives port and host one by one, and goes to the broker; all others give options, and go to the port of everything else.
tls.connect = (first, ...rest) => typeof first === 'object'
  ? to(descriptor.port, first.servername || first.host, first, ...rest)
  : to(descriptor.amqpPort, rest[0], ...rest.slice(1));

const credential = new ClientSecretCredential(descriptor.tenantId, descriptor.clientId, descriptor.clientSecret);
const blobHost = account => `https://${account}.blob.core.windows.net`;
const queueHost = account => `https://${account}.queue.core.windows.net`;
const busHost = name => `${name}.servicebus.windows.net`;

// What no client of the suite asks Azure Resource Manager for.
async function arm(method, path, apiVersion) {
  const token = (await credential.getToken('https://management.azure.com/.default')).token;
  return new Promise((resolve, reject) => https.request({
    host: descriptor.armHost, path: `${path}?api-version=${apiVersion}`, method, headers: { Authorization: `Bearer ${token}`, 'Content-Length': 0 },
  }, response => {
    let body = '';
    response.on('data', part => { body += part; });
    response.on('end', () => resolve(JSON.parse(body)));
  }).on('error', reject).end());
}

const inDataGroup = (type, name) => `/subscriptions/${descriptor.subscriptionId}/resourceGroups/rg-data/providers/${type}/${name}`;
const listKeys = (type, account, apiVersion) => arm('POST', `${inDataGroup(type, account)}/listKeys`, apiVersion);
const storageKeys = async account => (await listKeys('Microsoft.Storage/storageAccounts', account, '2023-01-01')).keys.map(key => key.value);
const cosmosKeys = account => listKeys('Microsoft.DocumentDB/databaseAccounts', account, '2024-11-15');

const provisioningKeys = service => listKeys('Microsoft.Devices/provisioningServices', service, '2022-12-12');

module.exports = { descriptor, credential, blobHost, queueHost, busHost, storageKeys, cosmosKeys, provisioningKeys, arm, inDataGroup };

'use strict';
// Where the clients go: every TLS connection of this process ends at the port of the sandbox, whatever host name it is made for.
// The clients themselves are unchanged; they ask for the real names and check the certificates for them.
const fs = require('node:fs');
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

const busHost = name => `${name}.servicebus.windows.net`;

module.exports = { descriptor, credential, blobHost, busHost };

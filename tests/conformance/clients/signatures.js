'use strict';
// Storage by account key, by shared access signatures of all three kinds, and by what the service refuses.
const assert = require('node:assert');
const {
  AccountSASPermissions, AccountSASResourceTypes, AccountSASServices, AnonymousCredential, BlobClient, BlobSASPermissions, BlobServiceClient,
  BlockBlobClient, ContainerClient, ContainerSASPermissions, StorageSharedKeyCredential, generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
} = require('@azure/storage-blob');
const { served, refused, all } = require('./calls');
const { credential, blobHost, storageKeys } = require('./sandbox');

const account = 'contosorouted';
const host = blobHost(account);
const containerName = 'clients-signed';
const blobName = "évil's%25dev:1/a+b c.txt";
const options = { retryOptions: { maxTries: 1 } };
const minutes = count => new Date(Date.now() + count * 60_000);
const detail = pattern => error => assert.match(error.message + JSON.stringify(error.details ?? ''), pattern);

async function sharedKey(key) {
  const service = new BlobServiceClient(host, new StorageSharedKeyCredential(account, key), options);
  const container = service.getContainerClient(containerName);
  await served('create by key', () => container.create({ metadata: { a_b: '1', ab: '2', a: '3' } }));
  const blob = container.getBlockBlobClient(blobName);
  await served('upload by key', () => blob.upload('signed', 6, {
    blobHTTPHeaders: { blobContentType: 'text/plain' }, metadata: { x: 'y' }, conditions: { ifNoneMatch: '*' },
  }));
  await served('download by key', async () => (await blob.downloadToBuffer(1, 3)).toString(), found => assert.strictEqual(found, 'ign'));
  await served('list by key', () => all(container.listBlobsFlat({ prefix: 'évil', includeMetadata: true, includeSnapshots: true })), found =>
    assert.deepStrictEqual(found.map(one => one.name), [blobName]));
  await served('copy by key', async () => (await container.getBlockBlobClient('copy').beginCopyFromURL(blob.url)).pollUntilDone());
  const forged = new BlobServiceClient(host, new StorageSharedKeyCredential(account, Buffer.alloc(64, 1).toString('base64')), options);
  await refused('a forged key', 'AuthenticationFailed', () => forged.getContainerClient(containerName).getProperties());
  await refused('a forged key, and why', 'AuthenticationFailed', () => all(forged.getContainerClient(containerName).listBlobsFlat()),
    error => {
      detail(/is not the same as any computed signature/)(error);
      assert.strictEqual(error.statusCode, 403);
      assert.match(error.response.headers.get('server') ?? '', /Blob/);
      assert.ok(error.response.headers.get('x-ms-request-id') && error.response.headers.get('x-ms-version'));
    });
  return new StorageSharedKeyCredential(account, key);
}

const urlOf = (values, signer) => `${host}/${values.containerName}${values.blobName ? `/${encodeURIComponent(values.blobName)}` : ''}`
  + `?${generateBlobSASQueryParameters(values, signer, account)}`;
const blobUrl = (permissions, signer, more = {}) =>
  urlOf({ containerName, blobName, permissions: BlobSASPermissions.parse(permissions), expiresOn: minutes(10), ...more }, signer);
const containerUrl = (permissions, signer, more = {}) =>
  urlOf({ containerName, permissions: ContainerSASPermissions.parse(permissions), expiresOn: minutes(10), ...more }, signer);

async function serviceSignatures(kind, signer) {
  const reader = new BlockBlobClient(blobUrl('r', signer), new AnonymousCredential(), options);
  await served(`${kind}: read`, async () => (await reader.downloadToBuffer()).toString(), found => assert.strictEqual(found, 'signed'));
  await refused(`${kind}: write with the right to read`, 'AuthorizationPermissionMismatch', () => reader.upload('x', 1));
  await refused(`${kind}: delete with the right to read`, 'AuthorizationPermissionMismatch', () => reader.delete());
  await refused(`${kind}: tags with the right to read`, 'AuthorizationPermissionMismatch', () => reader.getTags());
  await served(`${kind}: write`, () => new BlockBlobClient(blobUrl('w', signer), undefined, options).upload('signed', 6));
  await refused(`${kind}: overwrite with the right to create`, 'AuthorizationPermissionMismatch',
    () => new BlockBlobClient(blobUrl('c', signer), undefined, options).upload('x', 1));
  await served(`${kind}: create`, () => new BlockBlobClient(blobUrl('c', signer, { blobName: `new-${kind}` }), undefined, options).upload('x', 1));
  await served(`${kind}: delete`, () => new BlobClient(blobUrl('d', signer, { blobName: `new-${kind}` }), undefined, options).delete());
  await served(`${kind}: other headers`, () => new BlobClient(blobUrl('r', signer, { contentDisposition: 'attachment' }), undefined, options).download(),
    answer => assert.strictEqual(answer.contentDisposition, 'attachment'));
  await served(`${kind}: list`, () => all(new ContainerClient(containerUrl('l', signer), undefined, options).listBlobsFlat()), found =>
    assert.ok(found.length >= 1));
  await served(`${kind}: read in the container`, () => new ContainerClient(containerUrl('r', signer), undefined, options).getBlobClient(blobName).getProperties());
  await refused(`${kind}: delete the container`, 'AuthorizationResourceTypeMismatch',
    () => new ContainerClient(containerUrl('d', signer), undefined, options).delete());
  await refused(`${kind}: expired`, 'AuthenticationFailed',
    () => new BlobClient(blobUrl('r', signer, { expiresOn: minutes(-1) }), undefined, options).download());
  await refused(`${kind}: not yet`, 'AuthenticationFailed',
    () => new BlobClient(blobUrl('r', signer, { startsOn: minutes(5) }), undefined, options).download());
  await refused(`${kind}: of another blob`, 'AuthenticationFailed',
    () => new BlobClient(blobUrl('r', signer).replace(encodeURIComponent(blobName), 'copy'), undefined, options).download());
  await refused(`${kind}: more than was signed`, 'AuthenticationFailed',
    () => new BlockBlobClient(blobUrl('r', signer).replace('sp=r', 'sp=rw'), undefined, options).upload('x', 1));
  await refused(`${kind}: from elsewhere`, 'AuthorizationSourceIPMismatch',
    () => new BlobClient(blobUrl('r', signer, { ipRange: { start: '10.0.0.1', end: '10.0.0.9' } }), undefined, options).download());
  await served(`${kind}: a snapshot`, async () => {
    const signedIn = new BlobServiceClient(host, credential, options).getContainerClient(containerName).getBlobClient(blobName);
    const { snapshot } = await signedIn.createSnapshot();
    const url = blobUrl('r', signer, { snapshotTime: snapshot });
    return new BlobClient(`${url}&snapshot=${encodeURIComponent(snapshot)}`, undefined, options).getProperties();
  });
  await served(`${kind}: the source of a copy`, async () => {
    const target = new BlockBlobClient(blobUrl('cw', signer, { blobName: `copy-${kind}` }), undefined, options);
    return (await target.beginCopyFromURL(blobUrl('r', signer))).pollUntilDone();
  });
  await refused(`${kind}: a copy without a right to its source`, 'CannotVerifyCopySource', async () => {
    const target = new BlockBlobClient(blobUrl('cw', signer, { blobName: `copy-${kind}` }), undefined, options);
    return (await target.beginCopyFromURL(blobUrl('r', signer).split('?')[0])).pollUntilDone();
  });
}

async function accountSignatures(signer) {
  const service = (permissions, types, services = 'b') => new BlobServiceClient(`${host}?${generateAccountSASQueryParameters({
    expiresOn: minutes(10), permissions: AccountSASPermissions.parse(permissions), resourceTypes: AccountSASResourceTypes.parse(types).toString(),
    services: AccountSASServices.parse(services).toString(),
  }, signer)}`, new AnonymousCredential(), options);
  await served('account: containers', () => all(service('l', 's').listContainers()), found => assert.ok(found.length > 0));
  await served('account: blobs', () => all(service('l', 'c').getContainerClient(containerName).listBlobsFlat()));
  await served('account: read', () => service('r', 'o').getContainerClient(containerName).getBlobClient(blobName).getProperties());
  await refused('account: another kind of resource', 'AuthorizationResourceTypeMismatch',
    () => all(service('l', 'o').getContainerClient(containerName).listBlobsFlat()));
  await refused('account: another service', 'AuthorizationServiceMismatch', () => all(service('l', 's', 'q').listContainers()));
  await refused('account: another permission', 'AuthorizationPermissionMismatch', () => all(service('r', 's').listContainers()));
}

async function others() {
  const nobody = new BlobServiceClient(host, new AnonymousCredential(), options).getContainerClient(containerName).getBlobClient(blobName);
  await refused('nobody', 'NoAuthenticationInformation', () => nobody.download(), error => {
    assert.strictEqual(error.statusCode, 401);
    assert.match(error.response.headers.get('www-authenticate'), /^Bearer authorization_uri=/);
  });
  const wrong = { getToken: () => credential.getToken('https://iothubs.azure.net/.default') };
  await refused('a token for another service', 'InvalidAuthenticationInfo',
    () => new BlobServiceClient(host, wrong, options).getContainerClient(containerName).getProperties());
  const service = new BlobServiceClient(host, credential, options);
  await refused('a delegation of more than 7 days', 'InvalidXmlDocument', () => service.getUserDelegationKey(new Date(), minutes(8 * 24 * 60)));
}

module.exports = async () => {
  const [key, second] = await served('list the keys', () => storageKeys(account), found => assert.strictEqual(found.length, 2)) ?? [];
  if (!second) {
    return;
  }

  const signer = await sharedKey(key);
  await sharedKeyOf(second);
  await serviceSignatures('service', signer);
  await accountSignatures(signer);
  const service = new BlobServiceClient(host, credential, options);
  const delegation = await served('a user delegation key', () => service.getUserDelegationKey(minutes(-1), minutes(60)), answer =>
    assert.ok(answer.signedObjectId && answer.value));
  await serviceSignatures('delegated', delegation);
  await others();
};

async function sharedKeyOf(second) {
  const service = new BlobServiceClient(host, new StorageSharedKeyCredential(account, second), options);
  await served('the second key', () => service.getContainerClient(containerName).getProperties(), answer =>
    assert.deepStrictEqual(answer.metadata, { a_b: '1', ab: '2', a: '3' }));
}

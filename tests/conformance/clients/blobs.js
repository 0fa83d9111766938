'use strict';
const assert = require('node:assert');
const { BlobServiceClient } = require('@azure/storage-blob');
const { served, refused, notSimulated, all } = require('./calls');
const { credential, blobHost } = require('./sandbox');

const options = { retryOptions: { maxTries: 1 } };
const service = account => new BlobServiceClient(blobHost(account), credential, options);
const plain = service('contosorouted');
const keeping = service('contosoarchive');
const id = n => Buffer.from(`block-${String(n).padStart(4, '0')}`).toString('base64');
const text = async blob => (await blob.downloadToBuffer()).toString();

async function containers() {
  await served('containers', () => all(plain.listContainers({ includeMetadata: true })), found => assert.ok(found.some(one => one.name === 'raw-json')));
  const container = plain.getContainerClient('clients');
  await served('create a container', () => container.create({ metadata: { made: 'here' } }));
  await refused('create it twice', 'ContainerAlreadyExists', () => container.create());
  await refused('a bad container name', 'InvalidResourceName', () => plain.getContainerClient('No_Name').create());
  await served('properties of a container', () => container.getProperties(), answer => assert.deepStrictEqual(answer.metadata, { made: 'here' }));
  await served('exists', () => container.exists(), exists => assert.strictEqual(exists, true));
  await refused('a missing container', 'ContainerNotFound', () => all(plain.getContainerClient('missing').listBlobsFlat()));
  await served('account information', () => plain.getAccountInfo(), answer => assert.strictEqual(answer.accountKind, 'StorageV2'));
  await served('service properties', () => keeping.getProperties(), answer => assert.strictEqual(answer.deleteRetentionPolicy.days, 14));
  return container;
}

async function content(container) {
  const name = "evil's%dev:1/a b+c?d&e#ü.json";
  const blob = container.getBlockBlobClient(name);
  await served('upload', () => blob.upload('hello', 5, {
    blobHTTPHeaders: { blobContentType: 'application/json', blobCacheControl: 'no-store' }, metadata: { a: '1', b_c: '2' }, tags: { t: 'v' }, tier: 'Cool',
  }));
  await served('download', () => text(blob), found => assert.strictEqual(found, 'hello'));
  await served('download a range', async () => (await blob.downloadToBuffer(1, 3)).toString(), found => assert.strictEqual(found, 'ell'));
  await served('properties', () => blob.getProperties(), answer => {
    assert.deepStrictEqual(
      [answer.contentType, answer.cacheControl, answer.metadata, answer.accessTier, answer.tagCount, answer.blobType],
      ['application/json', 'no-store', { a: '1', b_c: '2' }, 'Cool', 1, 'BlockBlob']);
  });
  await served('list', () => all(container.listBlobsFlat({ prefix: "evil's%dev:1/", includeMetadata: true, includeTags: true })), found => {
    assert.deepStrictEqual(found.map(one => one.name), [name]);
    assert.deepStrictEqual([found[0].metadata, found[0].tags], [{ a: '1', b_c: '2' }, { t: 'v' }]);
  });
  await served('list a level', () => all(container.listBlobsByHierarchy('/')), found =>
    assert.deepStrictEqual(found.map(one => [one.kind, one.name]), [['prefix', "evil's%dev:1/"]]));
  const { etag } = await served('set metadata', () => blob.setMetadata({ a: '2' }));
  await served('set headers', () => blob.setHTTPHeaders({ blobContentType: 'text/plain' }, { conditions: { ifMatch: etag } }));
  await refused('a stale condition', 'ConditionNotMet', () => blob.setMetadata({}, { conditions: { ifMatch: etag } }));
  await refused('create only', 'BlobAlreadyExists', () => blob.upload('x', 1, { conditions: { ifNoneMatch: '*' } }));
  await refused('bad metadata', 'InvalidMetadata', () => blob.setMetadata({ 'a-b': '1' }));
  await served('tags', () => blob.getTags(), answer => assert.deepStrictEqual(answer.tags, { t: 'v' }));
  await served('set tags', () => blob.setTags({ u: 'w' }));
  await refused('bad tags', 'InvalidTag', () => blob.setTags({ 'a|b': 'c' }));
  await served('overwrite', () => blob.upload('again', 5));
  await served('an overwritten blob keeps its tier', () => blob.getProperties(), answer =>
    assert.deepStrictEqual([answer.accessTier, answer.accessTierInferred], ['Cool', undefined]));
  await served('overwrite with a tier', () => blob.upload('again', 5, { tier: 'Cold' }));
  await served('the tier that was given', () => blob.getProperties(), answer => assert.strictEqual(answer.accessTier, 'Cold'));
  await served('put blocks', async () => {
    await blob.stageBlock(id(1), 'one', 3);
    await blob.stageBlock(id(2), 'two', 3);
    return blob.commitBlockList([id(1), id(2)]);
  });
  await served('a committed blob keeps its tier', () => blob.getProperties(), answer => assert.strictEqual(answer.accessTier, 'Cold'));
  await served('blocks', () => blob.getBlockList('all'), answer => assert.deepStrictEqual(answer.committedBlocks.map(one => one.size), [3, 3]));
  await refused('an unknown block', 'InvalidBlockList', () => blob.commitBlockList([id(9)]));
  await refused('a missing blob', 'BlobNotFound', () => container.getBlobClient('none').downloadToBuffer());
  await refused('a range beyond the end', 'InvalidRange', () => blob.download(100, 1));
  return blob;
}

async function states(blob) {
  const container = blob.containerName;
  const lease = blob.getBlobLeaseClient();
  await served('lease', () => lease.acquireLease(15));
  await refused('set the tier without the lease', 'LeaseIdMissing', () => blob.setAccessTier('Cool'));
  await refused('set the tier with another lease', 'LeaseIdMismatchWithBlobOperation',
    () => blob.setAccessTier('Cool', { conditions: { leaseId: 'aaaaaaaa-0000-4000-8000-000000000000' } }));
  await served('set the tier with the lease', () => blob.setAccessTier('Cool', { conditions: { leaseId: lease.leaseId } }));
  await refused('write without the lease', 'LeaseIdMissing', () => blob.upload('x', 1));
  await refused('lease it twice', 'LeaseAlreadyPresent', () => blob.getBlobLeaseClient().acquireLease(15));
  await served('renew', () => lease.renewLease());
  await served('release', () => lease.releaseLease());
  await refused('a lease that is none', 'LeaseNotPresentWithBlobOperation', () => blob.setMetadata({}, { conditions: { leaseId: lease.leaseId } }));
  const snapshot = await served('snapshot', () => blob.createSnapshot());
  await served('read the snapshot', () => text(blob.withSnapshot(snapshot.snapshot)), found => assert.strictEqual(found, 'onetwo'));
  await refused('delete a blob with snapshots', 'SnapshotsPresent', () => blob.delete());
  await served('delete all', () => blob.delete({ deleteSnapshots: 'include' }));
  await served('archive', async () => {
    await blob.upload('cold', 4);
    await blob.setAccessTier('Archive');
  });
  await refused('read from the archive', 'BlobArchived', () => blob.downloadToBuffer());
  await served('rehydrate', () => blob.setAccessTier('Hot', { rehydratePriority: 'High' }), answer => assert.strictEqual(answer._response.status, 202));
  const log = plain.getContainerClient(container).getAppendBlobClient('log');
  await served('append', async () => {
    await log.create();
    await log.appendBlock('one\n', 4);
    return log.appendBlock('two\n', 4, { conditions: { appendPosition: 4 } });
  });
  await refused('append elsewhere', 'AppendPositionConditionNotMet', () => log.appendBlock('x', 1, { conditions: { appendPosition: 4 } }));
  await refused('a tier of an append blob', 'InvalidBlobType', () => log.setAccessTier('Cool'));
}

async function copies(container) {
  const source = container.getBlockBlobClient('source');
  await source.upload('copied', 6, { metadata: { m: '1' } });
  const target = container.getBlockBlobClient('target');
  await served('copy', async () => (await target.beginCopyFromURL(source.url)).pollUntilDone(), answer => assert.strictEqual(answer.copyStatus, 'success'));
  await served('what was copied', () => target.getProperties(), answer => assert.deepStrictEqual(answer.metadata, { m: '1' }));
  const bearer = (await credential.getToken('https://storage.azure.com/.default')).token;
  await served('put a block from a URL', () =>
    target.stageBlockFromURL(id(1), source.url, 0, 3, { sourceAuthorization: { scheme: 'Bearer', value: bearer } }));
  await refused('put a block from a URL without authority', 'CannotVerifyCopySource', () => target.stageBlockFromURL(id(1), source.url, 0, 3));
}

async function past() {
  const container = keeping.getContainerClient('clients-kept');
  await container.create();
  const blob = container.getBlockBlobClient('kept');
  await blob.upload('first', 5);
  await blob.upload('second', 6);
  const versions = await served('versions', () => all(container.listBlobsFlat({ includeVersions: true })), found => assert.strictEqual(found.length, 2));
  const old = blob.withVersion(versions.find(one => !one.isCurrentVersion).versionId);
  await served('read a version', () => text(old), found => assert.strictEqual(found, 'first'));
  await served('delete a version', () => old.delete());
  await served('deleted ones', () => all(container.listBlobsFlat({ includeVersions: true, includeDeleted: true })), found =>
    assert.ok(found.some(one => one.deleted)));
  await served('undelete', () => blob.undelete());
  await served('the undeleted version', () => text(old), found => assert.strictEqual(found, 'first'));
}

async function whatIsNotThere(container) {
  const blob = container.getBlockBlobClient('source');
  await notSimulated('page blobs', () => container.getPageBlobClient('pages').create(512));
  await notSimulated('copy from a URL at once', () => blob.syncCopyFromURL(blob.url));
  await notSimulated('upload from a URL', async () => container.getBlockBlobClient('other').syncUploadFromURL(blob.url, {
    sourceAuthorization: { scheme: 'Bearer', value: (await credential.getToken('https://storage.azure.com/.default')).token },
  }));
  await notSimulated('an immutability policy of a blob', () => blob.setImmutabilityPolicy({ expiriesOn: new Date(Date.now() + 86400000), policyMode: 'Unlocked' }));
  await notSimulated('a legal hold of a blob', () => blob.setLegalHold(true));
  await notSimulated('a customer-provided key', () => container.getBlockBlobClient('cpk').upload('x', 1, {
    customerProvidedKey: { encryptionKey: Buffer.alloc(32).toString('base64'), encryptionKeySha256: Buffer.alloc(32).toString('base64'), encryptionAlgorithm: 'AES256' },
  }));
  await notSimulated('an encryption scope', () => container.getBlockBlobClient('scope').upload('x', 1, { encryptionScope: 's' }));
  await notSimulated('query a blob', () => blob.query('SELECT * FROM BlobStorage'));
  await notSimulated('find blobs by tags', () => all(plain.findBlobsByTags("t = 'v'")));
  await notSimulated('set service properties', () => plain.setProperties({ deleteRetentionPolicy: { enabled: false } }));
  await notSimulated('metadata of a container', () => container.setMetadata({ a: '1' }));
  await notSimulated('the access list of a container', () => container.getAccessPolicy());
  await notSimulated('set the access list of a container', () => container.setAccessPolicy());
  await notSimulated('a public container', () => plain.getContainerClient('public').create({ access: 'blob' }));
  await notSimulated('a batch', () => plain.getBlobBatchClient().deleteBlobs([blob.url], credential));
  await notSimulated('undelete a container', () => plain.undeleteContainer('gone', '01D60F8BB59A4652'));
}

async function end(container) {
  await served('delete a container', () => container.delete());
  await refused('blobs of a deleted container', 'ContainerNotFound', () => container.getBlobClient('x').getTags());
}

module.exports = async () => {
  const container = await containers();
  const blob = await content(container);
  await states(blob);
  await copies(container);
  await past();
  await whatIsNotThere(container);
  await end(container);
};

'use strict';
// Queues of a storage account, signed in, by key and by signature.
const assert = require('node:assert');
const {
  AccountSASPermissions, AccountSASResourceTypes, AccountSASServices, AnonymousCredential, QueueClient, QueueSASPermissions, QueueServiceClient,
  StorageSharedKeyCredential, generateAccountSASQueryParameters, generateQueueSASQueryParameters,
} = require('@azure/storage-queue');
const { served, refused, notSimulated, all } = require('./calls');
const { credential, queueHost, storageKeys } = require('./sandbox');

const account = 'contosouploads';
const options = { retryOptions: { maxTries: 1 } };
const minutes = count => new Date(Date.now() + count * 60_000);
const texts = answer => (answer.receivedMessageItems ?? answer.peekedMessageItems).map(one => one.messageText);

async function queues(service) {
  const queue = service.getQueueClient('clients');
  await served('create a queue', () => queue.create({ metadata: { made: 'here' } }));
  await served('create it again as it is', () => queue.create({ metadata: { made: 'here' } }), answer => assert.strictEqual(answer._response.status, 204));
  await refused('create it otherwise', 'QueueAlreadyExists', () => queue.create({ metadata: { made: 'there' } }));
  await refused('a bad queue name', 'InvalidResourceName', () => service.getQueueClient('No_Name').create());
  await served('queues', () => all(service.listQueues({ includeMetadata: true, prefix: 'cl' })), found =>
    assert.deepStrictEqual(found.map(one => [one.name, one.metadata]), [['clients', { made: 'here' }]]));
  await served('queues in pages', async () => {
    const pages = [];
    for await (const page of service.listQueues().byPage({ maxPageSize: 1 })) {
      pages.push(page.queueItems.map(one => one.name));
    }

    return pages;
  }, pages => assert.deepStrictEqual(pages, [['clients'], ['device-events']]));
  await served('metadata', () => queue.setMetadata({ made: 'later' }));
  await served('properties', () => queue.getProperties(), answer =>
    assert.deepStrictEqual([answer.metadata, answer.approximateMessagesCount], [{ made: 'later' }, 0]));
  await served('exists', () => queue.exists(), exists => assert.strictEqual(exists, true));
  await refused('a missing queue', 'QueueNotFound', () => service.getQueueClient('missing').getProperties());
  await served('service properties', () => service.getProperties(), answer => assert.strictEqual(answer.hourMetrics.enabled, false));
  return queue;
}

async function messages(queue) {
  for (let n = 0; n < 40; n++) {
    await queue.sendMessage(`m${n}`);
  }

  await served('put', () => queue.sendMessage(' <&"\'> \r\n ü', { messageTimeToLive: -1 }), answer =>
    assert.deepStrictEqual([answer._response.status, answer.expiresOn.getUTCFullYear()], [201, 9999]));
  await served('peek from the front', () => queue.peekMessages({ numberOfMessages: 32 }), answer =>
    assert.deepStrictEqual(texts(answer), Array.from({ length: 32 }, (_, n) => `m${n}`)));
  await refused('peek more', 'OutOfRangeQueryParameterValue', () => queue.peekMessages({ numberOfMessages: 33 }));
  const taken = await served('take', () => queue.receiveMessages({ numberOfMessages: 2, visibilityTimeout: 60 }), answer => {
    assert.deepStrictEqual(texts(answer), ['m0', 'm1']);
    assert.ok(answer.receivedMessageItems.every(one => one.dequeueCount === 1 && one.popReceipt));
  });
  const [first, second] = taken.receivedMessageItems;
  await served('what is taken is not seen', () => queue.peekMessages(), answer => assert.deepStrictEqual(texts(answer), ['m2']));
  const updated = await served('give back', () => queue.updateMessage(first.messageId, first.popReceipt, 'm0 again', 0));
  await refused('delete by a former receipt', 'PopReceiptMismatch', () => queue.deleteMessage(first.messageId, first.popReceipt));
  await served('delete by the new receipt', () => queue.deleteMessage(first.messageId, updated.popReceipt));
  await served('delete', () => queue.deleteMessage(second.messageId, second.popReceipt));
  await refused('delete what is gone', 'MessageNotFound', () => queue.deleteMessage(second.messageId, second.popReceipt));
  await served('the count', () => queue.getProperties(), answer => assert.strictEqual(answer.approximateMessagesCount, 39));
  await refused('a text that is too long', 'RequestBodyTooLarge', () => queue.sendMessage('x'.repeat(65537)));
  await refused('no time to live', 'OutOfRangeQueryParameterValue', () => queue.sendMessage('x', { messageTimeToLive: 0 }));
  await refused('invisible for longer than it lives', 'OutOfRangeQueryParameterValue', () =>
    queue.sendMessage('x', { messageTimeToLive: 10, visibilityTimeout: 10 }));
  await served('clear', () => queue.clearMessages());
  await served('nothing left', () => queue.receiveMessages(), answer => assert.deepStrictEqual(texts(answer), []));
  await served('put blanks', () => queue.sendMessage('  \t '));
  await served('blanks stay', () => queue.peekMessages(), answer => assert.deepStrictEqual(texts(answer), ['  \t ']));
}

async function signatures(key) {
  const host = queueHost(account);
  const signer = new StorageSharedKeyCredential(account, key);
  const byKey = new QueueServiceClient(host, signer, options).getQueueClient('clients');
  await served('put by key', () => byKey.sendMessage('signed'));
  const forged = new StorageSharedKeyCredential(account, Buffer.alloc(64, 1).toString('base64'));
  await refused('a forged key', 'AuthenticationFailed', () => new QueueServiceClient(host, forged, options).getQueueClient('clients').getProperties());
  const signed = permissions => new QueueClient(`${host}/clients?${generateQueueSASQueryParameters(
    { queueName: 'clients', permissions: QueueSASPermissions.parse(permissions), expiresOn: minutes(10) }, signer)}`, new AnonymousCredential(), options);
  await served('peek by signature', () => signed('r').peekMessages());
  await refused('take with the right to read', 'AuthorizationPermissionMismatch', () => signed('r').receiveMessages());
  await refused('clear by signature', 'AuthorizationResourceTypeMismatch', () => signed('raup').clearMessages());
  await served('put by signature', () => signed('a').sendMessage('signed'));
  await served('take and delete by signature', async () => {
    const { receivedMessageItems: [message] } = await signed('p').receiveMessages();
    return signed('p').deleteMessage(message.messageId, message.popReceipt);
  });
  await refused('of another queue', 'AuthenticationFailed', () =>
    new QueueClient(signed('r').url.replace('/clients?', '/device-events?'), new AnonymousCredential(), options).peekMessages());
  const whole = (permissions, types, services = 'q') => new QueueServiceClient(`${host}?${generateAccountSASQueryParameters({
    expiresOn: minutes(10), permissions: AccountSASPermissions.parse(permissions), resourceTypes: AccountSASResourceTypes.parse(types).toString(),
    services: AccountSASServices.parse(services).toString(),
  }, signer)}`, new AnonymousCredential(), options);
  await served('account: queues', () => all(whole('l', 's').listQueues()), found => assert.strictEqual(found.length, 2));
  await served('account: clear', () => whole('d', 'o').getQueueClient('clients').clearMessages());
  await refused('account: another service', 'AuthorizationServiceMismatch', () => all(whole('l', 's', 'b').listQueues()));
  await refused('nobody', 'NoAuthenticationInformation', () => new QueueServiceClient(host, new AnonymousCredential(), options).getQueueClient('clients').peekMessages());
}

module.exports = async () => {
  const service = new QueueServiceClient(queueHost(account), credential, options);
  const queue = await queues(service);
  await messages(queue);
  await signatures((await storageKeys(account))[0]);
  await notSimulated('an access policy', () => queue.getAccessPolicy());
  await notSimulated('statistics', () => service.getStatistics());
  await notSimulated('set service properties', () => service.setProperties({}));
  await served('what Event Grid delivered', () => service.getQueueClient('device-events').peekMessages({ numberOfMessages: 32 }), answer => {
    const events = texts(answer).map(text => JSON.parse(text.startsWith('{') ? text : Buffer.from(text, 'base64').toString()));
    assert.ok(events.length > 20 && events.every(one => /^devices\//.test(one.subject)));
  });
  await served('delete a queue', () => queue.delete());
  await refused('delete it again', 'QueueNotFound', () => queue.delete());
};

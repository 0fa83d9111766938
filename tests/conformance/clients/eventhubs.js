'use strict';
const assert = require('node:assert');
const { EventHubConsumerClient, EventHubProducerClient, earliestEventPosition, latestEventPosition } = require('@azure/event-hubs');
const { served, refused } = require('./calls');
const { descriptor, credential, busHost } = require('./sandbox');

const host = busHost('contoso-events');
const hub = 'analytics';
const group = '$Default';
const options = { retryOptions: { maxRetries: 0, timeoutInMs: 60000 } };
const patience = 60000;

const consumer = (name = hub, consumerGroup = group) => new EventHubConsumerClient(consumerGroup, host, name, credential, options);
const producer = (name = hub) => new EventHubProducerClient(host, name, credential, options);

async function using(client, act) {
  try {
    return await act(client);
  } finally {
    await client.close();
  }
}

// So many events of a partition from a position on; what the service refuses is thrown. Once the reader is there, "then" is called.
function read(client, partition, startPosition, count, more = {}, then = () => {}) {
  return new Promise((resolve, reject) => {
    const events = [];
    const end = (settle, value) => {
      clearTimeout(timeout);
      subscription.close().then(() => settle(value), () => settle(value));
    };
    const timeout = setTimeout(() => end(reject, new Error(`${events.length} of ${count} events came`)), patience);
    const subscription = client.subscribe(partition, {
      processInitialize: async () => then(),
      processEvents: async (received, context) => {
        events.push(...received.map(event => ({ ...event, lastEnqueued: context.lastEnqueuedEventProperties })));
        if (events.length >= count) {
          end(resolve, events.slice(0, count));
        }
      },
      processError: async error => end(reject, error),
    }, { startPosition, maxBatchSize: Math.min(count, 50), maxWaitTimeInSeconds: 1, ...more });
  });
}

async function properties() {
  await served('partition IDs', () => using(consumer(), client => client.getPartitionIds()), ids =>
    assert.deepStrictEqual(ids, ['0', '1', '2', '3']));
  await served('properties of a hub', () => using(consumer(), client => client.getEventHubProperties()), found => {
    assert.strictEqual(found.name, hub);
    assert.ok(found.createdOn instanceof Date);
  });
  const last = await served('properties of a partition', () => using(consumer(), client => client.getPartitionProperties('0')), found => {
    assert.strictEqual(found.beginningSequenceNumber, 0);
    assert.ok(found.lastEnqueuedSequenceNumber > 20 && !found.isEmpty);
    assert.strictEqual(found.lastEnqueuedOffset, String(found.lastEnqueuedSequenceNumber * 512));
  });
  await served('properties to a producer', () => using(producer(), client => client.getEventHubProperties()), found =>
    assert.strictEqual(found.partitionIds.length, 4));
  await refused('properties of a missing hub', 'MessagingEntityNotFoundError', () => using(consumer('none'), client => client.getEventHubProperties()));
  await refused('properties of a missing partition', 'ArgumentOutOfRangeError', () => using(consumer(), client => client.getPartitionProperties('9')));
  return last;
}

async function positions(last) {
  const first = await served('read from the earliest', () => using(consumer(), client => read(client, '0', earliestEventPosition, 20)), events => {
    assert.deepStrictEqual(events.map(event => event.sequenceNumber), Array.from({ length: 20 }, (_, index) => index));
    assert.ok(events.every(event => event.systemProperties['iothub-connection-device-id'] && event.partitionKey == null));
    assert.ok(events.some(event => event.systemProperties['iothub-connection-auth-generation-id']));
    assert.ok(events.every(event => typeof event.systemProperties['iothub-enqueuedtime'] === 'number'
      || event.systemProperties['iothub-enqueuedtime'] instanceof Date));
  });
  const numbers = events => events.map(event => event.sequenceNumber);
  const from = (name, position, expected) => served(name, () => using(consumer(), client => read(client, '0', position, 3)), events =>
    assert.deepStrictEqual(numbers(events), expected));
  await from('read from a sequence number, inclusive', { sequenceNumber: 7, isInclusive: true }, [7, 8, 9]);
  await from('read from a sequence number', { sequenceNumber: 7 }, [8, 9, 10]);
  await from('read from an offset, inclusive', { offset: '3584', isInclusive: true }, [7, 8, 9]);
  await from('read from an offset', { offset: '3584' }, [8, 9, 10]);
  await served('read from a time', () => using(consumer(), client =>
    read(client, '0', { enqueuedOn: first[9].enqueuedTimeUtc.getTime() }, 1)), ([event]) =>
    assert.ok(Math.abs(event.sequenceNumber - 9) <= 4 && event.enqueuedTimeUtc >= first[9].enqueuedTimeUtc));
  await served('read with the state of the partition', () => using(consumer(), client =>
    read(client, '0', earliestEventPosition, 1, { trackLastEnqueuedEventProperties: true })), ([event]) =>
    assert.strictEqual(event.lastEnqueued.sequenceNumber, last.lastEnqueuedSequenceNumber));
  await served('read by another group', () => using(consumer(hub, 'archiver'), client => read(client, '1', earliestEventPosition, 5)));
  await refused('read by a missing group', 'MessagingEntityNotFoundError', () => using(consumer(hub, 'none'), client =>
    read(client, '0', earliestEventPosition, 1)));
}

async function sending() {
  await served('send to a partition, and read it as the latest', () => using(consumer('device-events'), client =>
    read(client, '1', latestEventPosition, 1, {}, () => setTimeout(() => using(producer('device-events'), sender =>
      sender.sendBatch([{ body: { live: true }, properties: { a: 'b' } }], { partitionId: '1' })), 1000))), ([event]) => {
    assert.deepStrictEqual(event.body, { live: true });
    assert.deepStrictEqual(event.properties, { a: 'b' });
  });
  await served('send a batch with a key', () => using(producer(), async client => {
    const batch = await client.createBatch({ partitionKey: 'dev1' });
    assert.ok(batch.tryAdd({ body: 'one', messageId: 'id-1', contentType: 'text/plain', correlationId: 'c' }) && batch.tryAdd({ body: 'two' }));
    await client.sendBatch(batch);
    return batch;
  }), batch => assert.strictEqual(batch.count, 2));
  await served('read the batch', () => using(consumer(), async client => {
    for (const partition of await client.getPartitionIds()) {
      const { lastEnqueuedSequenceNumber } = await client.getPartitionProperties(partition);
      const events = await read(client, partition, { sequenceNumber: lastEnqueuedSequenceNumber - 1, isInclusive: true }, 2);
      if (events[0].partitionKey === 'dev1') {
        return events;
      }
    }

    return [];
  }), events => {
    assert.deepStrictEqual(events.map(event => event.body), ['one', 'two']);
    assert.deepStrictEqual([events[0].messageId, events[0].contentType, events[0].correlationId], ['id-1', 'text/plain', 'c']);
  });
  await served('send without a key', () => using(producer(), client => client.sendBatch([{ body: 'any' }])));
  await refused('send to a missing hub', 'MessagingEntityNotFoundError', () => using(producer('none'), client => client.sendBatch([{ body: 'x' }])));
  await refused('send to a missing partition', 'ArgumentOutOfRangeError', () => using(producer(), client =>
    client.sendBatch([{ body: 'x' }], { partitionId: '9' })));
}

async function levels() {
  await served('a higher owner level ends a lower one', () => using(consumer(), lower => using(consumer(), async higher => {
    let ended;
    const end = new Promise(resolve => { ended = resolve; });
    const subscription = lower.subscribe('2', { processEvents: async () => {}, processError: async error => ended(error) },
      { startPosition: earliestEventPosition, ownerLevel: 1 });
    await new Promise(resolve => setTimeout(resolve, 1500));
    await read(higher, '2', earliestEventPosition, 1, { ownerLevel: 2 });
    const error = await end;
    await subscription.close();
    return error;
  })), error => assert.strictEqual(error.code, 'ReceiverDisconnectedError'));
}

async function keys() {
  const fields = Object.fromEntries(descriptor.hubConnectionString.split(';').map(part => {
    const at = part.indexOf('=');
    return [part.slice(0, at), part.slice(at + 1)];
  }));
  const builtIn = key => new EventHubConsumerClient(group,
    `Endpoint=sb://${busHost('iothub-ns-contoso-1')}/;SharedAccessKeyName=${fields.SharedAccessKeyName};SharedAccessKey=${key};EntityPath=${descriptor.hubName}`,
    options);
  await served('the built-in endpoint by the key of the hub', () => using(builtIn(fields.SharedAccessKey), client =>
    read(client, '0', earliestEventPosition, 3)), events => assert.strictEqual(events.length, 3));
  await refused('the built-in endpoint by a wrong key', 'UnauthorizedError', () => using(builtIn(Buffer.alloc(32).toString('base64')), client =>
    read(client, '0', earliestEventPosition, 1)));
}

module.exports = async () => {
  const last = await properties();
  await positions(last);
  await sending();
  await levels();
  await keys();
};

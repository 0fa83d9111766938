'use strict';
const assert = require('node:assert');
const { ServiceBusClient } = require('@azure/service-bus');
const { served, refused } = require('./calls');
const { credential, busHost } = require('./sandbox');

const options = { retryOptions: { maxRetries: 0, timeoutInMs: 60000 } };
const wait = { maxWaitTimeInMs: 60000 };
const queue = 'device-events';

const client = new ServiceBusClient(busHost('contoso-bus'), credential, options);
const bodies = messages => messages.map(message => message.body);

async function using(link, act) {
  try {
    return await act(link);
  } finally {
    await link.close();
  }
}

async function peekAll(receiver) {
  const messages = [];
  let page = await receiver.peekMessages(50);
  while (page.length > 0) {
    messages.push(...page);
    page = await receiver.peekMessages(50, { fromSequenceNumber: page.at(-1).sequenceNumber.add(1) });
  }

  return messages;
}

async function settling(sender, receiver) {
  await served('send', () => sender.sendMessages({
    body: { first: true }, messageId: 'm1', subject: 's', contentType: 'application/json', correlationId: 'c',
    applicationProperties: { deviceId: 'it\'s', number: 5 }, timeToLive: 3600000,
  }));
  await served('send many', () => sender.sendMessages([2, 3, 4, 5].map(number => ({ body: `body ${number}`, messageId: `m${number}` }))));
  await served('send a batch', async () => {
    const batch = await sender.createMessageBatch();
    assert.ok(batch.tryAddMessage({ body: 'body 6', messageId: 'm6' }));
    return sender.sendMessages(batch);
  });
  await served('peek', () => receiver.peekMessages(10), messages => {
    assert.deepStrictEqual(messages.map(message => message.messageId), ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
    const [{ body, subject, applicationProperties, state, deliveryCount, timeToLive }] = messages;
    assert.deepStrictEqual([body, subject, applicationProperties], [{ first: true }, 's', { deviceId: 'it\'s', number: 5 }]);
    assert.deepStrictEqual([state, deliveryCount ?? 0, timeToLive], ['active', 0, 3600000]);
  });
  const [first] = await served('receive', () => receiver.receiveMessages(1, wait), ([message]) => {
    assert.deepStrictEqual([message.messageId, message.deliveryCount], ['m1', 0]);
    assert.ok(message.lockedUntilUtc > new Date() && message.lockToken.length === 36);
  });
  await served('renew a lock', () => receiver.renewMessageLock(first), until => assert.ok(until > new Date()));
  await served('complete', () => receiver.completeMessage(first));
  const abandoned = await served('abandon', async () => {
    const [message] = await receiver.receiveMessages(1, wait);
    await receiver.abandonMessage(message, { tried: 'once' });
    const [again] = await receiver.receiveMessages(1, wait);
    return again;
  }, message => assert.deepStrictEqual([message.messageId, message.deliveryCount, message.applicationProperties.tried], ['m2', 1, 'once']));
  await served('dead-letter', () => receiver.deadLetterMessage(abandoned, { deadLetterReason: 'why', deadLetterErrorDescription: 'because' }));
  const [deferred] = await served('defer', async () => {
    const [message] = await receiver.receiveMessages(1, wait);
    await receiver.deferMessage(message);
    return receiver.peekMessages(1, { fromSequenceNumber: message.sequenceNumber });
  }, ([message]) => assert.deepStrictEqual([message.messageId, message.state], ['m3', 'deferred']));
  return deferred;
}

async function later(sender, receiver, deferred) {
  await served('receive a deferred message and complete it', async () => {
    const [message] = await receiver.receiveDeferredMessages(deferred.sequenceNumber);
    await receiver.completeMessage(message);
    return message;
  }, message => assert.strictEqual(message.messageId, 'm3'));
  await refused('receive it again', 'MessageNotFound', () => receiver.receiveDeferredMessages(deferred.sequenceNumber));
  await served('dead letters', () => using(client.createReceiver(queue, { subQueueType: 'deadLetter' }), async letters => {
    const peeked = await letters.peekMessages(5);
    const [message] = await letters.receiveMessages(1, wait);
    await letters.completeMessage(message);
    return [...peeked, ...await letters.peekMessages(5)];
  }), messages => {
    assert.deepStrictEqual(messages.map(message => message.messageId), ['m2']);
    assert.deepStrictEqual([messages[0].deadLetterReason, messages[0].deadLetterErrorDescription], ['why', 'because']);
  });
  const soon = new Date(Date.now() + 3600000);
  const numbers = await served('schedule', () => sender.scheduleMessages([{ body: 'later 1' }, { body: 'later 2' }], soon), found =>
    assert.strictEqual(found.length, 2));
  await served('peek what is scheduled', () => receiver.peekMessages(5, { fromSequenceNumber: numbers[0] }), messages => {
    assert.deepStrictEqual(messages.map(message => message.state), ['scheduled', 'scheduled']);
    assert.ok(Math.abs(messages[0].scheduledEnqueueTimeUtc - soon) < 1000);
  });
  await served('cancel', () => sender.cancelScheduledMessages(numbers));
  await refused('cancel again', 'MessageNotFound', () => sender.cancelScheduledMessages(numbers));
  await served('receive and delete', () => using(client.createReceiver(queue, { receiveMode: 'receiveAndDelete' }), async deleting => {
    const messages = [];
    while (messages.length < 3) {
      messages.push(...await deleting.receiveMessages(3 - messages.length, wait));
    }

    return messages;
  }), messages => assert.deepStrictEqual(messages.map(message => message.messageId), ['m4', 'm5', 'm6']));
  await served('peek the empty queue', () => receiver.peekMessages(5), messages => assert.deepStrictEqual(messages, []));
}

async function entities() {
  await served('subscriptions of a topic', () => using(client.createSender('device-events-topic'), async sender => {
    await sender.sendMessages({ body: 'news', messageId: 't1' });
    return using(client.createReceiver('device-events-topic', 'everything'), async receiver => {
      const [message] = await receiver.receiveMessages(1, wait);
      await receiver.completeMessage(message);
      return message;
    });
  }), message => assert.deepStrictEqual([message.body, message.messageId], ['news', 't1']));
  await served('peek a partitioned queue to its end', () => using(client.createReceiver('alerts-audit'), peekAll), messages => {
    assert.strictEqual(messages.length, new Set(messages.map(message => message.sequenceNumber.toString())).size);
    assert.deepStrictEqual([...new Set(messages.map(message => message.sequenceNumber.shiftRight(48).toNumber()))], [0, 1, 2, 3]);
    assert.ok(messages.every(message => message.applicationProperties['iothub-connection-device-id']));
  });
  await served('peek the seeded alerts', () => using(client.createReceiver('alerts'), peekAll), messages =>
    assert.deepStrictEqual([...new Set(messages.map(message => message.state))].sort(), ['active', 'deferred', 'scheduled']));
  await refused('receive from a missing queue', 'MessagingEntityNotFound', () => using(client.createReceiver('none'), receiver => receiver.peekMessages(1)));
  await refused('send to a missing queue', 'MessagingEntityNotFound', () => using(client.createSender('none'), sender => sender.sendMessages({ body: 'x' })));
  await refused('a session of a queue without sessions', 'GeneralError', () => client.acceptSession('alerts', 'A'),
    error => assert.match(error.message, /^InvalidOperationError/));
}

async function sessions() {
  const name = 'commands';
  await served('send to sessions', () => using(client.createSender(name), sender =>
    sender.sendMessages(['A', 'B', 'A'].map((sessionId, index) => ({ body: index, sessionId })))));
  await served('accept a session', () => client.acceptSession(name, 'A').then(session => using(session, async receiver => {
    const messages = await receiver.receiveMessages(2, wait);
    await receiver.setSessionState('state');
    await receiver.renewSessionLock();
    for (const message of messages) {
      await receiver.completeMessage(message);
    }

    return [receiver.sessionId, await receiver.getSessionState(), ...bodies(messages)];
  })), found => assert.deepStrictEqual(found, ['A', 'state', 0, 2]));
  await served('accept the next session', () => client.acceptNextSession(name).then(session => using(session, async receiver => {
    const [message] = await receiver.receiveMessages(1, wait);
    await receiver.completeMessage(message);
    return [receiver.sessionId, message.body];
  })), found => assert.deepStrictEqual(found, ['B', 1]));
  await served('hold a session', () => client.acceptSession(name, 'C').then(session => using(session, async () => {
    await refused('accept a session that is held', 'SessionCannotBeLocked', () => client.acceptSession(name, 'C'));
  })));
}

module.exports = async () => {
  await using(client.createSender(queue), sender => using(client.createReceiver(queue), async receiver => {
    await later(sender, receiver, await settling(sender, receiver));
  }));
  await entities();
  await sessions();
  await client.close();
};

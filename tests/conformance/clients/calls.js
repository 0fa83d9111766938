'use strict';
// Counts what the clients asked for, and whether the answer was the documented one.
const assert = require('node:assert');

const tally = { calls: 0, documented: 0, unexplained: 0 };

const statusOf = error => error.statusCode ?? error.response?.statusCode ?? error.response?.status ?? (typeof error.code === 'number' ? error.code : undefined);
const codeOf = error => error.response?.headers?.['iothub-errorcode'] ?? error.code ?? error.details?.errorCode ?? error.name;
const textOf = error => `${error.responseBody ?? ''} ${error.message} ${JSON.stringify(error.details ?? '')}`;

function differs(name, text) {
  console.log(`DIFFERS ${name}: ${text}`);
}

// A call that the service is documented to serve, with what must hold of the answer.
async function served(name, call, check = () => {}) {
  tally.calls++;
  let answer;
  try {
    answer = await call();
  } catch (error) {
    tally.unexplained++;
    differs(name, `refused with ${statusOf(error)} ${codeOf(error)}: ${error.message.split('\n')[0]}`);
    return undefined;
  }

  try {
    await check(answer);
    tally.documented++;
  } catch (error) {
    differs(name, error.message.split('\n').join(' '));
  }

  return answer;
}

async function refusal(name, call) {
  tally.calls++;
  try {
    await call();
  } catch (error) {
    return error;
  }

  differs(name, 'served, and the service refuses it');
  return undefined;
}

// A call that the service is documented to refuse, with its error code.
async function refused(name, code, call, check = () => {}) {
  const error = await refusal(name, call);
  if (error === undefined) {
    return;
  }

  try {
    assert.strictEqual(codeOf(error), code);
    await check(error);
    tally.documented++;
  } catch (difference) {
    differs(name, `${difference.message.split('\n').join(' ')} (${statusOf(error)} ${error.message.split('\n')[0]})`);
  }
}

// A call that the service may serve and the sandbox does not: it has to say so, and not that there is no such thing.
async function notSimulated(name, call) {
  const error = await refusal(name, call);
  if (error === undefined) {
    return;
  }

  if (statusOf(error) === 501 && /Not simulated/.test(textOf(error))) {
    tally.documented++;
  } else {
    tally.unexplained++;
    differs(name, `expected 501 in the sandbox's own words, got ${statusOf(error)} ${codeOf(error)}: ${error.message.split('\n')[0]}`);
  }
}

async function all(pages) {
  const items = [];
  for await (const item of pages) {
    items.push(item);
  }

  return items;
}

module.exports = { tally, served, refused, notSimulated, all };

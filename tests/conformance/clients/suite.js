'use strict';
// Microsoft's clients for JavaScript, unchanged, against a sandbox: node suite.js < descriptor.json
const { tally } = require('./calls');

async function main() {
  for (const part of ['identity', 'registry', 'queries', 'jobs', 'configurations', 'arm', 'blobs', 'signatures', 'queues', 'cosmos', 'provisioning', 'logs', 'eventhubs', 'servicebus']) {
    await require(`./${part}`)();
  }

  const { calls, documented, unexplained } = tally;
  console.log(`clients: ${calls} calls, ${documented} as documented, ${unexplained} refused without reason`);
  process.exitCode = documented === calls ? 0 : 1;
}

main().catch(error => {
  console.error(error.stack);
  process.exitCode = 1;
});

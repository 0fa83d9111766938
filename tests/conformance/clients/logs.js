'use strict';
const assert = require('node:assert');
const { LogsQueryClient, LogsQueryResultStatus, Durations } = require('@azure/monitor-query-logs');
const { served, refused, notSimulated } = require('./calls');
const { descriptor, credential, arm, inDataGroup } = require('./sandbox');

const workspace = inDataGroup('Microsoft.OperationalInsights/workspaces', 'contoso-logs');
const scopes = ['https://api.loganalytics.azure.com/.default'];
const month = { duration: Durations.thirtyDays };

const complete = answer => {
  assert.strictEqual(answer.status, LogsQueryResultStatus.Success);
  return answer.tables[0];
};

async function queries(client, id) {
  const query = (text, options) => client.queryWorkspace(id, text, month, options);
  await served('columns and rows', () => query('AzureDiagnostics | take 3 | project TimeGenerated, properties_s, AdditionalFields'), answer => {
    const table = complete(answer);
    assert.strictEqual(table.name, 'PrimaryResult');
    assert.deepStrictEqual(table.columnDescriptors.map(column => column.type), ['datetime', 'string', 'dynamic']);
    assert.strictEqual(table.rows.length, 3);
    assert.ok(!Number.isNaN(new Date(table.rows[0][0]).getTime()));
  });
  await served('rows of a device', () => query("AzureDiagnostics | where tostring(parse_json(properties_s).deviceId) == @'it''s'"), answer =>
    assert.ok(complete(answer).rows.length > 0));
  await served('numbers and flags', () => query('print n = 1, r = 1.5, b = true, t = 1h, d = dynamic({"a":1}), e = datetime(null)'), answer =>
    assert.deepStrictEqual(complete(answer).rows[0], [1, 1.5, true, '01:00:00', { a: 1 }, null]));
  await served('groups', () => query('AzureDiagnostics | summarize count() by Category | sort by count_'), answer =>
    assert.ok(complete(answer).rows.some(([category]) => category === 'TwinQueries')));
  await served('statistics and patience', () => query('AzureDiagnostics | count', { serverTimeoutInSeconds: 600, includeQueryStatistics: true }), answer =>
    assert.ok(complete(answer).rows[0][0] > 100));
  await served('a range of an hour a year ago', () => client.queryWorkspace(id, 'AzureDiagnostics | count', {
    startTime: new Date(Date.now() - 366 * 86400000), endTime: new Date(Date.now() - 365 * 86400000),
  }), answer => assert.strictEqual(complete(answer).rows[0][0], 0));
  await served('a join', () => query("IoTHubDistributedTracing | where DeviceId == 'dev1' | extend trace = split(CorrelationId, '-')[1] "
    + '| extend trace = tostring(trace) | join kind=inner (IoTHubDistributedTracing | extend trace = tostring(split(CorrelationId, "-")[1])) on trace'), answer =>
    assert.strictEqual(complete(answer).rows.length, 3));
  await served('a search', () => query("search 'dev10' | summarize count() by $table"), answer =>
    assert.ok(complete(answer).rows.some(([table]) => table === 'SecurityIoTRawEvent')));
  await served('the workspace by its resource ID', () => client.queryResource(workspace, 'AzureDiagnostics | count', month), answer =>
    assert.ok(complete(answer).rows[0][0] > 100));
}

async function refusals(client, id) {
  const query = text => client.queryWorkspace(id, text, month);
  await refused('a query that is none', 'BadArgumentError', () => query('AzureDiagnostics | wher x'), error => {
    assert.strictEqual(error.statusCode, 400);
    assert.match(JSON.stringify(error.details), /SyntaxError/);
  });
  await refused('a table that is not there', 'BadArgumentError', () => query('Nothing_CL'), error =>
    assert.match(JSON.stringify(error.details), /SEM0100/));
  await refused('a table with the plan Basic', 'BadArgumentError', () => query('DeviceBoot_CL'));
  await refused('another workspace', 'PathNotFoundError', () => client.queryWorkspace('00000000-0000-4000-8000-000000000000', 'AzureDiagnostics', month));
  const astray = new LogsQueryClient(credential, { credentials: { scopes: ['https://management.azure.com/.default'] } });
  await refused('a token for another audience', 'InvalidAuthenticationTokenAudience', () => astray.queryWorkspace(id, 'AzureDiagnostics', month));
  await notSimulated('several workspaces', () => client.queryWorkspace(id, 'AzureDiagnostics', month, { additionalWorkspaces: ['other'] }));
  await notSimulated('the logs of a resource', () => client.queryResource(descriptor.hubResourceId, 'AzureDiagnostics', month));
}

module.exports = async () => {
  const id = (await arm('GET', workspace, '2025-02-01')).properties.customerId;
  const usual = new LogsQueryClient(credential);
  await queries(usual, id);
  await refusals(usual, id);
  const newer = new LogsQueryClient(credential, { endpoint: 'https://api.loganalytics.azure.com/v1', credentials: { scopes } });
  await served('the newer host', () => newer.queryWorkspace(id, 'AzureDiagnostics | count', month), complete);
};

'use strict';
// Microsoft's language service judges queries: node judge.js < request.json
// The request: {"tables": {"name": "(column:type, ...)"}, "queries": ["..."]}. The answer: for each query its errors and its columns.
const fs = require('node:fs');
const vm = require('node:vm');
const path = require('node:path');

const folder = path.dirname(require.resolve('@kusto/language-service-next'));
for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js']) {
  // Both are made for a browser, and define globals.
  vm.runInThisContext(fs.readFileSync(path.join(folder, file), 'utf8'), { filename: file });
}

const { Kusto } = globalThis;
const { TableSymbol, DatabaseSymbol } = Kusto.Language.Symbols;

const items = list => {
  const found = [];
  for (let index = 0; index < list.Count; index++) {
    found.push(list.getItem(index));
  }

  return found;
};

const request = JSON.parse(fs.readFileSync(0, 'utf8'));
const tables = Object.entries(request.tables).map(([name, schema]) => new TableSymbol.$ctor7(name, schema, null));
const database = new DatabaseSymbol.$ctor3('db', null, tables, false);
const globals = Kusto.Language.GlobalState.Default.WithDatabase(database);

const answer = request.queries.map(query => {
  const code = Kusto.Language.KustoCode.ParseAndAnalyze(query, globals);
  const errors = items(code.GetDiagnostics()).filter(found => found.Severity === 'Error').map(found => `${found.Code}: ${found.Message}`);
  const columns = code.ResultType?.Columns ? items(code.ResultType.Columns).map(column => `${column.Name}:${column.Type.Name}`) : [];
  return { errors, columns };
});
fs.writeSync(1, JSON.stringify(answer));

using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Control;

/// <summary>POST /sandbox/logs/{workspace}: how the workspace behaves from now on; what is not named stays.</summary>
/// <param name="PurgePendingSeconds">How long the status of a purge is pending.</param>
/// <param name="PurgeLastingSeconds">How long after that rows can still be read.</param>
/// <param name="DeletionSeconds">How long the deletion of data is being worked on.</param>
/// <param name="IngestionSeconds">How long what happens needs to come into a table.</param>
/// <param name="MostPurgesPerHour">More are throttled.</param>
/// <param name="MostColumns">Of AzureDiagnostics: what comes for further ones goes to AdditionalFields.</param>
/// <param name="MostRows">An answer with more is cut short.</param>
/// <param name="MostBytes">An answer with more is cut short.</param>
/// <param name="QuerySeconds">A query that is not to take so long ends with a timeout.</param>
internal sealed record WorkspaceRequest(
    double? PurgePendingSeconds = null,
    double? PurgeLastingSeconds = null,
    double? DeletionSeconds = null,
    double? IngestionSeconds = null,
    int? MostPurgesPerHour = null,
    int? MostColumns = null,
    int? MostRows = null,
    long? MostBytes = null,
    double? QuerySeconds = null
);

/// <summary>PUT /sandbox/logs/{workspace}/{table}: makes a table, also in place of one with its rows.</summary>
/// <param name="Columns">Their types by name, without TenantId, TimeGenerated, Type and what every table has.</param>
/// <param name="Plan">Analytics, Basic or Auxiliary.</param>
/// <param name="RetentionInDays">How long rows can be queried.</param>
/// <param name="SearchQuery">Of a table that a search job has made: its query.</param>
/// <param name="SourceTable">Of a table that a search job or a restoration has made: the table that it is from.</param>
internal sealed record LogTableRequest(
    IReadOnlyDictionary<string, string> Columns,
    string Plan = "Analytics",
    int RetentionInDays = 30,
    string? SearchQuery = null,
    string? SourceTable = null
);

/// <summary>
/// POST /sandbox/logs/{workspace}/{table}: adds rows that can be seen at once, each with its values by column. Without TimeGenerated one is
/// of this moment.
/// </summary>
internal sealed record LogRowsRequest(IReadOnlyList<JsonObject> Rows, int Copies = 1);

/// <summary>A table, as GET /sandbox/logs/{workspace} lists it, with the number of rows that can be seen.</summary>
internal sealed record LogTableState(string Name, string Plan, int Rows, IReadOnlyList<string> Columns);

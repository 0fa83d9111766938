using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.DataExplorer.Rest;

/// <summary>Management commands: those that show tables, mappings and views, and purges in two steps. Others are refused.</summary>
internal sealed partial class ExplorerCommands(ExplorerCluster cluster, ExplorerDatabase database, bool isIngest, DateTimeOffset now)
{
    private const int MostBytesOfPredicate = 63 * 1024;

    private static readonly (string, KustoType)[] s_purgeColumns =
    [
        ("OperationId", KustoType.Guid),
        ("DatabaseName", KustoType.String),
        ("TableName", KustoType.String),
        ("ScheduledTime", KustoType.DateTime),
        ("Duration", KustoType.TimeSpan),
        ("LastUpdatedOn", KustoType.DateTime),
        ("EngineOperationId", KustoType.String),
        ("State", KustoType.String),
        ("StateDetails", KustoType.String),
        ("EngineStartTime", KustoType.DateTime),
        ("EngineDuration", KustoType.TimeSpan),
        ("Retries", KustoType.Int),
        ("ClientRequestId", KustoType.String),
        ("Principal", KustoType.String),
    ];

    /// <summary>The ID that the client has given its request.</summary>
    public string ClientRequestId { get; init; } = "";

    /// <summary>Called before a command changes something.</summary>
    public Action OnChange { get; init; } = static () => { };

    public JsonObject Run(string command)
    {
        string text = command.Trim();
        if (Purge().Match(text) is { Success: true } purge)
            return Purged(purge);
        if (ShowPurges().Match(text) is { Success: true } shown)
            return Purges(shown);
        if (ShowMappings().Match(text) is { Success: true } mappings)
            return Mappings(TableOf(mappings.Groups["table"].Value));
        if (ShowSchema().Match(text) is { Success: true } schema)
            return Schema(TableOf(schema.Groups["table"].Value));
        if (ShowRowSecurity().Match(text) is { Success: true } security)
            return RowSecurity(TableOf(security.Groups["table"].Value));
        if (ShowUpdatePolicies().Match(text) is { Success: true } updates)
            return UpdatePolicies(updates.Groups["table"].Value);
        return text switch
        {
            ".show tables" => ExplorerAnswer.Table(
                [
                    ("TableName", KustoType.String),
                    ("DatabaseName", KustoType.String),
                    ("Folder", KustoType.String),
                    ("DocString", KustoType.String),
                ],
                database.Tables.Select(table => (JsonNode?[])[table.Name, database.Name, "", ""])
            ),
            ".show materialized-views" => ExplorerAnswer.Table(
                [("Name", KustoType.String), ("SourceTable", KustoType.String), ("Query", KustoType.String), ("IsEnabled", KustoType.Bool)],
                database.Views.Select(view => (JsonNode?[])[view.Name, view.Source, view.Query, true])
            ),
            _ when text.StartsWith('.') => throw ExplorerErrors.NotSimulated($"the command '{text.Split(' ')[0]} …'"),
            _ => throw ExplorerErrors.Bad("A management command begins with a dot.", "BadRequest_SyntaxError"),
        };
    }

    private static JsonObject Mappings(ExplorerTable table) =>
        ExplorerAnswer.Table(
            [
                ("Name", KustoType.String),
                ("Kind", KustoType.String),
                ("Mapping", KustoType.String),
                ("LastUpdatedOn", KustoType.DateTime),
                ("Database", KustoType.String),
                ("Table", KustoType.String),
            ],
            table.Mappings.Select(mapping =>
                (JsonNode?[])[mapping.Name, mapping.Kind, mapping.Elements.ToJsonString(), "2026-01-01T00:00:00Z", "", table.Name]
            )
        );

    private JsonObject RowSecurity(ExplorerTable table) =>
        ExplorerAnswer.Table(
            [
                ("PolicyName", KustoType.String),
                ("EntityName", KustoType.String),
                ("Policy", KustoType.String),
                ("ChildEntities", KustoType.String),
                ("EntityType", KustoType.String),
            ],
            [
                ["RowLevelSecurityPolicy", $"[{database.Name}].[{table.Name}]", table.RowSecurity?.ToJsonString() ?? "null", null, "Table"],
            ]
        );

    private JsonObject UpdatePolicies(string table) =>
        ExplorerAnswer.Table(
            [
                ("PolicyName", KustoType.String),
                ("EntityName", KustoType.String),
                ("Policy", KustoType.String),
                ("ChildEntities", KustoType.String),
                ("EntityType", KustoType.String),
            ],
            (table == "*" ? database.Tables : [TableOf(table)]).Select(target =>
                (JsonNode?[])["UpdatePolicy", $"[{database.Name}].[{target.Name}]", PolicyOf(target), null, "Table"]
            )
        );

    private string PolicyOf(ExplorerTable target)
    {
        JsonNode[] policies =
        [
            .. database
                .UpdatePolicies.Where(policy => policy.Target == target.Name)
                .Select(static policy => new JsonObject
                {
                    ["IsEnabled"] = policy.IsEnabled,
                    ["Source"] = policy.Source,
                    ["Query"] = policy.Query,
                    ["IsTransactional"] = false,
                    ["PropagateIngestionProperties"] = false,
                }),
        ];
        return policies.Length == 0 ? "null" : new JsonArray(policies).ToJsonString();
    }

    private JsonObject Schema(ExplorerTable table)
    {
        var columns = new JsonArray([
            .. table.Columns.Select(column => new JsonObject
            {
                ["Name"] = column.Name,
                ["Type"] = column.Type.ClrName,
                ["CslType"] = column.Type.Name,
            }),
        ]);
        var schema = new JsonObject { ["Name"] = table.Name, ["OrderedColumns"] = columns };
        return ExplorerAnswer.Table(
            [("TableName", KustoType.String), ("Schema", KustoType.String), ("DatabaseName", KustoType.String)],
            [
                [table.Name, schema.ToJsonString(), database.Name],
            ]
        );
    }

    private JsonObject Purged(Match purge)
    {
        RequireAdmin();
        if (!isIngest)
            throw ExplorerErrors.Bad("Purge is a command of the data management endpoint (https://ingest-…).");
        if (!cluster.Options.PurgeEnabled)
            throw ExplorerErrors.Bad("The purge operation is disabled on the cluster. Enable it in the settings of the cluster first.");
        if (purge.Groups["kind"].Value != "table")
            throw ExplorerErrors.NotSimulated("purges of materialized views");
        if (database.Kind != "ReadWrite")
            throw ExplorerErrors.Bad("A follower database cannot be purged.");
        if (NameOf(purge.Groups["database"].Value) != database.Name)
            throw ExplorerErrors.NotFound(NameOf(purge.Groups["database"].Value));

        ExplorerTable table = TableOf(purge.Groups["table"].Value);
        string predicate = purge.Groups["predicate"].Value.Trim();
        HashSet<long> rows = Selected(table, predicate);
        string with = purge.Groups["with"].Value;
        if (with.Length == 0)
            return Counted(table, predicate, rows);
        if (Token().Match(with) is { Success: true } token)
        {
            if (!cluster.Purges.Takes(token.Groups["token"].Value, database.Name, table.Name, predicate))
                throw ExplorerErrors.Bad("The verification token is not that of this purge, or it has expired.");
        }
        else if (!NoRegrets().IsMatch(with))
        {
            throw ExplorerErrors.Bad("'with' takes noregrets='true' or a verificationtoken.");
        }

        OnChange();
        return Table([cluster.Purges.Order(database.Name, table, rows, cluster.Options, ClientRequestId)]);
    }

    private JsonObject Counted(ExplorerTable table, string predicate, HashSet<long> rows) =>
        ExplorerAnswer.Table(
            [
                ("NumRecordsToPurge", KustoType.Long),
                ("EstimatedPurgeExecutionTime", KustoType.TimeSpan),
                ("VerificationToken", KustoType.String),
            ],
            [
                [rows.Count, "00:00:02", cluster.Purges.NewToken(database.Name, table.Name, predicate)],
            ]
        );

    /// <summary>The rows that a predicate selects: one selection and nothing else.</summary>
    private HashSet<long> Selected(ExplorerTable table, string predicate)
    {
        if (Encoding.UTF8.GetByteCount(predicate) > MostBytesOfPredicate)
            throw ExplorerErrors.Bad("The predicate of a purge has at most 63 KB.");
        if (!predicate.StartsWith("where ", StringComparison.Ordinal) || predicate.Contains("ingestion_time(", StringComparison.Ordinal))
            throw ExplorerErrors.Bad("The predicate of a purge is one selection: where Column == 'X' and …");

        string name = table.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
        KustoResult result = KustoEngine.Run(
            $"['{name}'] | {predicate} | project ['{ExplorerTable.RowNumber}']",
            new ExplorerTables(database, now),
            now
        );
        return [.. result.Rows.Select(row => (long)row[0]!)];
    }

    private JsonObject Purges(Match shown)
    {
        RequireAdmin();
        if (!isIngest)
            throw ExplorerErrors.Bad("Purges are shown by the data management endpoint (https://ingest-…).");
        string id = shown.Groups["id"].Value;
        DateTimeOffset from = TimeOf(shown.Groups["from"], now.AddHours(-24));
        DateTimeOffset to = TimeOf(shown.Groups["to"], now);
        string within = shown.Groups["database"] is { Success: true, Value: var name } ? NameOf(name) : database.Name;
        return Table(
            cluster.Purges.All.Where(purge =>
                id.Length > 0
                    ? purge.Id.Equals(id, StringComparison.OrdinalIgnoreCase)
                    : purge.Database == within && purge.Scheduled >= from && purge.Scheduled <= to
            )
        );
    }

    private JsonObject Table(IEnumerable<ExplorerPurge> purges) =>
        ExplorerAnswer.Table(
            s_purgeColumns,
            purges.Select(purge =>
                (JsonNode?[])
                    [
                        purge.Id,
                        purge.Database,
                        purge.Table,
                        Time(purge.Scheduled),
                        "00:00:00",
                        Time(now),
                        "",
                        purge.StateAt(now),
                        "",
                        null,
                        null,
                        0,
                        purge.ClientRequestId,
                        "aadapp=sandbox",
                    ]
            )
        );

    private void RequireAdmin()
    {
        if (cluster.Options.Role != ExplorerRole.Admin)
            throw ExplorerErrors.Forbidden("admin");
    }

    private ExplorerTable TableOf(string text) => database.Find(NameOf(text)) ?? throw ExplorerErrors.NotFound(NameOf(text));

    /// <summary>A name as it stands, or in brackets and quotes.</summary>
    private static string NameOf(string text)
    {
        if (!text.StartsWith('['))
            return text;
        string quoted = text[1..^1].Trim();
        return Escape()
            .Replace(quoted[1..^1], static one => one.Value[1] switch
                {
                    'u' => ((char)Convert.ToInt32(one.Value[2..], 16)).ToString(),
                    'n' => "\n",
                    't' => "\t",
                    'r' => "\r",
                    var letter => letter.ToString(),
                });
    }

    private static DateTimeOffset TimeOf(Group text, DateTimeOffset otherwise) =>
        !text.Success ? otherwise
        : DateTimeOffset.TryParse(text.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
        : throw ExplorerErrors.Bad($"'{text.Value}' is not a time.");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);

    private const string Name = """(?:[A-Za-z_][A-Za-z0-9_]*|\[\s*'(?:[^'\\]|\\.)*'\s*\]|\[\s*"(?:[^"\\]|\\.)*"\s*\])""";

    [GeneratedRegex(
        @"\A\.purge\s+(?<kind>table|materialized-view)\s+(?<table>"
            + Name
            + @")\s+records\s+in\s+database\s+(?<database>"
            + Name
            + @")\s*(?:with\s*\((?<with>[^)]*)\)\s*)?<\|(?<predicate>.*)\z",
        RegexOptions.Singleline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Purge();

    [GeneratedRegex(
        @"\A\.show\s+purges(?:\s+(?<id>[0-9A-Fa-f-]{36})|"
            + @"(?:\s+from\s+'(?<from>[^']*)'(?:\s+to\s+'(?<to>[^']*)')?)?(?:\s+in\s+database\s+(?<database>"
            + Name
            + @"))?)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex ShowPurges();

    [GeneratedRegex(@"\A\.show\s+table\s+(?<table>" + Name + @")\s+ingestion\s+mappings\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShowMappings();

    [GeneratedRegex(@"\A\.show\s+table\s+(?<table>" + Name + @")\s+schema\s+as\s+json\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShowSchema();

    [GeneratedRegex(@"\A\.show\s+table\s+(?<table>" + Name + @")\s+policy\s+row_level_security\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShowRowSecurity();

    [GeneratedRegex(@"\A\.show\s+table\s+(?<table>\*|" + Name + @")\s+policy\s+update\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShowUpdatePolicies();

    [GeneratedRegex(
        @"\A\s*verificationtoken\s*=\s*h?(?:'(?<token>[0-9a-f]+)'|""(?<token>[0-9a-f]+)"")\s*\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Token();

    [GeneratedRegex(@"\A\s*noregrets\s*=\s*(?:'true'|true)\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex NoRegrets();

    [GeneratedRegex(@"\\u[0-9A-Fa-f]{4}|\\.", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}

/// <summary>The tables of a database as a query sees them.</summary>
internal sealed class ExplorerTables(ExplorerDatabase database, DateTimeOffset now) : IKustoDatabase
{
    public IEnumerable<string> TableNames => database.Tables.Select(table => table.Name);

    public KustoTable? Find(string name) => database.Find(name)?.Snapshot(now);
}

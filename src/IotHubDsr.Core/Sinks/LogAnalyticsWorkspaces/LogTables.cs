using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>The tables that are known to have rows about devices.</summary>
internal static class LogTables
{
    public const string Diagnostics = "AzureDiagnostics";
    public const string Tracing = "IoTHubDistributedTracing";
    public const string Security = "SecurityIoTRawEvent";

    /// <summary>The columns of these tables that can name a device.</summary>
    public static readonly string[] TextColumns =
    [
        "properties_s",
        "AdditionalFields",
        "Properties",
        "DeviceId",
        "deviceId_s",
        "query_s",
        "filter_s",
        "EventDetails",
    ];

    /// <summary>Columns that Azure fills itself, with nothing of a device.</summary>
    private static readonly HashSet<string> s_standard = new(StringComparer.OrdinalIgnoreCase)
    {
        "TenantId",
        "TimeGenerated",
        "ResourceId",
        "_ResourceId",
        "AssociatedResourceId",
        "_SubscriptionId",
        "SubscriptionId",
        "AzureSubscriptionId",
        "ResourceGroup",
        "ResourceProvider",
        "Resource",
        "ResourceType",
        "Category",
        "OperationName",
        "OperationVersion",
        "ResultType",
        "ResultSignature",
        "DurationMs",
        "CallerIPAddress",
        "CorrelationId",
        "TraceId",
        "ParentSpanId",
        "Level",
        "Location",
        "location_s",
        "SourceSystem",
        "Type",
        "EndpointName",
        "EndpointType",
        "AgentVersion",
        "IoTRawEventId",
        "RawEventCategory",
        "RawEventName",
        "RawEventType",
        "_ItemId",
        "_TimeReceived",
        "_BilledSize",
        "_IsBillable",
    };

    /// <summary>Whether a column of these tables can name a device, in a text of whatever form.</summary>
    public static bool CanName(string column) => !column.StartsWith('$') && !s_standard.Contains(column);

    /// <summary>
    /// Columns by which rows are purged, in the order in which they are tried among those that name the device alike.
    /// </summary>
    public static readonly string[] PurgeColumns =
    [
        "properties_s",
        "Properties",
        "DeviceId",
        "deviceId_s",
        "query_s",
        "filter_s",
        "EventDetails",
    ];

    /// <summary>Those that are looked at, whether or not the hub's rows are found in them: some do not name it as other tables do.</summary>
    public static readonly string[] All = [Diagnostics, Tracing, Security];

    /// <summary>Whether rows of distributed tracing lie there, of which most name no device but their trace.</summary>
    public static bool IsTraced(string table) =>
        table.Equals(Diagnostics, StringComparison.OrdinalIgnoreCase) || table.Equals(Tracing, StringComparison.OrdinalIgnoreCase);

    /// <summary>The trace that a row is part of; null if it is of none. Other rows have correlation IDs that look otherwise.</summary>
    public static string? TraceOf(string table, LogRow row)
    {
        if (!IsTraced(table))
            return null;
        string? trace = row.Text("TraceId")
            ?? (row.Text("CorrelationId") is { Length: >= 36 } id && id[2] == '-' && id[35] == '-' ? id[3..35] : null);
        return trace is { Length: 32 } && trace.All(char.IsAsciiHexDigit) ? trace : null;
    }

    /// <summary>
    /// Whether the services of IoT Hub write to it, so that a row names a device in a field for it. In any other, any text counts.
    /// </summary>
    public static bool IsOfHub(string table) => All.Contains(table, StringComparer.OrdinalIgnoreCase);
}

using IotHubDsr.Sandbox.Kusto;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Logs.Tables;

/// <summary>The columns of the tables that Azure has defined.</summary>
internal static class LogSchemas
{
    public const string AzureDiagnostics = "AzureDiagnostics";
    public const string DistributedTracing = "IoTHubDistributedTracing";
    public const string SecurityEvents = "SecurityIoTRawEvent";
    public const string AdditionalFields = "AdditionalFields";

    /// <summary>Columns of services come when a service first has a value for one.</summary>
    public static IReadOnlyList<KustoColumn> DiagnosticsColumns =>
        [
            .. Strings("TenantId"),
            new(LogTable.TimeGenerated, KustoType.DateTime),
            .. Strings(
                "ResourceId",
                "Category",
                "ResourceGroup",
                "SubscriptionId",
                "ResourceProvider",
                "Resource",
                "ResourceType",
                "OperationName",
                "OperationVersion",
                "ResultType",
                "ResultSignature",
                "ResultDescription",
                "DurationMs",
                "CallerIPAddress",
                "CorrelationId",
                "Level",
                "SourceSystem",
                "Type"
            ),
            new(AdditionalFields, KustoType.Dynamic),
        ];

    public static IReadOnlyList<KustoColumn> TracingColumns =>
        [
            .. Strings("TenantId"),
            new(LogTable.TimeGenerated, KustoType.DateTime),
            .. Strings("Category", "OperationName", "CorrelationId", "DeviceId"),
            new("CallerLocalTimeUtc", KustoType.DateTime),
            new("CalleeLocalTimeUtc", KustoType.DateTime),
            new("MessageSize", KustoType.Int),
            new("IsRoutingEnabled", KustoType.Bool),
            .. Strings("ParentSpanId", "EndpointName", "EndpointType", "Level", "Location", "ResultType", "SourceSystem", "Type"),
            new("DurationMs", KustoType.Int),
        ];

    public static IReadOnlyList<KustoColumn> SecurityColumns =>
        [
            .. Strings("TenantId"),
            new(LogTable.TimeGenerated, KustoType.DateTime),
            new("TimeStamp", KustoType.DateTime),
            .. Strings(
                "AgentVersion",
                "AssociatedResourceId",
                "AzureSubscriptionId",
                "DeviceId",
                "EventDetails",
                "IoTRawEventId",
                "RawEventCategory",
                "RawEventName",
                "RawEventType",
                "SourceSystem",
                "Type"
            ),
            new("IsEmpty", KustoType.Bool),
        ];

    public static IEnumerable<KustoColumn> Strings(params string[] names) => names.Select(name => new KustoColumn(name, KustoType.String));
}

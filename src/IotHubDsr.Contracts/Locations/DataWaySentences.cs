namespace IotHubDsr;

/// <summary>What is said of the ways of data, in one place.</summary>
internal static class DataWaySentences
{
    /// <summary>Name of the built-in endpoint in a hub's routing.</summary>
    private const string BuiltIn = "events";

    private const string Earlier = "data of earlier routes can be there";

    public static string Of(DataWay way) =>
        way.Kind switch
        {
            DataWayKind.FallbackRoute or DataWayKind.Route => $"{TitleOf(way)} ({Source(way)}{Condition(way)}) → {way.Target}",
            DataWayKind.UnroutedEndpoint => $"{TitleOf(way)}: {Earlier}",
            DataWayKind.BuiltInEndpoint => $"{TitleOf(way)}: it receives the messages of a hub without routes",
            DataWayKind.FileUpload => $"{TitleOf(way)}: devices of the hub store files in {way.Target}",
            DataWayKind.EventSubscription => $"{TitleOf(way)} ({Types(way)}) → {way.Target}",
            DataWayKind.DeadLetters => $"{TitleOf(way)} ({Types(way)}), events that could not be delivered → {way.Target}",
            DataWayKind.DiagnosticSetting => $"{TitleOf(way)}{Categories(way)} → {way.Target}{way.Note}",
            DataWayKind.ProvisioningLink => $"{TitleOf(way)} {way.Note ?? "is linked to the hub"}",
            DataWayKind.RegistryNamespaceLink when way.Name is null =>
                "the hub is of the second generation, whose devices are also resources of an Azure Device Registry namespace",
            DataWayKind.RegistryNamespaceLink => $"the hub is linked to the Azure Device Registry namespace '{way.Name}'"
                + $"{(way.Note is null ? "" : $" (link: {way.Note})")}, where each device is a resource",
            DataWayKind.LocationFile => way.Note is null ? TitleOf(way) : $"{TitleOf(way)}: {way.Note}",
            DataWayKind.OtherHub => $"{TitleOf(way)} {way.Note} to the same {way.Target ?? "container"}",
            DataWayKind.DataConnection => $"{TitleOf(way)} ({Source(way)}) → {way.Target}{(way.Note is null ? "" : $"; {way.Note}")}",
            _ => way.Note ?? "way not recorded",
        };

    public static string TitleOf(DataWay way) =>
        way.Kind switch
        {
            DataWayKind.Hub => "kept by the hub itself",
            DataWayKind.FallbackRoute => $"{(way.IsEnabled ? "" : "disabled ")}fallback route",
            DataWayKind.Route => $"{(way.IsEnabled ? "" : "disabled ")}route '{way.Name}'",
            DataWayKind.UnroutedEndpoint when way.Name == BuiltIn => "built-in endpoint without a route",
            DataWayKind.UnroutedEndpoint => $"endpoint '{way.Name}' without a route",
            DataWayKind.BuiltInEndpoint => "built-in endpoint",
            DataWayKind.FileUpload => "file upload",
            DataWayKind.EventSubscription or DataWayKind.DeadLetters => $"event subscription '{way.Name}'",
            DataWayKind.DiagnosticSetting => $"diagnostic setting '{way.Name}'",
            DataWayKind.ProvisioningLink => $"device provisioning service '{way.Name}'",
            DataWayKind.RegistryNamespaceLink => "Azure Device Registry",
            DataWayKind.LocationFile => "location file",
            DataWayKind.OtherHub => $"hub '{way.Name}'",
            DataWayKind.DataConnection => $"data connection '{way.Name}'",
            _ => way.Note ?? "way not recorded",
        };

    private static string Source(DataWay way) => way.Carries is [string source, ..] ? source : "unknown source";

    private static string Condition(DataWay way) => way.Condition is null ? "" : $", condition \"{way.Condition}\"";

    private static string Types(DataWay way) => way.Carries.Count == 0 ? "all event types" : string.Join(", ", way.Carries);

    /// <summary>A note tells why there are none.</summary>
    private static string Categories(DataWay way) =>
        way.Carries.Count > 0 ? $" ({string.Join(", ", way.Carries)})"
        : way.Note is null ? " with no log category enabled: rows of earlier settings can be there"
        : "";
}

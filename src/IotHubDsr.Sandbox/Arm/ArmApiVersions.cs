namespace IotHubDsr.Sandbox.Arm;

/// <summary>The api-versions that the simulated resource providers know.</summary>
internal static class ArmApiVersions
{
    /// <summary>The first version that shows routing endpoints of Microsoft Fabric; to older ones they do not exist.</summary>
    public const string FabricEndpoints = "2026-05-01-preview";

    /// <summary>The first stable version that shows the cleanup policy of event hubs; older ones tell of days alone.</summary>
    public const string RetentionOfEventHubs = "2024-01-01";

    private static readonly Dictionary<string, string[]> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Microsoft.Resources"] = ["2020-01-01", "2021-01-01", "2021-04-01", "2022-12-01"],
        ["Microsoft.Devices/IotHubs"] =
        [
            "2021-07-02",
            "2022-04-30-preview",
            "2023-06-30",
            "2025-08-01-preview",
            "2026-03-01-preview",
            FabricEndpoints,
        ],
        ["Microsoft.Devices/provisioningServices"] = ["2021-10-15", "2022-02-05", "2022-12-12", "2025-02-01-preview"],
        ["Microsoft.EventGrid"] = ["2021-12-01", "2022-06-15", "2025-02-15"],
        ["Microsoft.EventHub"] = ["2021-11-01", "2022-10-01-preview", RetentionOfEventHubs, "2024-05-01-preview", "2025-05-01-preview"],
        ["Microsoft.ServiceBus"] = ["2021-11-01", "2022-10-01-preview", "2024-01-01", "2025-05-01-preview"],
        ["Microsoft.SecurityInsights"] = ["2022-11-01", "2023-02-01", "2024-03-01", "2025-09-01"],
        ["Microsoft.Insights"] = ["2021-05-01-preview"],
        ["Microsoft.Storage"] =
        [
            "2021-09-01",
            "2022-05-01",
            "2022-09-01",
            "2023-01-01",
            "2023-04-01",
            "2023-05-01",
            "2024-01-01",
            "2025-01-01",
        ],
        ["Microsoft.DocumentDB"] =
        [
            "2021-10-15",
            "2022-05-15",
            "2022-11-15",
            "2023-04-15",
            "2023-11-15",
            "2024-05-15",
            "2024-08-15",
            "2024-11-15",
            "2025-04-15",
            "2025-10-15",
        ],
        ["Microsoft.ResourceGraph"] = ["2021-03-01", "2022-10-01", "2024-04-01"],
        ["Microsoft.Kusto"] = ["2022-12-29", "2023-05-02", "2023-08-15", "2024-04-13"],
        ["Microsoft.DeviceUpdate"] = ["2022-10-01", "2022-12-01-preview", "2023-07-01"],
        ["Microsoft.StreamAnalytics"] = ["2020-03-01", "2021-10-01-preview"],
        ["Microsoft.OperationalInsights"] =
        [
            "2015-03-20",
            "2020-08-01",
            "2021-06-01",
            "2022-10-01",
            "2023-09-01",
            "2025-02-01",
            "2025-07-01",
            "2026-03-01",
        ],
    };

    public static void Require(ArmPath path, string? version)
    {
        if (string.IsNullOrEmpty(version))
        {
            throw new ArmRefusal(
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests."
            );
        }

        string top = path.Type.Split('/')[0];
        string[] supported = Known.GetValueOrDefault($"{path.Provider}/{top}")
            ?? Known.GetValueOrDefault(path.Provider)
            ?? throw ArmRefusal.NotSimulated($"'{path.Provider}/{path.Type}'", path.Provider);
        if (!supported.Contains(version, StringComparer.OrdinalIgnoreCase))
        {
            throw new ArmRefusal(
                400,
                "NoRegisteredProviderFound",
                $"No registered resource provider found for location 'westeurope' and API version '{version}' for type '{top}'. "
                    + $"The supported api-versions are '{string.Join(", ", supported)}'."
            );
        }
    }

    /// <summary>Versions start with their date, so they can be compared as text.</summary>
    public static bool IsAtLeast(string version, string first) => string.CompareOrdinal(version, first) >= 0;
}

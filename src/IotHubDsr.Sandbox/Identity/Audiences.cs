namespace IotHubDsr.Sandbox.Identity;

/// <summary>The audiences that each service accepts.</summary>
internal static class Audiences
{
    public static readonly IReadOnlyList<string> Hub = ["https://iothubs.azure.net"];

    public static readonly IReadOnlyList<string> Provisioning = ["https://azure-devices-provisioning.net"];

    public static readonly IReadOnlyList<string> Arm = ["https://management.azure.com", "https://management.core.windows.net"];

    public static readonly IReadOnlyList<string> EventHubs = ["https://eventhubs.azure.net", "https://servicebus.azure.net"];

    public static readonly IReadOnlyList<string> ServiceBus = ["https://servicebus.azure.net"];

    public static readonly IReadOnlyList<string> Logs = ["https://api.loganalytics.azure.com", "https://api.loganalytics.io"];

    public static IReadOnlyList<string> Queue(string account) => ["https://storage.azure.com", $"https://{account}.queue.core.windows.net"];

    public static IReadOnlyList<string> Cosmos(string account) => ["https://cosmos.azure.com", $"https://{account}.documents.azure.com"];

    public static IReadOnlyList<string> Blob(string account) => ["https://storage.azure.com", $"https://{account}.blob.core.windows.net"];
}

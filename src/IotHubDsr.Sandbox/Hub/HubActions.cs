using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>The data actions that each operation of the hub takes.</summary>
internal static class HubActions
{
    private const string Prefix = "Microsoft.Devices/IotHubs/";

    public static IReadOnlyList<AzureAction> Of(string method, string[] segments) =>
        (method, segments) switch
        {
            ("POST", ["devices", "query"]) => Data("twins/read"),
            // Also when a bulk call only deletes.
            ("POST", ["devices"]) => Data("devices/write", "devices/delete"),
            ("DELETE", ["devices", _, "commands"]) => Data("cloudToDeviceMessages/queue/purge/action"),
            ("GET", ["devices", ..]) => Data("devices/read"),
            ("DELETE", ["devices", ..]) => Data("devices/delete"),
            (_, ["devices", ..]) => Data("devices/write"),
            ("GET", ["twins", ..]) => Data("twins/read"),
            (_, ["twins", ..]) => Data("twins/write"),
            (_, ["statistics", ..]) => Data("statistics/read"),
            (_, ["messages", "serviceBound", var queue, ..]) => Data(
                queue.Equals("feedback", StringComparison.OrdinalIgnoreCase)
                    ? "cloudToDeviceMessages/feedback/action"
                    : "fileUpload/notifications/action"
            ),
            ("GET", ["jobs", ..]) => Data("jobs/read"),
            ("POST", ["configurations", "testQueries"]) => Data("configurations/read"),
            ("DELETE", ["jobs", ..]) => Data("jobs/delete"),
            (_, ["jobs", ..]) => Data("jobs/write"),
            ("GET", ["configurations", ..]) => Data("configurations/read"),
            ("DELETE", ["configurations", ..]) => Data("configurations/delete"),
            (_, ["configurations", ..]) => Data("configurations/write"),
            // What is not in this list is granted by the widest role alone.
            _ => Data($"{string.Join('/', segments)}/action"),
        };

    private static AzureAction[] Data(params string[] names) => [.. names.Select(name => new AzureAction(Prefix + name, IsData: true))];
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks.LogArchives;
using IotHubDsr.Core.Tests.Sinks.RoutedBlobs;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Core.Tests.Sinks.LogArchives;

/// <summary>Blobs as Azure Monitor writes them.</summary>
internal static class LogArchive
{
    public static readonly DateTimeOffset LongAgo = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    public static Task<ArchiveSandbox> StartLogsAsync(bool versioned = false) =>
        ArchiveSandbox.StartAsync(versioned, static (access, time) => new LogArchiveSink(new BlobContainers(access, time), time));

    public static string BlobOf(DateTimeOffset hour, string hub = "CONTOSO-HUB") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"resourceId=/SUBSCRIPTIONS/S1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{hub}/y={hour:yyyy}/m={hour:MM}/d={hour:dd}/h={hour:HH}/m=00/PT1H.json"
        );

    /// <summary>A row in which the properties are a text that holds JSON.</summary>
    public static string Row(string deviceId, int number = 0, string hub = "CONTOSO-HUB") =>
        JsonSerializer.Serialize(
            new
            {
                time = LongAgo.AddSeconds(number),
                resourceId = $"/SUBSCRIPTIONS/S1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{hub}",
                operationName = "deviceConnect",
                category = "Connections",
                level = "Information",
                properties = JsonSerializer.Serialize(
                    new
                    {
                        deviceId,
                        protocol = "Mqtt",
                        maskedIpAddress = "10.0.0.XXX",
                        n = number,
                    }
                ),
                location = "westeurope",
            }
        );

    public static List<string> Rows(int count, params string[] deviceIds) =>
        [.. Enumerable.Range(0, count).Select(number => Row(deviceIds[number % deviceIds.Length], number))];

    public static void PutLog(this ArchiveSandbox sandbox, string name, IEnumerable<string> rows, BlobSeed? seed = null) =>
        sandbox.Put(name, Encoding.UTF8.GetBytes(Text(rows)), (seed ?? new BlobSeed()) with { BlobType = BlobKind.Append });

    public static string Text(IEnumerable<string> rows) => string.Concat(rows.Select(row => row + "\n"));

    public static IEnumerable<string> Without(IEnumerable<string> rows, string deviceId) =>
        rows.Where(row => !row.Contains($"\\u0022deviceId\\u0022:\\u0022{deviceId}\\u0022", StringComparison.Ordinal));

    public static IEnumerable<string> NamesIn(ArchiveSandbox sandbox) => sandbox.Container.List().Select(static blob => blob.Name);
}

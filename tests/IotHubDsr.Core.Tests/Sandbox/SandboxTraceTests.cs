using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>What Azure Monitor and Event Grid leave in the seeded world, read without the code that made it.</summary>
public sealed partial class SandboxTraceTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Theory]
    [InlineData("insights-logs-connections", 4, 3)]
    [InlineData("insights-logs-deviceidentityoperations", 4, 1)]
    [InlineData("insights-logs-twinqueries", 2, 1)]
    public void Truth_OfArchivedLogs_IsWhatAnIndependentReaderCounts(string name, int own, int other)
    {
        SandboxWorld world = Build();
        TraceTruth truth = world.Truth.Logs.Single(truth => truth.Container == name);
        IReadOnlyList<BlobSnapshotInfo> blobs = Container(world, truth).List();
        var records = blobs.SelectMany(blob => Records(blob)).ToList();

        Assert.Equal((own, other), (blobs.Count(blob => blob.Name.Contains("/CONTOSO-HUB/", StringComparison.Ordinal)), truth.Blobs - own));
        Assert.Equal(truth.Blobs, blobs.Count);
        Assert.All(records, record => Assert.StartsWith($"resourceId={record.Source}/y=", record.Blob, StringComparison.Ordinal));
        AssertCounts(world, truth, records);
        Assert.True(name.EndsWith("twinqueries", StringComparison.Ordinal) || truth.Traces["dev1"].Growing > 0);
    }

    [Fact]
    public void Truth_OfDeadLetters_IsWhatAnIndependentReaderCounts()
    {
        SandboxWorld world = Build();
        TraceTruth truth = Assert.Single(world.Truth.DeadLetters);
        IReadOnlyList<BlobSnapshotInfo> blobs = Container(world, truth).List();
        var letters = blobs.SelectMany(Letters).ToList();

        Assert.Equal(truth.Blobs, blobs.Count);
        Assert.All(blobs, blob => Assert.Matches(@"\A[A-Z-]+/2026/3/[1-4]/(0|[1-9]\d?)/[0-9a-f-]{36}\.json\z", blob.Name));
        AssertCounts(world, truth, letters);
        IEnumerable<IGrouping<string, Trace>> mixed = letters
            .GroupBy(letter => letter.Blob)
            .Where(letters => letters.Select(letter => letter.Source).Distinct().Count() == 2);
        Assert.StartsWith("TO-QUEUE/", Assert.Single(mixed).Key, StringComparison.Ordinal);
    }

    [Fact]
    public void Logs_AreAppendBlobsOfSeveralBlocks_UpToTheCurrentHour()
    {
        SandboxWorld world = Build();
        foreach (TraceTruth truth in world.Truth.Logs)
        {
            BlobContainer container = Container(world, truth);
            foreach (BlobSnapshotInfo blob in container.List())
            {
                Assert.True(container.TryGetEntry(blob.Name, out BlobEntry? entry));
                DateTimeOffset hour = HourOf(blob.Name);
                Assert.Equal((BlobKind.Append, 3), (entry.Current!.Kind, entry.Current.AppendedBlocks));
                Assert.InRange(entry.Current.LastModified, hour, hour.AddHours(1.1));
                Assert.All(Records(blob), record =>
                    Assert.True(record.Time <= entry.Current.LastModified && record.Time > hour.AddHours(-1))
                );
            }
        }

        var hours = Container(world, world.Truth.Logs[0]).List().Select(blob => HourOf(blob.Name)).ToList();
        Assert.Contains(world.Truth.BaseTime, hours);
        Assert.Contains(world.Truth.BaseTime.AddHours(-1), hours);
    }

    [Theory]
    [InlineData("\\\"deviceId\\\":\\\"dev1\\\"")]
    [InlineData("\\u0022deviceId\\u0022:\\u0022dev1\\u0022")]
    [InlineData("\\\"deviceId\\\":\\\"\\\\u0064\\\\u0065\\\\u0076\\\\u0031\\\"")]
    [InlineData("\\\"device\\\\u0049d\\\":\\\"dev1\\\"")]
    [InlineData("\\u0022\\u003a\\u0022\\u0064\\u0065\\u0076\\u0031\\u0022")]
    public void Logs_NameADevice_InEveryWayThatJsonAllows(string text)
    {
        SandboxWorld world = Build();
        Assert.Contains(Container(world, world.Truth.Logs[0]).List(), blob =>
            Encoding.UTF8.GetString(blob.Content.Span).Contains(text, StringComparison.Ordinal)
        );
    }

    private static void AssertCounts(SandboxWorld world, TraceTruth truth, List<Trace> traces)
    {
        string hub = world.Names.HubId.ToUpperInvariant();
        Assert.Equal(2, traces.Select(trace => trace.Source).Distinct().Count());
        foreach (string? device in world.Truth.Devices.Append("fab-7"))
        {
            DeviceTraces expected = truth.Traces.GetValueOrDefault(device, new DeviceTraces(0, 0, 0));
            var own = traces.Where(trace => trace.Source == hub && trace.Device == device).ToList();
            Assert.Equal(expected.Named, own.Count(trace => !trace.IsMention));
            Assert.Equal(expected.Mentioned, own.Count(trace => trace.IsMention));
            Assert.Equal(
                expected.Growing,
                own.Count(trace =>
                    trace.Blob.EndsWith("PT1H.json", StringComparison.Ordinal) && HourOf(trace.Blob) >= world.Truth.BaseTime.AddHours(-1)
                )
            );
            Assert.Equal(truth.OtherHub.GetValueOrDefault(device), traces.Count(trace => trace.Source != hub && trace.Device == device));
        }

        Assert.True(truth.Traces["dev1"] is { Named: > 0 } or { Mentioned: > 0 } && truth.OtherHub["dev1"] > 0);
    }

    private static List<Trace> Records(BlobSnapshotInfo blob)
    {
        var traces = new List<Trace>();
        foreach (string line in Encoding.UTF8.GetString(blob.Content.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var record = JsonDocument.Parse(line);
            using var properties = JsonDocument.Parse(record.RootElement.GetProperty("properties").GetString()!);
            string? device = properties.RootElement.TryGetProperty("deviceId", out JsonElement id) ? id.GetString() : null;
            Match? query = properties.RootElement.TryGetProperty("query", out JsonElement text)
                ? MentionedDevice().Match(text.GetString()!)
                : null;
            bool isMention = query is { Success: true };
            traces.Add(
                new(
                    blob.Name,
                    record.RootElement.GetProperty("resourceId").GetString()!,
                    isMention ? query!.Groups[1].Value.Replace("\\'", "'", StringComparison.Ordinal) : device,
                    isMention,
                    record.RootElement.GetProperty("time").GetDateTimeOffset()
                )
            );
        }

        return traces;
    }

    private static List<Trace> Letters(BlobSnapshotInfo blob)
    {
        using var letters = JsonDocument.Parse(blob.Content);
        return
        [
            .. letters
                .RootElement.EnumerateArray()
                .Select(letter =>
                {
                    bool isCloud = letter.TryGetProperty("specversion", out _);
                    Assert.Equal(isCloud, blob.Name.StartsWith("TO-FUNCTION/", StringComparison.Ordinal));
                    Assert.Equal(
                        "MaxDeliveryAttemptsExceeded",
                        letter.GetProperty(isCloud ? "deadletterreason" : "deadLetterReason").GetString()
                    );
                    string[] subject = letter.GetProperty("subject").GetString()!.Split('/');
                    JsonElement data = letter.GetProperty("data");
                    Assert.Equal(
                        subject[1],
                        data.TryGetProperty("deviceId", out JsonElement device)
                            ? device.GetString()
                            : data.GetProperty("systemProperties").GetProperty("iothub-connection-device-id").GetString()
                    );
                    return new Trace(
                        blob.Name,
                        letter.GetProperty(isCloud ? "source" : "topic").GetString()!,
                        subject[1],
                        false,
                        letter.GetProperty(isCloud ? "time" : "eventTime").GetDateTimeOffset()
                    );
                }),
        ];
    }

    private static DateTimeOffset HourOf(string name)
    {
        int[] parts = HourParts().Match(name).Groups.Values.Skip(1).Select(part => int.Parse(part.Value)).ToArray();
        return new DateTimeOffset(parts[0], parts[1], parts[2], parts[3], 0, 0, TimeSpan.Zero);
    }

    private static SandboxWorld Build() => WorldBuilder.Build(new SandboxOptions { Seed = 3, Time = new FakeTimeProvider(Start) });

    private static BlobContainer Container(SandboxWorld world, TraceTruth truth)
    {
        Assert.True(world.Blobs.GetOrAddAccount(truth.Account).TryGetContainer(truth.Container, out BlobContainer? container));
        return container;
    }

    [GeneratedRegex(@"deviceId = '((?:\\'|[^'])*)'")]
    private static partial Regex MentionedDevice();

    [GeneratedRegex(@"/y=(\d{4})/m=(\d\d)/d=(\d\d)/h=(\d\d)/m=00/PT1H\.json\z")]
    private static partial Regex HourParts();

    private sealed record Trace(string Blob, string Source, string? Device, bool IsMention, DateTimeOffset Time);
}

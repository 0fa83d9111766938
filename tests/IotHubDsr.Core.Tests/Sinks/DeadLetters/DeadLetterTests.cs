using System.Text;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.DeadLetters;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sinks.RoutedBlobs;
using static IotHubDsr.Core.Tests.Sinks.RoutedBlobs.ArchiveSandbox;

namespace IotHubDsr.Core.Tests.Sinks.DeadLetters;

public sealed class DeadLetterTests
{
    private const string Blob = "TO-QUEUE/2026/1/5/8/0f8fad5b-d9cb-469f-a165-70867728950e.json";

    [Fact]
    public async Task Erase_EventsOfOtherDevicesAndOfOtherHubs_StayAsTheyAre()
    {
        await using ArchiveSandbox sandbox = await StartLettersAsync();
        string[] events =
        [
            Event(Alice),
            Event(Bob),
            Event(Alice, "FABRIKAM-HUB"),
            Event("Alice"),
            Event(Alice),
            Event($"{Alice}/modules/m"),
        ];
        Put(sandbox, Blob, events);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 3L, 1), (outcome.Fault, outcome.RecordsErased, outcome.ItemsChanged));
        Assert.Equal($"[{events[1]},{events[2]},{events[3]}]", sandbox.Text(Blob));
        Assert.Equal(Verdict.Absent, (await sandbox.FindOneAsync(Alice)).Verdict);
    }

    [Fact]
    public async Task Erase_CloudEventsAndTelemetry_AreToldApartBySource()
    {
        await using ArchiveSandbox sandbox = await StartLettersAsync();
        string own = CloudEvent("CONTOSO-HUB"),
            other = CloudEvent("fabrikam-hub");
        Put(sandbox, Blob, own, other);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((null, 1L), (outcome.Fault, outcome.RecordsErased));
        Assert.Equal($"[{other}]", sandbox.Text(Blob));
    }

    [Fact]
    public async Task Erase_EventThatNamesTheHubOnlyInItsData_IsToldApartByIt()
    {
        await using ArchiveSandbox sandbox = await StartLettersAsync();
        const string Own = """{"subject":"devices/alice","data":{"hubName":"Contoso-Hub","deviceId":"alice"}}""";
        const string Other = """{"subject":"devices/alice","data":{"hubName":"fabrikam-hub","deviceId":"alice"}}""";
        Put(sandbox, Blob, Own, Other);

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((1L, $"[{Other}]"), (outcome.RecordsErased, sandbox.Text(Blob)));
    }

    [Fact]
    public async Task Erase_YoungBlob_IsErasedAtOnce_AsEventGridWritesABlobOnce()
    {
        await using ArchiveSandbox sandbox = await StartLettersAsync();
        sandbox.Location = sandbox.Location with { FlushTime = TimeSpan.FromMinutes(1445), RecordsDeletion = true };
        sandbox.Put(Blob, Encoding.UTF8.GetBytes($"[{Event(Alice)},{Event(Bob)}]"), new() { LastModified = sandbox.Clock.GetUtcNow() });

        ErasureOutcome outcome = await sandbox.EraseAsync(Alice);

        Assert.Equal((1L, null), (outcome.RecordsErased, outcome.Verdict));
        Assert.Equal($"[{Event(Bob)}]", sandbox.Text(Blob));
    }

    [Fact]
    public async Task Export_WritesTheEventsOfTheDevice()
    {
        await using ArchiveSandbox sandbox = await StartLettersAsync();
        Put(sandbox, Blob, Event(Alice), Event(Bob), Event(Alice, "FABRIKAM-HUB"));
        var target = new MemoryTarget();

        ExportCompleteness line = Assert.Single(await sandbox.Sink.ExportAsync(sandbox.Call(), [Alice], target, CancellationToken.None));

        Assert.Equal((1L, 1L), (line.Found, line.Included));
        string text = target.Text("events.ndjson");
        Assert.Contains("\"event\":{\"id\":", text, StringComparison.Ordinal);
        Assert.DoesNotContain("FABRIKAM", text, StringComparison.Ordinal);
    }

    private static Task<ArchiveSandbox> StartLettersAsync() =>
        ArchiveSandbox.StartAsync(sink: static (access, time) => new DeadLetterSink(new BlobContainers(access, time), time));

    private static void Put(ArchiveSandbox sandbox, string name, params string[] events) =>
        sandbox.Put(name, Encoding.UTF8.GetBytes($"[{string.Join(',', events)}]"));

    private static string Event(string deviceId, string hub = "CONTOSO-HUB") =>
        $$"""
            {"id":"1","topic":"/SUBSCRIPTIONS/S1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{{hub}}","subject":"devices/{{deviceId}}","eventType":"Microsoft.Devices.DeviceConnected","eventTime":"2026-01-05T08:00:00Z","data":{"deviceConnectionStateEventInfo":{"sequenceNumber":"1"},"hubName":"{{hub}}","deviceId":"{{deviceId.Split(
                '/'
            )[0]}}"},"deadLetterReason":"MaxDeliveryAttemptsExceeded","deliveryAttempts":30}
            """;

    /// <summary>Telemetry, which names no hub and no device in its data but for the system properties.</summary>
    private static string CloudEvent(string hub) =>
        $$$"""
            {"specversion":"1.0","id":"2","source":"/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Devices/IotHubs/{{{hub}}}","subject":"devices/alice","type":"Microsoft.Devices.DeviceTelemetry","time":"2026-01-05T08:00:00Z","data":{"body":"eyJ9","properties":{},"systemProperties":{"iothub-connection-device-id":"alice"}},"deadletterreason":"MaxDeliveryAttemptsExceeded"}
            """;
}

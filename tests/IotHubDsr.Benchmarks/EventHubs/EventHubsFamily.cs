using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using IotHubDsr.Benchmarks.Sandboxes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.EventHubs;
using IotHubDsr.Core.Work;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.EventHubs;

/// <summary>
/// A footprint of one device that sent a hundredth of the events, against a loop that receives all of them and throws them away: both over
/// one connection, as many partitions at once.
/// </summary>
internal sealed class EventHubsFamily : IBenchmarkFamily
{
    private const string Hub = "measured";
    private const string WarmHub = "warm";
    private const int Partitions = 32;
    private const int AtOnce = 8;

    public string Name => "eventhubs";

    public string Description =>
        "a device in an event hub of 1,000,000 events, against receiving alone; '/N' divides the size, for a quick look";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        int divisor = arguments
            .Where(argument => argument.StartsWith('/'))
            .Select(argument => int.Parse(argument[1..], CultureInfo.InvariantCulture))
            .FirstOrDefault(1);
        int count = Math.Max(Partitions * 100, 1_000_000 / divisor);
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync("--data", "0");
        await sandbox.SendEventsAsync(WorldNames.EventsNamespace, WarmHub, Partitions * 100);
        await sandbox.SendEventsAsync(WorldNames.EventsNamespace, Hub, count);
        await FindAsync(sandbox, WarmHub, Partitions);
        await ReceiveAsync(sandbox, WarmHub);

        double ours = await FindAsync(sandbox, Hub, count / 100);
        using var self = Process.GetCurrentProcess();
        double peak = self.PeakWorkingSet64 / 1024.0 / 1024.0;
        double bare = await ReceiveAsync(sandbox, Hub);
        await Console.Error.WriteLineAsync($"   ours {ours:F1} s, bare {bare:F1} s");
        report(new BenchmarkRow("eventhubs_events_per_s", count / ours, "events/s", 20_000, AtMost: false));
        report(new BenchmarkRow("eventhubs_peak_mib", peak, "MiB", 250, AtMost: true));
        report(new BenchmarkRow("eventhubs_vs_bare", bare / ours, "ratio", 0.85, AtMost: false));
    }

    private static async Task<double> FindAsync(BlobSandbox sandbox, string hub, int expected)
    {
        string group = sandbox.Connection.ResourceId.Split("/resourceGroups/")[0] + $"/resourceGroups/{WorldNames.DataGroup}";
        var location = new DataLocation
        {
            Id = hub,
            Kind = LocationKinds.EventHub,
            Place = $"{WorldNames.EventsNamespace}/{hub}",
            ResourceId = $"{group}/providers/Microsoft.EventHub/namespaces/{WorldNames.EventsNamespace}/eventhubs/{hub}",
        };
        var sink = new EventHubSink(sandbox.Access, WorldNames.HubName);
        var call = new SinkCall(location, new SinkOptions(AtOnce), static (_, _) => ValueTask.CompletedTask);
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<DeviceDataFinding> found = await LocalScheduler.RunAsync(
            sink.Find(call, ["gen-1"]),
            call.Gate,
            CancellationToken.None
        );
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (found[0].Verdict != Verdict.Expiring || found[0].Records != expected)
            throw new InvalidOperationException($"{expected} records are there, and found was: {found[0]}");
        return seconds;
    }

    private static async Task<double> ReceiveAsync(BlobSandbox sandbox, string hub)
    {
        string host = WorldNames.EventsNamespace + MessagingNamespace.Suffix;
        var options = new EventHubConnectionOptions
        {
            CustomEndpointAddress = sandbox.Cloud.Messaging!.Address,
            CertificateValidationCallback = sandbox.Cloud.Messaging.Trust(host),
        };
        long started = Stopwatch.GetTimestamp();
        await using var connection = new EventHubConnection(host, hub, sandbox.Access.Credential!, options);
        await using var consumer = new EventHubConsumerClient(EventHubConsumerClient.DefaultConsumerGroupName, connection);
        await Parallel.ForEachAsync(
            await consumer.GetPartitionIdsAsync(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (partition, token) =>
            {
                PartitionProperties properties = await consumer.GetPartitionPropertiesAsync(partition, token);
                await using var receiver = new PartitionReceiver(
                    EventHubConsumerClient.DefaultConsumerGroupName,
                    partition,
                    EventPosition.Earliest,
                    connection,
                    new PartitionReceiverOptions { PrefetchCount = 100 }
                );
                for (long last = -1; last < properties.LastEnqueuedSequenceNumber; )
                {
                    foreach (EventData received in await receiver.ReceiveBatchAsync(100, TimeSpan.FromSeconds(60), token))
                        last = received.SequenceNumber;
                }
            }
        );
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}

using System.Diagnostics;
using System.Globalization;
using Azure.Messaging.ServiceBus;
using IotHubDsr.Benchmarks.Sandboxes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.BusEntities;
using IotHubDsr.Core.Work;
using IotHubDsr.Sandbox.Messaging;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Benchmarks.ServiceBus;

/// <summary>
/// A footprint of one device that sent a hundredth of the messages of a queue, against a loop that peeks at all of them and throws them
/// away; and what taking a device's messages out of a queue does to those of others.
/// </summary>
internal sealed class ServiceBusFamily : IBenchmarkFamily
{
    private const int PageSize = 250;
    private const int Devices = 100;
    private const int SettledDevices = 200;
    private const int Rounds = 5;

    public string Name => "servicebus";

    public string Description =>
        "a device in a queue of 100,000 messages, against peeking alone; 100 of 20,000 taken out; '/N' divides the size, for a quick look";

    public async Task RunAsync(IReadOnlyList<string> arguments, Action<BenchmarkRow> report)
    {
        int divisor = arguments
            .Where(argument => argument.StartsWith('/'))
            .Select(argument => int.Parse(argument[1..], CultureInfo.InvariantCulture))
            .FirstOrDefault(1);
        int count = Math.Max(Devices * 10, 100_000 / divisor);
        int settled = Math.Max(SettledDevices * 2, 20_000 / divisor);
        await using BlobSandbox sandbox = await BlobSandbox.StartAsync("--data", "0");

        // Of the world, which has no messages: a queue to be peeked at, and a subscription to take messages out of.
        await sandbox.SendMessagesAsync(WorldNames.BusNamespace, WorldNames.AlertsQueue, count, Devices);
        await sandbox.SendMessagesAsync(WorldNames.BusNamespace, WorldNames.DeviceEventsTopic, settled, SettledDevices);
        await PeekAsync(sandbox, count);
        await FindAsync(sandbox, count / Devices);

        // In turns: what else the machine does meets both. A round that it disturbs does not count.
        var ours = new List<double>();
        var ratios = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            double bare = await PeekAsync(sandbox, count);
            ours.Add(await FindAsync(sandbox, count / Devices));
            ratios.Add(bare / ours[^1]);
            await Console.Error.WriteLineAsync($"   ours {ours[^1]:F2} s, bare {bare:F2} s");
        }

        report(new BenchmarkRow("servicebus_messages_per_s", count / MedianOf(ours), "messages/s", 5_000, AtMost: false));
        report(new BenchmarkRow("servicebus_vs_bare", MedianOf(ratios), "ratio", 0.85, AtMost: false));

        int twice = await SettleAsync(sandbox, settled / SettledDevices);
        report(new BenchmarkRow("servicebus_bystanders_touched_twice", twice, "messages", 0, AtMost: true));
    }

    private static double MedianOf(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static async Task<double> FindAsync(BlobSandbox sandbox, int expected)
    {
        var sink = new BusSink(sandbox.Access, WorldNames.HubName, isTopic: false);
        SinkCall call = CallOf(sandbox, WorldNames.AlertsQueue, isTopic: false, ErasureOptions.OwnAndCurrent);
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<DeviceDataFinding> found = await LocalScheduler.RunAsync(
            sink.Find(call, ["gen-1"]),
            call.Gate,
            CancellationToken.None
        );
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (found[0].Verdict is not (Verdict.Expiring or Verdict.OwnerAction) || found[0].Records != expected)
            throw new InvalidOperationException($"{expected} records are there, and found was: {found[0]}");
        return seconds;
    }

    /// <summary>Takes one device's messages out; gives how many of others were delivered more than once.</summary>
    private static async Task<int> SettleAsync(BlobSandbox sandbox, int expected)
    {
        var sink = new BusSink(sandbox.Access, WorldNames.HubName, isTopic: true);
        SinkCall call = CallOf(sandbox, WorldNames.DeviceEventsTopic, isTopic: true, new ErasureOptions { SettleMessages = true });
        IReadOnlyList<DeviceDataFinding> found = await LocalScheduler.RunAsync(
            sink.Find(call, ["gen-150"]),
            call.Gate,
            CancellationToken.None
        );
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<ErasureOutcome> outcomes = await LocalScheduler.RunAsync(sink.Erase(call, found), call.Gate, CancellationToken.None);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (outcomes[0].RecordsErased != expected || outcomes[0].Fault is not null)
            throw new InvalidOperationException($"{expected} records were to go, and went: {outcomes[0]}");
        await Console.Error.WriteLineAsync($"   settled {expected} in {seconds:F2} s");
        int twice = 0;
        await ForEachAsync(sandbox, $"{WorldNames.DeviceEventsTopic}/Subscriptions/everything", message =>
            twice += message.DeliveryCount > 1 ? 1 : 0
        );
        return twice;
    }

    private static async Task<double> PeekAsync(BlobSandbox sandbox, int expected)
    {
        int peeked = 0;
        long started = Stopwatch.GetTimestamp();
        await ForEachAsync(sandbox, WorldNames.AlertsQueue, _ => peeked++);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (peeked != expected)
            throw new InvalidOperationException($"{expected} messages are there, and {peeked} were peeked at.");
        return seconds;
    }

    private static async Task ForEachAsync(BlobSandbox sandbox, string queue, Action<ServiceBusReceivedMessage> look)
    {
        string host = WorldNames.BusNamespace + MessagingNamespace.Suffix;
        var options = new ServiceBusClientOptions
        {
            CustomEndpointAddress = sandbox.Cloud.Messaging!.Address,
            CertificateValidationCallback = sandbox.Cloud.Messaging.Trust(host),
        };
        await using var client = new ServiceBusClient(host, sandbox.Access.Credential!, options);
        await using ServiceBusReceiver receiver = client.CreateReceiver(queue);
        for (long from = 0; ; )
        {
            IReadOnlyList<ServiceBusReceivedMessage> page = await receiver.PeekMessagesAsync(PageSize, from);
            if (page.Count == 0)
                return;
            foreach (ServiceBusReceivedMessage message in page)
                look(message);
            from = page[^1].SequenceNumber + 1;
        }
    }

    private static SinkCall CallOf(BlobSandbox sandbox, string name, bool isTopic, ErasureOptions erasure)
    {
        string group = sandbox.Connection.ResourceId.Split("/resourceGroups/")[0] + $"/resourceGroups/{WorldNames.DataGroup}";
        var location = new DataLocation
        {
            Id = name,
            Kind = isTopic ? LocationKinds.ServiceBusTopic : LocationKinds.ServiceBusQueue,
            Place = $"{WorldNames.BusNamespace}/{name}",
            ResourceId =
                $"{group}/providers/Microsoft.ServiceBus/namespaces/{WorldNames.BusNamespace}/{(isTopic ? "topics" : "queues")}/{name}",
        };
        return new SinkCall(location, new SinkOptions(8) { Erasure = erasure }, static (_, _) => ValueTask.CompletedTask);
    }
}

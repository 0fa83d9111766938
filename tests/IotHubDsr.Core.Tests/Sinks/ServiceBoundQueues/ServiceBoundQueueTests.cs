using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Core.Tests.Sinks.BulkExports;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ServiceBoundQueues;

/// <summary>
/// What the hub itself still has of a device in a whole request: feedback and notices of uploaded files wait for the hub's back end, expire, and
/// are drained by nobody; its own exports of all devices are rewritten; what its operator has to do names no other device.
/// </summary>
public sealed class ServiceBoundQueueTests
{
    private const string Device = "dev1";

    [Fact]
    public async Task Request_FeedbackAndNoticesExpireUnread_ExportsAreErased_AndTheOperatorIsTold()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        SandboxWorld world = sandbox.Server.World;
        string before = ExportedDevices.Add(world);
        (int feedback, int notices) = Pending(world);

        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync(Device, DeviceSeed.Gateway));

        AssertExpiring(receipts, world);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), static request =>
            request.Target.Contains("serviceBound", StringComparison.OrdinalIgnoreCase)
        );
        // The hub took away what was of the device itself; all else waits as it did.
        Assert.Equal((feedback - 1, notices), Pending(world));
        AssertExported(receipts, before, ExportedDevices.Text(world));
        DataRequest request = await sandbox.RequestAsync();
        AssertOperator(receipts, Payload(request.Certificates[0].Path!));
        world.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal((0, 0), Pending(world));
    }

    private static void AssertExpiring(List<ErasureReceipt> receipts, SandboxWorld world)
    {
        ErasureReceipt[] queues =
        [
            .. receipts.Where(static receipt =>
                receipt is { DeviceId: Device, Kind: LocationKinds.FeedbackQueue or LocationKinds.FileNotificationQueue }
            ),
        ];
        Assert.Equal(2, queues.Length);
        Assert.All(queues, receipt =>
        {
            Assert.Equal(Verdict.Expiring, receipt.Verdict);
            Assert.InRange(receipt.Until!.Value - world.Clock.GetUtcNow(), TimeSpan.FromMinutes(55), TimeSpan.FromMinutes(61));
        });
    }

    private static void AssertExported(List<ErasureReceipt> receipts, string before, string after)
    {
        ErasureReceipt[] exported = [.. receipts.Where(static receipt => receipt.Kind == LocationKinds.BulkExportContainer)];
        Assert.Equal([Verdict.Erased, Verdict.Erased], exported.Select(static receipt => receipt.Verdict));
        Assert.All(exported, static receipt => Assert.Equal($"{WorldNames.UploadAccount}/{ExportedDevices.Container}", receipt.Place));
        string[] lines = before.Split("\r\n");
        string[] kept =
        [
            .. lines.Where(static line => line.Length == 0 || (string?)JsonNode.Parse(line)!["id"] is not (Device or DeviceSeed.Gateway)),
        ];
        Assert.Equal(lines.Length - exported.Sum(static receipt => receipt.RecordsErased), kept.Length);
        Assert.Equal(string.Join("\r\n", kept), after);
    }

    private static void AssertOperator(List<ErasureReceipt> receipts, string certificate)
    {
        ErasureReceipt children = Assert.Single(receipts, static receipt =>
            receipt.Kind == LocationKinds.GatewayChildren && receipt.DeviceId == DeviceSeed.Gateway
        );
        ErasureReceipt configurations = Assert.Single(receipts, static receipt =>
            receipt.Kind == LocationKinds.Configurations && receipt.DeviceId == Device
        );
        Assert.Equal((Verdict.OwnerAction, Verdict.OwnerAction), (children.Verdict, configurations.Verdict));
        Assert.DoesNotContain(DeviceSeed.Leaf, $"{children.Detail}{certificate}", StringComparison.Ordinal);
        Assert.DoesNotContain("dev10", $"{configurations.Detail}{certificate}", StringComparison.Ordinal);
        Assert.DoesNotContain("it''s", $"{configurations.Detail}{certificate}", StringComparison.Ordinal);
        JsonNode[] locations =
        [
            .. JsonNode.Parse(certificate)!["predicate"]!["locations"]!
                .AsArray()
                .Select(static location => location!)
                .Where(static location => location["kind"]!.ToString() is LocationKinds.GatewayChildren or LocationKinds.Configurations),
        ];
        Assert.Equal(2, locations.Length);
        Assert.All(locations, static location =>
        {
            Assert.StartsWith("Nothing was erased here. The hub's operator ", location["method"]!.ToString(), StringComparison.Ordinal);
            Assert.StartsWith("The hub's operator ", location["detail"]!.ToString(), StringComparison.Ordinal);
        });
    }

    private static string Payload(string path)
    {
        using var envelope = JsonDocument.Parse(File.ReadAllBytes(path));
        return Encoding.UTF8.GetString(envelope.RootElement.GetProperty("payload").GetBytesFromBase64());
    }

    private static (int Feedback, int Notices) Pending(SandboxWorld world)
    {
        lock (world.Registry.Gate)
            return (world.ServiceBound.Feedback.Pending.Count, world.ServiceBound.Notifications.Pending.Count);
    }
}

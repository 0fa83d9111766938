using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.StorageQueues;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox.Identity;
using IotHubDsr.Sandbox.World;
using static IotHubDsr.Core.Tests.Sinks.StorageQueues.QueueSinkUnderTest;

namespace IotHubDsr.Core.Tests.Sinks.StorageQueues;

/// <summary>Where a queue is, and what working on it takes.</summary>
public sealed class QueueAccessTests
{
    private const string Messages = "Microsoft.Storage/storageAccounts/queueServices/queues/messages";

    [Fact]
    public async Task Reader_MayLook_AndIsToldWhatErasingTakes()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        await queue.PutAsync(Alice);
        Assign(queue, "Microsoft.Storage/storageAccounts/queueServices/queues/read", $"{Messages}/read", $"{Messages}/process/action");
        queue.Erasure = new ErasureOptions { SettleMessages = true };
        IReadOnlyList<DeviceDataFinding> found = await queue.FindAsync(Alice);

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => queue.EraseAsync(found, CancellationToken.None))).Fault;

        Assert.Equal((Verdict.Present, "PermissionMissing"), (found[0].Verdict, fault.Id));
        Assert.Contains($"{Messages}/write", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Storage Queue Data Contributor", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("/queueServices/default/queues/tests", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal([0L], (await queue.DrainAsync()).Select(one => one.Dequeues));
    }

    [Theory]
    [InlineData($"{Messages}/read", "Microsoft.Storage/storageAccounts/queueServices/queues/read")]
    [InlineData("Microsoft.Storage/storageAccounts/queueServices/queues/read", $"{Messages}/read")]
    public async Task Right_ThatIsMissing_IsNamed(string right, string missing)
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        Assign(queue, right);

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => queue.FindAsync(Alice))).Fault;

        Assert.Equal("PermissionMissing", fault.Id);
        Assert.EndsWith($"the action {missing} is missing.", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_Queue_IsAMissingLocation()
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        await queue.Client.DeleteAsync();

        Assert.Equal("LocationMissing", (await Assert.ThrowsAsync<DsrException>(() => queue.FindAsync(Alice))).Fault.Id);
    }

    [Theory]
    [InlineData("contosouploads")]
    [InlineData("contosouploads/")]
    [InlineData("contosouploads/UPPER")]
    [InlineData("contosouploads/a/b")]
    [InlineData("evil.example#/queue")]
    [InlineData("evil.example/queue")]
    [InlineData("a@b/queue")]
    public async Task Place_ThatNamesNoQueue_IsNotCalled(string place)
    {
        await using QueueSinkUnderTest queue = await StartAsync();
        using AzureAccess access = SandboxAccess.Open(
            queue.Sandbox.Server,
            new Wire { Before = _ => throw new InvalidOperationException("Nothing is sent.") }
        );
        var location = new DataLocation
        {
            Id = "queue",
            Kind = LocationKinds.StorageQueue,
            Place = place,
        };

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            new QueueAddresses(access).OpenAsync(location, CancellationToken.None)
        );

        Assert.Equal("LocationMissing", refused.Fault.Id);
    }

    [Theory]
    [InlineData("https://stcontoso.queue.core.windows.net/q", true)]
    [InlineData("https://stcontoso.z12.queue.storage.azure.net/q", true)]
    [InlineData("https://stcontoso.blob.core.windows.net/q", false)]
    [InlineData("https://stcontoso.queue.core.windows.net.evil.example/q", false)]
    [InlineData("https://stcontoso.queue.core.chinacloudapi.cn/q", false)]
    [InlineData("http://stcontoso.queue.core.windows.net/q", false)]
    public void Token_GoesToQueuesOfTheCloudAlone(string address, bool isTrusted)
    {
        Exception? refused = Record.Exception(() => Cloud.Public.RequireTrusted(new Uri(address), StorageHost.Queues));

        Assert.Equal(isTrusted ? null : "StorageHostNotTrusted", (refused as DsrException)?.Fault.Id);
        Assert.Equal(isTrusted, refused is null);
    }

    private static void Assign(QueueSinkUnderTest queue, params string[] rights)
    {
        WorldNames names = queue.Sandbox.Server.World.Names;
        queue.Sandbox.Server.Access.Assignments =
        [
            new RoleAssignment(
                names.Subscription,
                new RoleDefinition
                {
                    Name = "Some",
                    Actions = [.. rights.Where(right => !right.Contains("/messages/", StringComparison.Ordinal)), "*/storageAccounts/read"],
                    DataActions = [.. rights.Where(right => right.Contains("/messages/", StringComparison.Ordinal))],
                }
            ),
        ];
    }
}

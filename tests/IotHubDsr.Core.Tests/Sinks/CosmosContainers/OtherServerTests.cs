using System.Text;
using System.Text.Json.Nodes;
using Azure.Core;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Sinks.CosmosContainers;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Core.Tests.Sandbox.Cosmos;
using IotHubDsr.Sandbox.Cosmos;
using IotHubDsr.Sandbox.World;
using Microsoft.Azure.Cosmos;
using Newtonsoft.Json.Linq;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>The same on the sandbox and on a server that we did not write.</summary>
public sealed class OtherServerTests(OtherCosmosServer other) : IClassFixture<OtherCosmosServer>
{
    private static readonly string[] Devices = ["it's", "It's", "100%\"", "007", "7"];

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task Documents_AreFoundExportedAndErased_AndBystandersStay(string service)
    {
        await using Service under = await StartAsync(service);
        foreach ((int number, string device) in Devices.Index())
        {
            for (int n = 0; n < 12; n++)
                await under.PutAsync(DocumentSandbox.Message($"d{number}-{n}", device, $"{device}-{n % 3}"));
        }

        JsonObject relayed = DocumentSandbox.Message("relayed", "gateway", "gateway-1");
        relayed["Properties"] = new JsonObject { ["deviceId"] = Devices[0] };
        await under.PutAsync(relayed);
        JsonObject plain = DocumentSandbox.Message("plain", Devices[0], "gateway-1");
        plain["SystemProperties"] = new JsonObject { ["connectionDeviceId"] = Devices[0] };
        await under.PutAsync(plain);
        JsonObject passedOn = DocumentSandbox.Message("mqtt", Devices[0], "gateway-1");
        passedOn["SystemProperties"] = new JsonObject();
        passedOn["Properties"] = new JsonObject { ["$.cdid"] = Devices[0] };
        await under.PutAsync(passedOn);
        Dictionary<string, string> before = await under.DocumentsAsync();

        IReadOnlyList<DeviceDataFinding> found = await under.Sink.FindAsync(under.Call, [.. Devices, "nobody"], CancellationToken.None);
        var target = new MemoryTarget();
        IReadOnlyList<ExportCompleteness> accounts = await under.Sink.ExportAsync(under.Call, [Devices[0]], target, CancellationToken.None);
        IReadOnlyList<ErasureOutcome> outcomes = await under.Sink.EraseAsync(under.Call, [found[0]], CancellationToken.None);
        IReadOnlyList<DeviceDataFinding> after = await under.Sink.FindAsync(under.Call, Devices, CancellationToken.None);

        Assert.Empty(under.Reported);
        Assert.Equal([15L, 12L, 12L, 12L, 12L, 0L], found.Select(finding => finding.RecordCount));
        Assert.Equal((15L, 15), (accounts[0].Included, target.Records("documents").Count));
        Assert.Equal((15L, null), (outcomes[0].RecordsErased, outcomes[0].Fault));
        Assert.Equal(
            [Verdict.Absent, Verdict.Present, Verdict.Present, Verdict.Present, Verdict.Present],
            after.Select(one => one.Verdict)
        );
        HashSet<string> gone = [.. found[0].Items.Select(item => item.Path[(item.Path.LastIndexOf('/') + 1)..])];
        Assert.Equal(
            before.Where(pair => !gone.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal),
            (await under.DocumentsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(CosmosServices.Sandbox)]
    [OtherCosmosData]
    public async Task ChangedAfterItWasFound_IsDeletedAsItIsNow(string service)
    {
        await using Service under = await StartAsync(service);
        await under.PutAsync(DocumentSandbox.Message("one", "alice", "k"));
        IReadOnlyList<DeviceDataFinding> found = await under.Sink.FindAsync(under.Call, ["alice"], CancellationToken.None);
        JsonObject changed = DocumentSandbox.Message("one", "alice", "k");
        changed["changed"] = true;
        await under.PutAsync(changed);

        IReadOnlyList<ErasureOutcome> outcomes = await under.Sink.EraseAsync(under.Call, found, CancellationToken.None);

        Assert.Empty(under.Reported);
        Assert.Equal(1, outcomes[0].RecordsErased);
        Assert.Empty(await under.DocumentsAsync());
    }

    private async Task<Service> StartAsync(string service)
    {
        if (service == CosmosServices.Other)
        {
            Container container = await other.CreateContainerAsync("/pk");
            HttpMessageHandler handler = await other.NewHandlerAsync();
            var access = new AzureAccess(Cloud.Public with { CreateHandler = () => handler }, _ => new AnyToken());
            return new Service(container, access, "other", null);
        }

        CosmosSession session = await CosmosSession.StartAsync();
        CosmosContainer made = session.Make("documents", DocumentSandbox.Keyed("/pk") with { RangeCount = 2 });
        return new Service(session.Open(made), SandboxAccess.Open(session.Sandbox.Server, new Wire()), session.Account.Name, session);
    }

    /// <summary>A container of one of the services, by Microsoft's client and by the sink.</summary>
    private sealed class Service(Container container, AzureAccess access, string account, CosmosSession? session) : IAsyncDisposable
    {
        public CosmosContainerSink Sink { get; } = new(access, WorldNames.HubName, TimeProvider.System);

        public List<Fault> Reported { get; } = [];

        public SinkCall Call =>
            new(
                new DataLocation
                {
                    Id = "cosmos",
                    Kind = LocationKinds.CosmosContainer,
                    Place = $"{account}/{container.Database.Id}/{container.Id}",
                    Provenance = ["a test"],
                },
                new SinkOptions(4),
                (told, _) =>
                {
                    if (told is FaultEvent reported)
                        Reported.Add(reported.Fault);
                    return ValueTask.CompletedTask;
                }
            );

        public async Task PutAsync(JsonObject document)
        {
            using var content = new MemoryStream(Encoding.UTF8.GetBytes(document.ToJsonString()));
            using ResponseMessage answer = await container.UpsertItemStreamAsync(content, new PartitionKey((string?)document["pk"]));
            answer.EnsureSuccessStatusCode();
        }

        public async Task<Dictionary<string, string>> DocumentsAsync()
        {
            List<JObject> all = await CosmosSession.AllAsync(container.GetItemQueryIterator<JObject>("SELECT * FROM c"));
            return all.ToDictionary(one => one.Value<string>("id")!, one => one.ToString(), StringComparer.Ordinal);
        }

        public ValueTask DisposeAsync()
        {
            access.Dispose();
            return session?.DisposeAsync() ?? ValueTask.CompletedTask;
        }
    }

    private sealed class AnyToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("any", TimeProvider.System.GetUtcNow().AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}

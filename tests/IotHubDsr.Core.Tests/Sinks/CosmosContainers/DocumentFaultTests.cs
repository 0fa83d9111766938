using System.Text.Json.Nodes;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Cosmos;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Sandbox;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Identity;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>What goes wrong while a container is read, and as whom it is read.</summary>
public sealed class DocumentFaultTests
{
    private const string Alice = DocumentSandbox.Alice;

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(408)]
    [InlineData(0)]
    public async Task FailureOfALaterPage_LosesNoDocument_AndCountsNoneTwice(int status)
    {
        await using DocumentSandbox sandbox = await PagedAsync();
        sandbox.Fail(
            new FaultRule
            {
                Method = "POST",
                Skip = 2,
                Times = 2,
                Status = status == 0 ? null : status,
                Reset = status == 0,
                RetryAfterMilliseconds = status == 429 ? 30 : null,
            }
        );

        DeviceDataFinding found = await sandbox.FindOneAsync();
        (_, MemoryTarget target) = await sandbox.ExportAsync(Alice);

        Assert.Equal((Verdict.Present, 40L, 40), (found.Verdict, found.RecordCount, found.Items.Count));
        Assert.Equal(40, target.Records("documents").Select(line => line.GetProperty("id").GetString()).Distinct().Count());
        Assert.Empty(sandbox.Reported);
        Assert.Empty(sandbox.Server.Faults.Pending);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task PageThatNeverComes_CallsNobodyAbsent(int status)
    {
        await using DocumentSandbox sandbox = await PagedAsync();
        sandbox.Fail(
            new FaultRule
            {
                Method = "POST",
                Skip = 3,
                Times = 10_000,
                Status = status,
                RetryAfterMilliseconds = 1,
            }
        );

        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(Alice, "nobody");

        Assert.All(found, one => Assert.Equal(Verdict.Unreachable, one.Verdict));
        Assert.Equal(status == 429 ? "Throttled" : "ServiceFailed", sandbox.Reported.First().Id);
    }

    [Fact]
    public async Task Container_ThatIsNotThere_IsAMissingLocation()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        Assert.True(sandbox.Container.Database.TryRemoveContainer(sandbox.Container));

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => sandbox.FindOneAsync())).Fault;

        Assert.Equal("LocationMissing", fault.Id);
    }

    [Fact]
    public async Task WithoutARoleOfTheDataPlane_TheReadOnlyKeyIsUsed_AndNotShown()
    {
        await using DocumentSandbox sandbox = await PagedAsync();
        Restrict(sandbox, "*/read", "*/readonlykeys/action");

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal(40, found.RecordCount);
        Assert.Contains(sandbox.Server.RequestLog.After(0), request => request.Target.Contains("/readonlykeys", StringComparison.Ordinal));
        AssertNoKeyIsShown(sandbox);
    }

    [Fact]
    public async Task WithoutARoleOfTheDataPlane_DeletingTakesTheAccountsKey()
    {
        await using DocumentSandbox sandbox = await PagedAsync();
        Restrict(sandbox, "*/read", "*/readonlykeys/action", "*/listKeys/action");

        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((40L, null), (outcome.RecordsErased, outcome.Fault));
        AssertNoKeyIsShown(sandbox);
    }

    [Theory]
    [InlineData(true, "*/read")]
    [InlineData(false, "*/read", "*/readonlykeys/action", "*/listKeys/action")]
    public async Task WithoutRoleAndKey_TheRoleThatIsMissingIsNamed(bool allowsKeys, params string[] actions)
    {
        await using DocumentSandbox sandbox = await PagedAsync();
        sandbox.Account.Options = sandbox.Account.Options with { AllowsKeys = allowsKeys };
        Restrict(sandbox, actions);

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => sandbox.FindOneAsync())).Fault;

        Assert.Equal("PermissionMissing", fault.Id);
        Assert.Contains("Cosmos DB Built-in Data Reader", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains(sandbox.Server.World.Names.CosmosId(sandbox.Account.Name), fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(
            allowsKeys,
            sandbox.Server.RequestLog.After(0).Any(request => request.Target.Contains("keys", StringComparison.OrdinalIgnoreCase))
        );
    }

    [Fact]
    public async Task Token_IsForTheAccount_AndGoesToItAlone()
    {
        await using DocumentSandbox sandbox = await PagedAsync();
        var hosts = new HashSet<string>();
        sandbox.Wire.Before = request =>
        {
            lock (hosts)
                hosts.Add(request.RequestUri!.Host);
            return Task.CompletedTask;
        };

        await sandbox.FindOneAsync();

        Assert.Contains($"{sandbox.Account.Name}.documents.azure.com", hosts);
        Assert.All(hosts, host => Assert.Matches(@"^(contoso-cosmos\.documents\.azure\.com|management\.azure\.com|login\..*)$", host));
    }

    [Theory]
    [InlineData("https://contoso-cosmos.documents.azure.com.evil.example/dbs")]
    [InlineData("https://fabrikam-cosmos.documents.azure.com/dbs")]
    [InlineData("http://contoso-cosmos.documents.azure.com:443/dbs")]
    [InlineData("https://contoso-cosmos.documents.azure.com:8443/dbs")]
    public async Task Request_ToAnotherHost_IsNotLetOut(string address)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        var wire = new Wire { Before = _ => throw new InvalidOperationException("It was sent.") };
        using AzureAccess access = SandboxAccess.Open(sandbox.Server, wire);
        using var client = new HttpMessageInvoker(new CosmosHandler(access, access.Cloud.CosmosEndpoint("contoso-cosmos")));
        using var request = new HttpRequestMessage(HttpMethod.Get, address);

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => client.SendAsync(request, CancellationToken.None));

        Assert.Equal("StorageHostNotTrusted", refused.Fault.Id);
    }

    [Theory]
    [InlineData(AzureCloud.AzureCloud, "acc.documents.azure.com")]
    [InlineData(AzureCloud.AzureUSGovernment, "acc.documents.azure.us")]
    [InlineData(AzureCloud.AzureChinaCloud, "acc.documents.azure.cn")]
    public void Endpoint_IsOfTheConnectionsCloud(AzureCloud cloud, string host) =>
        Assert.Equal(host, Cloud.Of(cloud).CosmosEndpoint("acc").Host);

    [Fact]
    public async Task Pages_WhileOthersWrite_MissNothingThatWasThere()
    {
        await using DocumentSandbox sandbox = await PagedAsync();
        int n = 0;
        sandbox.Wire.Before = request =>
        {
            if (request.Method == HttpMethod.Post)
            {
                JsonObject more = DocumentSandbox.Message($"more-{Interlocked.Increment(ref n)}", "carol");
                sandbox.Put(more);
            }

            return Task.CompletedTask;
        };

        Assert.Equal(40, (await sandbox.FindOneAsync()).RecordCount);
    }

    private static async Task<DocumentSandbox> PagedAsync()
    {
        DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Server.World.Cosmos.PageSizeCap = 3;
        for (int n = 0; n < 40; n++)
        {
            sandbox.Put(DocumentSandbox.Message($"alice-{n}", Alice, $"k{n}"));
            sandbox.Put(DocumentSandbox.Message($"bob-{n}", DocumentSandbox.Bob, $"k{n}"));
        }

        return sandbox;
    }

    private static void Restrict(DocumentSandbox sandbox, params string[] actions) =>
        sandbox.Server.Access.Assignments = [
            new RoleAssignment(sandbox.Server.World.Names.Subscription, new RoleDefinition { Actions = [.. actions] }),
        ];

    private static void AssertNoKeyIsShown(DocumentSandbox sandbox)
    {
        foreach (byte[] key in sandbox.Account.Keys.Concat(sandbox.Account.ReadOnlyKeys))
        {
            string text = Convert.ToBase64String(key);
            Assert.DoesNotContain(sandbox.Events, told => told.ToString()!.Contains(text, StringComparison.Ordinal));
        }
    }
}

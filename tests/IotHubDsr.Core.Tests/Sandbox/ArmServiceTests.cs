using System.Net;
using System.Text.Json.Nodes;

namespace IotHubDsr.Core.Tests.Sandbox;

public class ArmServiceTests
{
    [Fact]
    public async Task Hub_AtTheStableVersion_HidesTheFabricEndpointThatARouteNames()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        JsonNode stable = await ReadAsync(sandbox, $"{sandbox.Descriptor.HubResourceId}?api-version=2023-06-30");
        JsonNode preview = await ReadAsync(sandbox, $"{sandbox.Descriptor.HubResourceId}?api-version=2026-05-01-preview");

        JsonNode routing = stable["properties"]!["routing"]!;
        Assert.Null(routing["endpoints"]!["eventStreams"]);
        Assert.NotNull(routing["endpoints"]!["quantumSinks"]);
        Assert.Contains("fabric-stream", routing["routes"]!.AsArray().Select(route => route!["endpointNames"]![0]!.ToString()));
        Assert.Equal("fabric-stream", preview["properties"]!["routing"]!["endpoints"]!["eventStreams"]![0]!["name"]!.ToString());
    }

    [Fact]
    public async Task Hub_ShowsNoKey()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        string text = (await ReadAsync(sandbox, $"{sandbox.Descriptor.HubResourceId}?api-version=2023-06-30")).ToJsonString();

        Assert.Matches("AccountKey=\\*\\*\\*\\*", text);
        Assert.DoesNotMatch("(AccountKey|SharedAccessKey)=(?!\\*\\*\\*\\*)", text);
        Assert.All(sandbox.Server.World.Policies, policy => Assert.DoesNotContain(policy.PrimaryKey, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/providers/Microsoft.Devices/IotHubs?api-version=2023-06-30", 2)]
    [InlineData("/providers/Microsoft.Storage/storageAccounts?api-version=2023-01-01", 3)]
    [InlineData("{uploads}/blobServices/default/containers?api-version=2023-01-01", 7)]
    [InlineData("{uploads}/blobServices/default/containers?api-version=2023-01-01&$filter=d", 2)]
    [InlineData("{uploads}/blobServices/default/containers?api-version=2023-01-01&$filter=insights-logs-c", 1)]
    [InlineData("/providers/Microsoft.Devices/provisioningServices?api-version=2022-12-12", 2)]
    [InlineData("/providers/Microsoft.EventGrid/systemTopics?api-version=2022-06-15", 2)]
    [InlineData("{hub}/providers/Microsoft.EventGrid/eventSubscriptions?api-version=2022-06-15", 3)]
    [InlineData("{hub}/routingEndpointsHealth?api-version=2023-06-30", 9)]
    [InlineData("{hub}/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview", 3)]
    public async Task List_FollowedToTheEnd_HasAllItems(string path, int count)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string uploads = sandbox.Server.World.Names.StorageId("contosouploads");
        string start = path.StartsWith('{')
            ? path.Replace("{hub}", sandbox.Descriptor.HubResourceId, StringComparison.Ordinal)
                .Replace("{uploads}", uploads, StringComparison.Ordinal)
            : $"/subscriptions/{sandbox.Descriptor.SubscriptionId}{path}";

        Assert.Equal(count, (await ListAsync(sandbox, start)).Count);
    }

    [Fact]
    public async Task EventSubscriptions_OfBothForms_ShareOne()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string subscription = $"/subscriptions/{sandbox.Descriptor.SubscriptionId}";
        List<JsonNode> extension = await ListAsync(
            sandbox,
            $"{sandbox.Descriptor.HubResourceId}/providers/Microsoft.EventGrid/eventSubscriptions?api-version=2022-06-15"
        );
        List<JsonNode> topics = await ListAsync(
            sandbox,
            $"{subscription}/providers/Microsoft.EventGrid/systemTopics?api-version=2022-06-15"
        );
        JsonNode topic = topics.Single(topic =>
            sandbox.Descriptor.HubResourceId.Equals(topic["properties"]!["source"]!.ToString(), StringComparison.OrdinalIgnoreCase)
        );
        List<JsonNode> system = await ListAsync(sandbox, $"{topic["id"]}/eventSubscriptions?api-version=2022-06-15");

        Assert.Equal(["to-eventhub"], extension.Select(Name).Intersect(system.Select(Name)));

        static string Name(JsonNode node) => node["name"]!.ToString();
    }

    [Fact]
    public async Task Get_IgnoresTheCaseOfThePath()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        JsonNode hub = await ReadAsync(sandbox, $"{sandbox.Descriptor.HubResourceId.ToUpperInvariant()}?api-version=2023-06-30");

        Assert.Equal("contoso-hub", hub["name"]!.ToString());
    }

    [Theory]
    [InlineData("?api-version=2099-01-01", HttpStatusCode.BadRequest, "NoRegisteredProviderFound")]
    [InlineData("", HttpStatusCode.BadRequest, "MissingApiVersionParameter")]
    public async Task Get_WithoutAKnownVersion_IsRefusedByResourceManager(string query, HttpStatusCode status, string code)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.ArmAsync("GET", $"{sandbox.Descriptor.HubResourceId}{query}");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, (await SandboxSession.JsonOf(response))["error"]!["code"]!.ToString());
    }

    [Fact]
    public async Task Get_MissingResource_HasTheErrorShapeOfItsProvider()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string group = $"/subscriptions/{sandbox.Descriptor.SubscriptionId}/resourceGroups/rg-data/providers";

        using HttpResponseMessage hub = await sandbox.ArmAsync("GET", $"{group}/Microsoft.Devices/IotHubs/none?api-version=2023-06-30");
        using HttpResponseMessage account = await sandbox.ArmAsync(
            "GET",
            $"{group}/Microsoft.Storage/storageAccounts/none?api-version=2023-01-01"
        );

        Assert.Equal("ResourceNotFound", (await SandboxSession.JsonOf(hub))["code"]!.ToString());
        Assert.Equal("ResourceNotFound", (await SandboxSession.JsonOf(account))["error"]!["code"]!.ToString());
    }

    [Theory]
    [InlineData("GET", "{hub}/quotaMetrics")]
    [InlineData("DELETE", "{hub}")]
    [InlineData("GET", "{group}/Microsoft.Devices/provisioningServices")]
    [InlineData("GET", "{group}/Microsoft.Compute/virtualMachines/vm")]
    [InlineData("GET", "{group}/Microsoft.Storage/storageAccounts/contosorouted/managementPolicies/default")]
    public async Task Request_ThatIsNotSimulated_IsA501InTheSandboxsOwnWords(string method, string path)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string group = $"/subscriptions/{sandbox.Descriptor.SubscriptionId}/resourceGroups/rg-data/providers";
        string version = path.Contains("Storage", StringComparison.Ordinal) ? "2023-01-01" : "2023-06-30";
        version = path.Contains("provisioning", StringComparison.Ordinal) ? "2022-12-12" : version;
        path = path.Replace("{hub}", sandbox.Descriptor.HubResourceId, StringComparison.Ordinal)
            .Replace("{group}", group, StringComparison.Ordinal);

        using HttpResponseMessage response = await sandbox.ArmAsync(method, $"{path}?api-version={version}");

        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Contains("Not simulated by the sandbox: ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contosorouted.table.core.windows.net")]
    [InlineData("contoso-cosmos.table.cosmos.azure.com")]
    public async Task Host_ThatIsNotSimulated_IsA501InTheSandboxsOwnWords(string host)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.SendAsync("GET", $"https://{host}/", null);

        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.StartsWith("Not simulated by the sandbox: ", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denied_Resource_IsForbiddenByItselfAndMissingInLists()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string account = sandbox.Server.World.Names.StorageId("contosoarchive");
        using HttpResponseMessage changed = await sandbox.ControlAsync(
            "POST",
            "access",
            new JsonObject { ["deny"] = new JsonArray($"arm:{account}") }
        );

        using HttpResponseMessage direct = await sandbox.ArmAsync("GET", $"{account}/blobServices/default?api-version=2023-01-01");
        string subscription = $"/subscriptions/{sandbox.Descriptor.SubscriptionId}";
        List<JsonNode> listed = await ListAsync(
            sandbox,
            $"{subscription}/providers/Microsoft.Storage/storageAccounts?api-version=2023-01-01"
        );

        Assert.Equal(HttpStatusCode.Forbidden, direct.StatusCode);
        Assert.Equal("AuthorizationFailed", (await SandboxSession.JsonOf(direct))["error"]!["code"]!.ToString());
        Assert.DoesNotContain("contosoarchive", listed.Select(item => item["name"]!.ToString()));
    }

    [Fact]
    public async Task Storage_TellsWhatTheAccountKeeps()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        JsonNode archive = await ReadAsync(
            sandbox,
            $"{sandbox.Server.World.Names.StorageId("contosoarchive")}/blobServices/default?api-version=2023-01-01"
        );
        string routed = $"{sandbox.Server.World.Names.StorageId("contosorouted")}/blobServices/default";
        JsonNode container = await ReadAsync(sandbox, $"{routed}/containers/raw-json?api-version=2023-01-01");

        Assert.True(archive["properties"]!["isVersioningEnabled"]!.GetValue<bool>());
        Assert.Equal(14, archive["properties"]!["deleteRetentionPolicy"]!["days"]!.GetValue<int>());
        Assert.False(container["properties"]!["hasLegalHold"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Containers_AreListedInPagesThatSayWhichIsProtected()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string containers = $"{sandbox.Server.World.Names.StorageId("contosouploads")}/blobServices/default/containers";
        await ProtectAsync(sandbox, "insights-logs-connections", new JsonObject { ["days"] = 30 });

        JsonNode first = await ReadAsync(sandbox, $"{containers}?api-version=2023-01-01");
        List<JsonNode> all = await ListAsync(sandbox, $"{containers}?api-version=2023-01-01");

        Assert.NotNull(first["nextLink"]);
        Assert.Equal(
            [
                "am-azurediagnostics",
                "dead-letters",
                "device-uploads",
                "exports",
                "insights-logs-connections",
                "insights-logs-deviceidentityoperations",
                "insights-logs-twinqueries",
            ],
            all.Select(item => item["name"]!.ToString())
        );
        JsonNode held = Assert.Single(all, item => item["properties"]!["hasImmutabilityPolicy"]!.GetValue<bool>());
        Assert.Equal($"{containers}/insights-logs-connections", held["id"]!.ToString());
    }

    [Fact]
    public async Task Container_ThatIsProtected_SaysForHowLongAndWhy()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string container = $"{sandbox.Server.World.Names.StorageId("contosouploads")}/blobServices/default/containers/dead-letters";
        JsonNode free = await ReadAsync(sandbox, $"{container}?api-version=2023-01-01");
        await ProtectAsync(
            sandbox,
            "dead-letters",
            new JsonObject
            {
                ["days"] = 30,
                ["locked"] = false,
                ["allowAppends"] = true,
                ["legalHolds"] = new JsonArray("case-7", "case-8"),
            }
        );

        JsonNode properties = (await ReadAsync(sandbox, $"{container}?api-version=2023-01-01"))["properties"]!;

        Assert.Null(free["properties"]!["immutabilityPolicy"]);
        Assert.Null(free["properties"]!["legalHold"]);
        JsonNode policy = properties["immutabilityPolicy"]!;
        Assert.False(string.IsNullOrEmpty(policy["etag"]!.ToString()));
        Assert.Equal(30, policy["properties"]!["immutabilityPeriodSinceCreationInDays"]!.GetValue<int>());
        Assert.Equal("Unlocked", policy["properties"]!["state"]!.ToString());
        Assert.True(policy["properties"]!["allowProtectedAppendWrites"]!.GetValue<bool>());
        Assert.Equal(["case-7", "case-8"], properties["legalHold"]!["tags"]!.AsArray().Select(tag => tag!["tag"]!.ToString()));
        Assert.True(properties["hasLegalHold"]!.GetValue<bool>() && properties["legalHold"]!["hasLegalHold"]!.GetValue<bool>());

        await ProtectAsync(sandbox, "dead-letters", []);
        Assert.True(JsonNode.DeepEquals(free, await ReadAsync(sandbox, $"{container}?api-version=2023-01-01")));
    }

    [Theory]
    [InlineData("contosouploads/absent", 30)]
    [InlineData("contosouploads/dead-letters", -1)]
    [InlineData("contosouploads/dead-letters", 146_001)]
    public async Task Protection_ThatMakesNoSense_IsRefused(string container, int days)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        using HttpResponseMessage response = await sandbox.ControlAsync(
            "POST",
            $"policies/{container}",
            new JsonObject { ["days"] = days }
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task ListKeys_IsNotLoggedAsMutating()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.ArmAsync(
            "POST",
            $"{sandbox.Descriptor.HubResourceId}/listkeys?api-version=2023-06-30"
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(Assert.Single(sandbox.Server.RequestLog.After(0)).Mutating);
    }

    private static async Task ProtectAsync(SandboxSession sandbox, string container, JsonObject policy)
    {
        using HttpResponseMessage response = await sandbox.ControlAsync("POST", $"policies/contosouploads/{container}", policy);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    private static async Task<JsonNode> ReadAsync(SandboxSession sandbox, string path)
    {
        using HttpResponseMessage response = await sandbox.ArmAsync("GET", path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await SandboxSession.JsonOf(response);
    }

    private static async Task<List<JsonNode>> ListAsync(SandboxSession sandbox, string path)
    {
        var items = new List<JsonNode>();
        for (string? next = path; next is not null; )
        {
            JsonNode page = await ReadAsync(sandbox, next);
            items.AddRange(page["value"]!.AsArray().Select(item => item!));
            next = page["nextLink"] is { } link ? new Uri(link.ToString()).PathAndQuery : null;
        }

        return items;
    }
}

using System.Net;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Core.Tests.Sandbox;

public class SandboxFaultTests
{
    [Fact]
    public async Task Fault_WithSkipAndTimes_HitsExactlyThoseRequests()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        await AddAsync(
            sandbox,
            new JsonObject
            {
                ["service"] = "hub",
                ["skip"] = 1,
                ["times"] = 2,
                ["status"] = 503,
                ["retryAfterSeconds"] = 9,
            }
        );

        var statuses = new List<HttpStatusCode>();
        for (int request = 0; request < 4; request++)
        {
            using HttpResponseMessage response = await sandbox.HubAsync("GET", "/devices/dev1");
            statuses.Add(response.StatusCode);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                Assert.Equal(TimeSpan.FromSeconds(9), response.Headers.RetryAfter!.Delta);
                Assert.Equal("ServiceUnavailable", response.Headers.GetValues("iothub-errorcode").Single());
            }
        }

        Assert.Equal([200, 503, 503, 200], statuses.Select(status => (int)status));
    }

    [Fact]
    public async Task Fault_Reset_HasNoEffectAndIsLoggedWithoutStatus()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        await AddAsync(sandbox, new JsonObject { ["method"] = "DELETE", ["reset"] = true });

        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.HubAsync("DELETE", "/devices/dev1", null, ("If-Match", "*")));

        Assert.NotNull(sandbox.Server.World.Registry.Find("dev1"));
        LoggedRequest logged = Assert.Single(sandbox.Server.RequestLog.After(0));
        Assert.True(logged is { Status: 0, Mutating: true, Method: "DELETE" });
    }

    [Fact]
    public async Task Fault_ResetDuringUpload_LeavesTheOldBlob()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        Assert.True(sandbox.Server.World.Blobs.GetOrAddAccount("contosorouted").TryGetContainer("raw-json", out BlobContainer? container));
        BlobSnapshotInfo before = container.List()[0];
        await AddAsync(
            sandbox,
            new JsonObject
            {
                ["service"] = "blob",
                ["method"] = "PUT",
                ["resetAfterBytes"] = 100_000,
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Put, $"https://contosorouted.blob.core.windows.net/raw-json/{before.Name}")
        {
            Content = new ByteArrayContent(new byte[4_000_000]),
        };
        request.Headers.Add("Authorization", sandbox.Bearer(SandboxSession.StorageAudience));
        request.Headers.Add("x-ms-version", "2023-11-03");
        request.Headers.Add("x-ms-blob-type", "BlockBlob");

        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.Http.SendAsync(request));

        Assert.Equal(before.ETag, container.List()[0].ETag);
        Assert.Equal(before.Content.ToArray(), container.List()[0].Content.ToArray());
    }

    [Fact]
    public async Task Fault_ResetDuringDownload_DeliversThePartAndBreaksOff()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        await AddAsync(sandbox, new JsonObject { ["service"] = "hub", ["resetAfterBytes"] = 10 });
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"https://{sandbox.Descriptor.HubHostName}/devices/dev1?api-version=2021-04-12"
        );
        request.Headers.Add("Authorization", sandbox.Bearer(SandboxSession.HubAudience));

        using HttpResponseMessage response = await sandbox.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[100];
        int read = await body.ReadAsync(buffer);

        Assert.Equal(10, read);
        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(buffer));
    }

    [Fact]
    public async Task Fault_Truncate_LooksLikeACompleteResponse()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        await AddAsync(sandbox, new JsonObject { ["service"] = "arm", ["truncateAfterBytes"] = 40 });

        using HttpResponseMessage response = await sandbox.ArmAsync("GET", $"{sandbox.Descriptor.HubResourceId}?api-version=2023-06-30");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(40, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Access_DeniedContainer_IsForbiddenAndItsNeighbourIsNot()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        sandbox.Server.Access.Denied = ["blob:contosorouted/raw-json"];

        using HttpResponseMessage denied = await sandbox.BlobAsync("GET", "contosorouted", "/raw-json?restype=container&comp=list");
        using HttpResponseMessage allowed = await sandbox.BlobAsync("GET", "contosorouted", "/raw-avro?restype=container&comp=list");

        Assert.Equal("AuthorizationPermissionMismatch", denied.Headers.GetValues("x-ms-error-code").Single());
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Fact]
    public async Task Control_WithoutTheKey_IsRefused()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.Http.GetAsync("https://localhost/sandbox/world");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Control_PlantedBlob_IsListedAndReadBack()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        using var request = new HttpRequestMessage(
            HttpMethod.Put,
            "https://127.0.0.1/sandbox/blobs/contosorouted/raw-json/odd%2520name/a%2Fb"
        )
        {
            Content = new ByteArrayContent("not avro"u8.ToArray()),
        };
        request.Headers.Add("x-sandbox-key", sandbox.Descriptor.ControlKey);

        using HttpResponseMessage planted = await sandbox.Http.SendAsync(request);
        using HttpResponseMessage list = await sandbox.ControlAsync("GET", "blobs/contosorouted/raw-json");
        using HttpResponseMessage read = await sandbox.ControlAsync("GET", "blobs/contosorouted/raw-json/odd%2520name/a/b");

        Assert.Equal(HttpStatusCode.Created, planted.StatusCode);
        Assert.Contains("odd%20name/a/b", (await SandboxSession.JsonOf(list)).AsArray().Select(blob => blob!["name"]!.ToString()));
        Assert.Equal("not avro", await read.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Control_AppendedBlob_GrowsByABlock()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        BlobContainer container = sandbox
            .Server.World.Blobs.GetOrAddAccount("contosouploads")
            .GetOrAddContainer("insights-logs-connections");
        BlobSnapshotInfo before = container.List().First(blob => blob.Name.Contains("/CONTOSO-HUB/", StringComparison.Ordinal));
        foreach (string name in (string[])[before.Name, "new"])
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Put,
                $"https://127.0.0.1/sandbox/blobs/contosouploads/insights-logs-connections/{Uri.EscapeDataString(name)}"
            )
            {
                Content = new ByteArrayContent("late\n"u8.ToArray()),
            };
            request.Headers.Add("x-sandbox-key", sandbox.Descriptor.ControlKey);
            request.Headers.Add("x-sandbox-append", "true");
            using HttpResponseMessage appended = await sandbox.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Created, appended.StatusCode);
        }

        Assert.True(container.TryGetEntry(before.Name, out BlobEntry? grown) && container.TryGetEntry("new", out _));
        Assert.Equal((before.Length + 5, 4), (grown.Current!.Content.Length, grown.Current.AppendedBlocks));
        Assert.Equal("late\n"u8.ToArray(), container.List("new")[0].Content.ToArray());
    }

    [Theory]
    [InlineData("status", 503)]
    [InlineData("reset", 0)]
    public async Task Fault_OnACopy_LeavesTheTarget(string kind, int status)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount("contosorouted").GetOrAddContainer("raw-json");
        container.Put("source", "new"u8.ToArray());
        container.Put("target", "old"u8.ToArray());
        var rule = new JsonObject
        {
            ["service"] = "blob",
            ["method"] = "PUT",
            ["pathContains"] = "target",
        };
        rule[kind] = kind == "status" ? status : true;
        await AddAsync(sandbox, rule);
        Func<Task<HttpResponseMessage>> copying = () =>
            sandbox.SendAsync(
                "PUT",
                "https://contosorouted.blob.core.windows.net/raw-json/target",
                sandbox.Bearer(SandboxSession.StorageAudience),
                null,
                ("x-ms-version", "2024-08-04"),
                ("x-ms-copy-source", "https://contosorouted.blob.core.windows.net/raw-json/source")
            );

        if (status == 0)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(copying);
        }
        else
        {
            using HttpResponseMessage refused = await copying();
            Assert.Equal(status, (int)refused.StatusCode);
        }

        Assert.Equal("old"u8.ToArray(), container.List("target")[0].Content.ToArray());
        using HttpResponseMessage copied = await copying();
        Assert.Equal("new"u8.ToArray(), container.List("target")[0].Content.ToArray());
    }

    private static async Task AddAsync(SandboxSession sandbox, JsonObject rule)
    {
        using HttpResponseMessage response = await sandbox.ControlAsync("POST", "faults", rule);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}

using System.Text.Json.Nodes;
using IotHubDsr.Sandbox;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sandbox;

public class SandboxControlTests
{
    [Fact]
    public async Task Copies_OfABlob_HaveItsContentAndTimeAndAreHeldOnce()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        BlobContainer container = sandbox.Server.World.Blobs.GetOrAddAccount(WorldNames.PlainAccount).GetOrAddContainer("raw-avro");
        var written = new DateTimeOffset(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
        container.Put("a", new byte[] { 1, 2, 3 }, new BlobSeed { LastModified = written });

        HttpResponseMessage response = await sandbox.ControlAsync(
            "POST",
            $"copies/{WorldNames.PlainAccount}/raw-avro",
            new JsonObject { ["source"] = "a", ["names"] = new JsonArray("b/1", "c") }
        );

        Assert.True(response.IsSuccessStatusCode);
        IReadOnlyList<BlobSnapshotInfo> blobs = container.List();
        Assert.Equal(["a", "b/1", "c"], blobs.Select(blob => blob.Name));
        Assert.Equal(3, blobs.Select(blob => blob.ETag).Distinct().Count());
        Assert.Single(blobs.Select(blob => blob.Stored.Segments.Single()).Distinct());
        Assert.True(container.TryGetEntry("c", out BlobEntry? entry));
        Assert.Equal(written, entry.Current!.LastModified);
    }

    [Fact]
    public async Task Hub_AfterABulkCall_HasCountedItsDevices()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        await sandbox.HubAsync("GET", "/devices/dev1");
        await sandbox.HubAsync("GET", "/twins/dev1");

        await sandbox.HubAsync("POST", "/devices", new JsonArray(Deletion("dev1"), Deletion("dev2")));

        JsonNode operations = (await SandboxSession.JsonOf(await sandbox.ControlAsync("GET", "hub")))["operations"]!;
        Assert.Equal(3, operations["Registry"]!.GetValue<long>());
        Assert.Equal(1, operations["TwinRead"]!.GetValue<long>());
    }

    [Fact]
    public async Task World_WithoutData_HasDevicesAndEmptyContainers()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync(new SandboxOptions { HasData = false });
        SandboxWorld world = sandbox.Server.World;

        Assert.Contains("dev1", world.Truth.Devices);
        Assert.Empty(world.Truth.Containers);
        foreach (StorageEndpoint endpoint in world.Routing.Storage)
        {
            Assert.True(world.Blobs.GetOrAddAccount(endpoint.Account).TryGetContainer(endpoint.Container, out BlobContainer? container));
            Assert.Empty(container.List(includeOld: true));
        }
    }

    private static JsonObject Deletion(string id) => new() { ["id"] = id, ["importMode"] = "delete" };
}

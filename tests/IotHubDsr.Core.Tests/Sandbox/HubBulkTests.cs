using System.Net;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>Bulk calls of the hub: many devices at once, each with an outcome of its own.</summary>
public class HubBulkTests
{
    [Theory]
    [InlineData("createOrUpdate")]
    [InlineData("CreateOrUpdate")]
    public async Task Bulk_Upsert_TakesModuleKeysThumbprintsAndTwin(string mode)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string thumbprint = new string('A', 40);
        JsonObject Entry(string id, JsonObject more)
        {
            more["id"] = id;
            more["importMode"] = mode;
            return more;
        }

        JsonArray entries =
        [
            Entry(
                "dev2",
                new()
                {
                    ["authentication"] = new JsonObject { ["x509Thumbprint"] = new JsonObject { ["primaryThumbprint"] = thumbprint } },
                    ["tags"] = new JsonObject { ["a"] = "1" },
                }
            ),
            Entry("dev1", new() { ["moduleId"] = "tracker", ["managedBy"] = "somebody" }),
            Entry("edge-9", new() { ["capabilities"] = new JsonObject { ["iotEdge"] = true } }),
        ];

        using HttpResponseMessage response = await sandbox.HubAsync("POST", "/devices", entries);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        HubRegistry registry = sandbox.Server.World.Registry;
        HubIdentity device = registry.Device("dev2");
        Assert.Equal(("selfSigned", thumbprint), (device.Authentication.Type, device.Authentication.PrimaryThumbprint));
        Assert.Equal("""{"a":"1"}""", device.Twin.Tags.ToJsonString());
        Assert.Equal("somebody", registry.Module("dev1", "tracker").ManagedBy);
        Assert.NotEmpty(registry.Module("dev1", "tracker").Authentication.PrimaryKey!);
        Assert.Equal(["$edgeAgent", "$edgeHub"], registry.Device("edge-9").Modules.Keys);
    }

    [Fact]
    public async Task Bulk_TwinBeyondItsLimits_IsAnErrorOfItsEntryAndChangesNothing()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var tags = new JsonObject { ["big"] = new string('x', 4096), ["bigger"] = new string('y', 4096) };
        string before = sandbox.Server.World.Registry.Device("dev1").Twin.Tags.ToJsonString();

        using HttpResponseMessage response = await sandbox.HubAsync(
            "POST",
            "/devices",
            new JsonArray(
                new JsonObject
                {
                    ["id"] = "dev1",
                    ["importMode"] = "update",
                    ["status"] = "disabled",
                    ["tags"] = tags,
                },
                new JsonObject
                {
                    ["id"] = "new-1",
                    ["importMode"] = "create",
                    ["tags"] = tags.DeepClone(),
                }
            )
        );

        JsonArray errors = (await SandboxSession.JsonOf(response))["errors"]!.AsArray();
        Assert.Equal(["dev1:400004", "new-1:400004"], errors.Select(error => $"{error!["deviceId"]}:{error["errorCode"]}"));
        Assert.Equal("enabled", sandbox.Server.World.Registry.Device("dev1").Status);
        Assert.Null(sandbox.Server.World.Registry.Find("new-1"));
        Assert.Equal(before, sandbox.Server.World.Registry.Device("dev1").Twin.Tags.ToJsonString());
    }

    [Fact]
    public async Task Bulk_PartialFailure_IsA400WhoseBodySaysWhatFailed()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        JsonArray entries =
        [
            new JsonObject { ["id"] = "dev1", ["importMode"] = "delete" },
            new JsonObject { ["id"] = "nobody", ["importMode"] = "delete" },
            new JsonObject
            {
                ["id"] = "dev2",
                ["importMode"] = "deleteIfMatchETag",
                ["eTag"] = "c3RhbGU=",
            },
        ];

        using HttpResponseMessage response = await sandbox.HubAsync("POST", "/devices", entries);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonArray errors = (await SandboxSession.JsonOf(response))["errors"]!.AsArray();
        Assert.Equal(["nobody:404001", "dev2:412001"], errors.Select(error => $"{error!["deviceId"]}:{error["errorCode"]}"));
        Assert.DoesNotContain("dev1", sandbox.Server.World.Registry.Devices.Select(device => device.DeviceId));
        Assert.Contains("dev2", sandbox.Server.World.Registry.Devices.Select(device => device.DeviceId));
    }

    [Fact]
    public async Task Bulk_SameDeviceTwice_ChangesNothing()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var entry = new JsonObject { ["id"] = "dev1", ["importMode"] = "delete" };
        JsonArray entries = [entry, entry.DeepClone()];

        using HttpResponseMessage response = await sandbox.HubAsync("POST", "/devices", entries);

        Assert.Equal("DeviceDefinedMultipleTimes", response.Headers.GetValues("iothub-errorcode").Single());
        Assert.NotNull(sandbox.Server.World.Registry.Find("dev1"));
    }

    [Fact]
    public async Task Throttle_OfASmallHub_CountsTheDevicesOfABulkCallAndSaysHowLongToWait()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        sandbox.Server.World.Throttle.Configure("S1", 1);
        IEnumerable<JsonObject> devices = Enumerable
            .Range(0, 100)
            .Select(number => new JsonObject { ["id"] = $"new-{number}", ["status"] = "enabled" });
        var entries = new JsonArray([.. devices]);

        using HttpResponseMessage bulk = await sandbox.HubAsync("POST", "/devices", entries);
        using HttpResponseMessage throttled = await sandbox.HubAsync("GET", "/devices/dev1");
        sandbox.Server.World.Clock.Advance(TimeSpan.FromMinutes(1));
        using HttpResponseMessage later = await sandbox.HubAsync("GET", "/devices/dev1");

        Assert.Equal(HttpStatusCode.OK, bulk.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, throttled.StatusCode);
        Assert.Matches("Wait [0-9]+ seconds", (await SandboxSession.JsonOf(throttled))["Message"]!.ToString());
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }
}

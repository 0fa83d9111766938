using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Sandbox.Storage;

namespace IotHubDsr.Core.Tests.Sandbox;

public class HubServiceTests
{
    [Fact]
    public async Task Get_EveryDeviceOfTheWorld_IsFoundByItsEncodedId()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        foreach (string id in sandbox.Server.World.Truth.Devices)
        {
            using HttpResponseMessage response = await sandbox.HubAsync("GET", $"/devices/{Uri.EscapeDataString(id)}");
            Assert.Equal(id, (await SandboxSession.JsonOf(response))["deviceId"]!.ToString());
        }
    }

    [Fact]
    public async Task Get_DoublyEncodedId_IsAnotherDevice()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.HubAsync(
            "GET",
            $"/devices/{Uri.EscapeDataString(Uri.EscapeDataString("100%"))}"
        );

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Get_UnknownDevice_IsNamedInTheMessage()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.HubAsync("GET", "/devices/DEV1");

        Assert.Equal("DeviceNotFound", response.Headers.GetValues("iothub-errorcode").Single());
        Assert.Equal("ErrorCode:DeviceNotFound;DEV1", (await SandboxSession.JsonOf(response))["Message"]!.ToString());
    }

    [Fact]
    public async Task Put_BadArgument_AnswersWithJsonInsideTheMessage()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.HubAsync("PUT", "/devices/a", new JsonObject { ["deviceId"] = "b" });

        Assert.Equal("ArgumentInvalid", response.Headers.GetValues("iothub-errorcode").Single());
        JsonNode message = JsonNode.Parse((await SandboxSession.JsonOf(response))["Message"]!.ToString())!;
        Assert.Equal(400004, message["errorCode"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("DELETE", "/jobs/1")]
    [InlineData("PUT", "/configurations/c")]
    [InlineData("POST", "/messages/deviceBound")]
    public async Task Operation_ThatIsNotSimulated_IsA501InTheSandboxsOwnWords(string method, string path)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.HubAsync(method, path);

        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        Assert.Equal(
            $"ErrorCode:NotSimulated;Not simulated by the sandbox: the operation {method} {path}.",
            (await SandboxSession.JsonOf(response))["Message"]!.ToString()
        );
    }

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
    public async Task Get_UnknownHub_IsUnauthorizedAndSaysThatTheHubIsMissing()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.SendAsync(
            "GET",
            "https://other.azure-devices.net/devices/dev1?api-version=2021-04-12",
            sandbox.Bearer(SandboxSession.HubAudience)
        );

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Matches("^ErrorCode:IotHubNotFound;", (await SandboxSession.JsonOf(response))["Message"]!.ToString());
    }

    [Fact]
    public async Task Delete_WithTheTwinsETag_FailsAndKeepsTheDevice()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        using HttpResponseMessage twin = await sandbox.HubAsync("GET", "/twins/dev1");
        JsonNode document = await SandboxSession.JsonOf(twin);

        using HttpResponseMessage wrong = await sandbox.HubAsync("DELETE", "/devices/dev1", null, ("If-Match", $"\"{document["etag"]}\""));
        using HttpResponseMessage missing = await sandbox.HubAsync("DELETE", "/devices/dev1");
        using HttpResponseMessage kept = await sandbox.HubAsync("GET", "/devices/dev1");
        using HttpResponseMessage right = await sandbox.HubAsync(
            "DELETE",
            "/devices/dev1",
            null,
            ("If-Match", $"\"{document["deviceEtag"]}\"")
        );

        Assert.Equal(HttpStatusCode.PreconditionFailed, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
    }

    [Fact]
    public async Task Delete_RemovesTwinAndModulesOfThatDeviceOnly()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage deleted = await sandbox.HubAsync("DELETE", "/devices/dev1", null, ("If-Match", "\"*\""));

        foreach (string path in (string[])["/twins/dev1", "/devices/dev1/modules", "/twins/dev1/modules/tracker"])
        {
            using HttpResponseMessage response = await sandbox.HubAsync("GET", path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using HttpResponseMessage lookAlike = await sandbox.HubAsync("GET", "/twins/Dev1");
        Assert.Equal(HttpStatusCode.OK, lookAlike.StatusCode);
    }

    [Fact]
    public async Task Put_WithStaleETag_FailsAfterAnotherUpdate()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        using HttpResponseMessage read = await sandbox.HubAsync("GET", "/devices/dev1");
        JsonNode device = await SandboxSession.JsonOf(read);
        device["status"] = "disabled";
        (string, string) condition = ("If-Match", $"\"{device["etag"]}\"");

        using HttpResponseMessage first = await sandbox.HubAsync("PUT", "/devices/dev1", device, condition);
        using HttpResponseMessage second = await sandbox.HubAsync("PUT", "/devices/dev1", device, condition);

        Assert.Equal("disabled", (await SandboxSession.JsonOf(first))["status"]!.ToString());
        Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
    }

    [Fact]
    public async Task Purge_ReturnsTheCountOnce()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage first = await sandbox.HubAsync("DELETE", "/devices/dev1/commands");
        using HttpResponseMessage second = await sandbox.HubAsync("DELETE", "/devices/dev1/commands");

        Assert.Equal(3, (await SandboxSession.JsonOf(first))["totalMessagesPurged"]!.GetValue<int>());
        Assert.Equal(0, (await SandboxSession.JsonOf(second))["totalMessagesPurged"]!.GetValue<int>());
    }

    [Fact]
    public async Task Patch_Twin_MergesAndRemovesByNull()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var patch = new JsonObject
        {
            ["tags"] = new JsonObject { ["owner"] = null, ["room"] = "7" },
        };

        using HttpResponseMessage response = await sandbox.HubAsync("PATCH", "/twins/dev1", patch);

        JsonObject tags = (await SandboxSession.JsonOf(response))["tags"]!.AsObject();
        Assert.Equal(["floor", "room", "site"], tags.Select(tag => tag.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Put_WithAKeyThatIsNone_ChangesNothing()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var keys = new JsonObject { ["primaryKey"] = "none", ["secondaryKey"] = "none" };
        var device = new JsonObject
        {
            ["deviceId"] = "dev1",
            ["status"] = "disabled",
            ["authentication"] = new JsonObject { ["type"] = "sas", ["symmetricKey"] = keys },
        };

        using HttpResponseMessage response = await sandbox.HubAsync("PUT", "/devices/dev1", device, ("If-Match", "*"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("enabled", sandbox.Server.World.Registry.Device("dev1").Status);
    }

    [Theory]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    public async Task Write_TwinWithASectionThatIsNoObject_IsRefused(string method)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.HubAsync(method, "/twins/dev1", new JsonObject { ["tags"] = "text" });

        Assert.Equal("ArgumentInvalid", response.Headers.GetValues("iothub-errorcode").Single());
        Assert.NotEmpty(sandbox.Server.World.Registry.Device("dev1").Twin.Tags);
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

    [Theory]
    [InlineData("registryRead", "GET", "/devices/dev1", HttpStatusCode.OK)]
    [InlineData("registryRead", "DELETE", "/devices/dev1", HttpStatusCode.Unauthorized)]
    [InlineData("registryReadWrite", "DELETE", "/devices/dev1/commands", HttpStatusCode.Unauthorized)]
    [InlineData("service", "DELETE", "/devices/dev1/commands", HttpStatusCode.OK)]
    public async Task Sas_GivesTheRightsOfItsPolicyOnly(string policy, string method, string path, HttpStatusCode expected)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.SendAsync(
            method,
            $"https://{sandbox.Descriptor.HubHostName}{path}?api-version=2021-04-12",
            Sas(sandbox, policy, TimeSpan.FromMinutes(5)),
            null,
            ("If-Match", "*")
        );

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Sas_ExpiredOrForAnotherHub_IsRefused()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string url = $"https://{sandbox.Descriptor.HubHostName}/devices/dev1?api-version=2021-04-12";

        using HttpResponseMessage expired = await sandbox.SendAsync("GET", url, Sas(sandbox, "iothubowner", TimeSpan.FromMinutes(-1)));
        using HttpResponseMessage foreign = await sandbox.SendAsync(
            "GET",
            url,
            Sas(sandbox, "iothubowner", TimeSpan.FromMinutes(5), "other.azure-devices.net")
        );

        Assert.Equal(HttpStatusCode.Unauthorized, expired.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, foreign.StatusCode);
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

    [Theory]
    [InlineData("raw-json", 300)]
    public async Task Delete_LeavesALifecycleMessageInTheArchiveAfterTheBatchFrequency(string container, int seconds)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        Assert.True(sandbox.Server.World.Blobs.GetOrAddAccount("contosorouted").TryGetContainer(container, out BlobContainer? blobs));
        var before = blobs.List().Select(blob => blob.Name).ToHashSet();

        using HttpResponseMessage deleted = await sandbox.HubAsync("DELETE", "/devices/it%27s", null, ("If-Match", "*"));
        using HttpResponseMessage early = await sandbox.ControlAsync("POST", "clock", new JsonObject { ["advanceSeconds"] = seconds - 30 });
        Assert.Equal(before, blobs.List().Select(blob => blob.Name).ToHashSet());
        using HttpResponseMessage due = await sandbox.ControlAsync("POST", "clock", new JsonObject { ["advanceSeconds"] = 31 });

        BlobSnapshotInfo written = Assert.Single(blobs.List(), blob => !before.Contains(blob.Name));
        JsonNode message = JsonNode.Parse(written.Content.Span)!;
        Assert.Equal("deleteDeviceIdentity", message["Properties"]!["opType"]!.ToString());
        Assert.Equal("it's", message["SystemProperties"]!["connectionDeviceId"]!.ToString());
        Assert.NotNull(message["Body"]!["tags"]!["owner"]);
    }

    private static string Sas(SandboxSession sandbox, string policyName, TimeSpan lifetime, string? host = null)
    {
        HubPolicy policy = sandbox.Server.World.Policies.Single(policy => policy.Name == policyName);
        string resource = WebUtility.UrlEncode(host ?? sandbox.Descriptor.HubHostName);
        string expiry = (TimeProvider.System.GetUtcNow() + lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(
            Convert.FromBase64String(policy.PrimaryKey),
            Encoding.UTF8.GetBytes($"{resource}\n{expiry}")
        );
        string encoded = WebUtility.UrlEncode(Convert.ToBase64String(signature));
        return $"SharedAccessSignature sr={resource}&sig={encoded}&se={expiry}&skn={policyName}";
    }
}

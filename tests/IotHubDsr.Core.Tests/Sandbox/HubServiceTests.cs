using System.Net;
using System.Text.Json.Nodes;
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
    [InlineData("DELETE", "/jobs/v2/1")]
    [InlineData("POST", "/devices/a/applyConfigurationContent")]
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
    [InlineData("feedback")]
    [InlineData("filenotifications")]
    public async Task ServiceBound_Message_IsLockedUntilItIsCompletedOrComesAgain(string queue)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string path = $"/messages/serviceBound/{queue}";

        (string first, string token) = await ReceiveAsync();
        using HttpResponseMessage abandoned = await sandbox.HubAsync("POST", $"{path}/{token}/abandon");
        (string again, string next) = await ReceiveAsync();
        using HttpResponseMessage lost = await sandbox.HubAsync("DELETE", $"{path}/{token}");
        using HttpResponseMessage completed = await sandbox.HubAsync("DELETE", $"{path}/{next}");
        List<string> rest = [];
        for (int number = 0; number < 3; number++)
            rest.Add((await ReceiveAsync()).Body);
        using HttpResponseMessage none = await sandbox.HubAsync("GET", path);

        Assert.Contains("dev1", first, StringComparison.Ordinal);
        Assert.Equal(first, again);
        Assert.Equal(
            [HttpStatusCode.NoContent, HttpStatusCode.PreconditionFailed, HttpStatusCode.NoContent, HttpStatusCode.NoContent],
            [abandoned.StatusCode, lost.StatusCode, completed.StatusCode, none.StatusCode]
        );
        Assert.Equal(3, rest.Distinct().Count());
        Assert.DoesNotContain(first, rest);

        async Task<(string Body, string Token)> ReceiveAsync()
        {
            using HttpResponseMessage response = await sandbox.HubAsync("GET", path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return (await response.Content.ReadAsStringAsync(), response.Headers.ETag!.Tag.Trim('"'));
        }
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
}

using System.Net;
using System.Text.Json.Nodes;

namespace IotHubDsr.Core.Tests.Sandbox;

public class TwinQueryTests
{
    [Theory]
    [InlineData("deviceId = 'dev1'", "dev1")]
    [InlineData("deviceId = 'it''s'", "it's")]
    [InlineData(@"deviceId = 'it\'s'", "it's")]
    [InlineData("deviceId IN ['dev1', 'Dev1', 'nobody']", "Dev1,dev1")]
    [InlineData("is_defined(tags.nickname)", "markup")]
    [InlineData("status = 'disabled'", "th-013")]
    [InlineData("status != 'enabled' AND NOT deviceId = 'dev1'", "th-013")]
    [InlineData("NOT tags.nickname = 'x'", "markup")]
    [InlineData("(deviceId = 'dev1' OR deviceId = 'dev2') AND cloudToDeviceMessageCount > 2", "dev1")]
    [InlineData("cloudToDeviceMessageCount >= '3'", "")]
    [InlineData("capabilities.iotEdge = true", "gw-1")]
    [InlineData("properties.reported.battery < 0", "")]
    [InlineData("tags.owner = 'ana.lopez' AND deviceId IN ['dev1', 'Dev1', 'dev10']", "dev1,dev10")]
    [InlineData("startswith(deviceId, 'dev1')", "dev1,dev10")]
    [InlineData("NOT STARTSWITH(tags.nickname, '<')", "")]
    [InlineData("NOT IS_STRING(tags.nickname) AND STARTSWITH(deviceId, 'mark')", "")]
    [InlineData("CONTAINS(deviceId, '%') AND NOT ENDSWITH(deviceId, '%')", "50%25")]
    [InlineData("IS_NULL(statusReason) AND deviceId IN ['dev1', 'th-013']", "dev1")]
    [InlineData("IS_PRIMITIVE(tags.nickname)", "markup")]
    [InlineData("DeviceID = 'dev1'", "dev1")]
    [InlineData("capabilities.iotEdge = TRUE", "gw-1")]
    public async Task Query_Condition_SelectsTheseDevices(string condition, string expected)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        List<JsonNode> rows = await ReadAllAsync(sandbox, $"SELECT * FROM devices WHERE {condition}", 100);

        Assert.Equal(expected, string.Join(',', rows.Select(row => row["deviceId"]!.ToString()).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("SELECT * FROM people")]
    [InlineData("SELECT LOWER(deviceId) FROM devices")]
    [InlineData("SELECT COUNT(), deviceId FROM devices")]
    [InlineData("SELECT TOP 0 * FROM devices")]
    [InlineData("SELECT jobId FROM devices.jobs")]
    [InlineData("SELECT * FROM devices WHERE moduleId = 'tracker'")]
    [InlineData("SELECT * FROM devices WHERE deviceId = 'dev1' GROUP BY status")]
    [InlineData("SELECT * FROM devices WHERE deviceId LIKE 'dev'")]
    [InlineData("SELECT * FROM devices WHERE deviceId = 'dev1")]
    [InlineData("SELECT * FROM devices WHERE owner = 'dev1'")]
    [InlineData("SELECT * FROM devices WHERE")]
    [InlineData("DELETE FROM devices")]
    public async Task Query_OutsideTheLanguage_IsRefused(string query)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.HubAsync("POST", "/devices/query", new JsonObject { ["query"] = query });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("ArgumentInvalid", response.Headers.GetValues("iothub-errorcode").Single());
    }

    [Theory]
    [InlineData("SELECT * FROM devices WHERE UPPER(deviceId) = 'DEV1'", "the function UPPER")]
    [InlineData("SELECT MAX(version) AS newest FROM devices", "the aggregate MAX")]
    [InlineData("SELECT * FROM devices WHERE version = 1 + 1", "arithmetic in a query")]
    [InlineData("SELECT * FROM devices WHERE tags.owner = tags.site", "only literals are compared with")]
    public async Task Query_ThatTheServiceMayKnow_SaysThatTheSandboxDoesNot(string query, string what)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.HubAsync("POST", "/devices/query", new JsonObject { ["query"] = query });

        Assert.Equal(HttpStatusCode.NotImplemented, response.StatusCode);
        string message = (await SandboxSession.JsonOf(response))["Message"]!.ToString();
        Assert.Matches($"^ErrorCode:NotSimulated;Not simulated: the sandbox does not know .*{what}", message);
    }

    [Theory]
    [InlineData("SELECT moduleId FROM devices.modules WHERE deviceId = 'dev1'", """[{"moduleId":"tracker"}]""")]
    [InlineData("SELECT COUNT() AS n FROM devices WHERE deviceId IN ['dev1', 'Dev1']", """[{"n":2}]""")]
    [InlineData("SELECT COUNT() AS n FROM devices WHERE deviceId = 'nobody'", """[{"n":0}]""")]
    [InlineData(
        "SELECT tags.nickname AS who, COUNT() AS n FROM devices WHERE deviceId = 'markup' GROUP BY tags.nickname",
        """[{"who":"<script>alert(1)</script>","n":1}]"""
    )]
    [InlineData("SELECT TOP 1 deviceId FROM devices WHERE STARTSWITH(deviceId, 'dev')", """[{"deviceId":"dev1"}]""")]
    [InlineData(
        "SELECT * FROM devices.jobs WHERE devices.jobs.deviceId = 'dev1' AND jobId = 'j'",
        """[{"deviceId":"dev1","jobId":"j","status":"completed"}]"""
    )]
    public async Task Query_OfACollection_HasTheseRows(string query, string expected)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        foreach (string device in (string[])["dev1", "dev10"])
        {
            sandbox.Server.World.Registry.Jobs.Add(
                new JsonObject
                {
                    ["deviceId"] = device,
                    ["jobId"] = "j",
                    ["status"] = "completed",
                }
            );
        }

        List<JsonNode> rows = await ReadAllAsync(sandbox, query, 100);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), new JsonArray([.. rows.Select(row => row.DeepClone())])));
    }

    [Fact]
    public async Task Query_InPages_HasAnEmptyPageAndReturnsEveryDeviceOnce()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var pages = new List<int>();

        List<JsonNode> rows = await ReadAllAsync(sandbox, "SELECT deviceId, tags.owner AS person FROM devices", 10, pages);

        Assert.Equal(sandbox.Server.World.Truth.Devices, rows.Select(row => row["deviceId"]!.ToString()));
        Assert.All(rows, row => Assert.Equal(2, row.AsObject().Count));
        Assert.Contains(0, pages);
    }

    [Fact]
    public async Task Query_WithTheTokenOfAnotherQuery_IsRefused()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        using HttpResponseMessage first = await sandbox.HubAsync(
            "POST",
            "/devices/query",
            new JsonObject { ["query"] = "SELECT * FROM devices" },
            ("x-ms-max-item-count", "5")
        );
        string token = first.Headers.GetValues("x-ms-continuation").Single();

        using HttpResponseMessage other = await sandbox.HubAsync(
            "POST",
            "/devices/query",
            new JsonObject { ["query"] = "SELECT deviceId FROM devices" },
            ("x-ms-continuation", token)
        );

        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    [Fact]
    public async Task Query_IsNotLoggedAsMutating()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        await ReadAllAsync(sandbox, "SELECT * FROM devices", 1000);

        Assert.All(sandbox.Server.RequestLog.After(0), request => Assert.False(request.Mutating));
    }

    private static async Task<List<JsonNode>> ReadAllAsync(SandboxSession sandbox, string query, int size, List<int>? pages = null)
    {
        var rows = new List<JsonNode>();
        string token = "";
        do
        {
            using HttpResponseMessage response = await sandbox.HubAsync(
                "POST",
                "/devices/query",
                new JsonObject { ["query"] = query },
                ("x-ms-max-item-count", $"{size}"),
                ("x-ms-continuation", token)
            );
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            JsonArray page = (await SandboxSession.JsonOf(response)).AsArray();
            pages?.Add(page.Count);
            rows.AddRange(page.Select(row => row!));
            token = response.Headers.TryGetValues("x-ms-continuation", out IEnumerable<string>? next) ? next.Single() : "";
        } while (token.Length > 0);
        return rows;
    }
}

using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class HubClientReadTests : IDisposable
{
    private const string Identity = """
        {"deviceId":"dev1","generationId":"637","etag":"MTIz","status":"disabled","lastActivityTime":"0001-01-01T00:00:00Z",
         "cloudToDeviceMessageCount":3,"capabilities":{"iotEdge":true},"somethingNew":{"a":[1]}}
        """;

    private readonly ScriptedHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task GetIdentity_Registered_KeepsTheWholeDocument()
    {
        DeviceIdentity? identity = await _hub.Answers(200, Identity).Client().GetIdentityAsync("dev1", CancellationToken.None);

        Assert.NotNull(identity);
        Assert.Equal(
            ("637", "MTIz", 3L, "disabled", true),
            (identity.GenerationId, identity.ETag, identity.CloudToDeviceMessageCount, identity.Status, identity.IsEdge)
        );
        Assert.Null(identity.LastActivityTime);
        Assert.Equal(1, identity.Json.GetProperty("somethingNew").GetProperty("a")[0].GetInt32());
        Assert.Equal(Identity.Trim().Length, identity.Bytes);
        Assert.Equal("/devices/dev1?api-version=2021-04-12", _hub.Requests[0].Target);
    }

    [Fact]
    public async Task GetIdentity_HubSaysDeviceNotFound_IsNull()
    {
        Assert.Null(await _hub.Fails(404001, "DeviceNotFound").Client().GetIdentityAsync("dev1", CancellationToken.None));
        _hub.Answers(404, """{"Message":"ErrorCode:DeviceNotFound;x"}""");
        Assert.Null(await _hub.Client().GetIdentityAsync("dev1", CancellationToken.None));
        Assert.Null(await _hub.Answers(204).Client().GetIdentityAsync("dev1", CancellationToken.None));
    }

    // Each looks like "nothing there" to a client that trusts the status.
    [Theory]
    [InlineData(404, null, "")]
    [InlineData(404, null, "<html>Not Found</html>")]
    [InlineData(404, null, """{"Message":"No HTTP resource was found"}""")]
    [InlineData(404, "ModuleNotFound", "")]
    [InlineData(404, "JobNotFound", """{"Message":"{\"errorCode\":404001}"}""")]
    [InlineData(400, "DeviceNotFound", "")]
    [InlineData(200, null, "")]
    [InlineData(200, null, "null")]
    [InlineData(200, null, "[]")]
    [InlineData(200, null, "{}")]
    [InlineData(200, null, """{"deviceId":"dev1","generationId":"1","etag":"a""")]
    [InlineData(200, null, """{"deviceId":"Dev1","generationId":"1","etag":"a"}""")]
    [InlineData(200, null, """{"deviceId":"dev1","generationId":"1"}""")]
    [InlineData(302, null, "")]
    public async Task GetIdentity_LookAlikeOfAbsent_IsAFailure(int status, string? header, string body)
    {
        _hub.Answers(status, body, header is null ? [] : [("iothub-errorcode", header)]);

        Fault fault = await FaultOf(_hub.Client().GetIdentityAsync("dev1", CancellationToken.None));

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, fault.Id);
    }

    [Theory]
    [InlineData(401001, "IotHubNotFound", "HubNotFound")]
    [InlineData(401002, "IotHubUnauthorizedAccess", "AuthenticationFailed")]
    [InlineData(401003, "IotHubUnauthorized", "AuthenticationFailed")]
    [InlineData(403001, "IotHubSuspended", "HubUnavailable")]
    [InlineData(403002, "IotHubQuotaExceeded", "HubUnavailable")]
    [InlineData(403000, "Forbidden", "PermissionMissing")]
    [InlineData(429001, "ThrottlingException", "Throttled")]
    [InlineData(500001, "ServerError", "ServiceFailed")]
    [InlineData(503001, "ServiceUnavailable", "ServiceFailed")]
    [InlineData(400004, "ArgumentInvalid", "ServiceFailed")]
    public async Task GetIdentity_HubRefuses_IsTheFailureOfItsCode(int code, string name, string fault) =>
        Assert.Equal(fault, (await FaultOf(_hub.Fails(code, name).Client().GetIdentityAsync("dev1", CancellationToken.None))).Id);

    [Theory]
    [InlineData(401, "IotHubNotFound", """{"Message":"ErrorCode:DeviceNotFound;x"}""")]
    [InlineData(404, "DeviceNotFound", """{"Message":"ErrorCode:IotHubNotFound;x"}""")]
    public async Task GetIdentity_AnyPlaceNamesAMissingHub_IsNeverAbsent(int status, string header, string body)
    {
        _hub.Answers(status, body, ("iothub-errorcode", header));

        Fault fault = await FaultOf(_hub.Client().GetIdentityAsync("dev1", CancellationToken.None));

        Assert.Equal(FaultCatalogue.HubNotFound.Id, fault.Id);
        Assert.Contains(ScriptedHub.HostName, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetIdentity_PrincipalWithoutRole_NamesTheRole()
    {
        _hub.Fails(401003, "IotHubUnauthorized", "Principal ana is not authorized for GET on /devices/dev1 due to no assigned permissions");

        Fault fault = await FaultOf(_hub.Client().GetIdentityAsync("dev1", CancellationToken.None));

        Assert.Equal(FaultCatalogue.PermissionMissing.Id, fault.Id);
        Assert.Contains("IoT Hub Data Reader", fault.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetIdentity_NoConnection_IsAConnectionFailure() =>
        Assert.Equal(
            FaultCatalogue.ConnectionFailed.Id,
            (await FaultOf(_hub.Breaks().Client().GetIdentityAsync("dev1", CancellationToken.None))).Id
        );

    [Fact]
    public async Task GetIdentity_Cancelled_IsNoFailureOfTheHub() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _hub.Answers(200, Identity).Client().GetIdentityAsync("dev1", new CancellationToken(canceled: true))
        );

    [Fact]
    public async Task GetIdentity_ErrorThatQuotesTheToken_DoesNotShowIt()
    {
        var policy = new HubConnectionString(ScriptedHub.HostName, "service", "YW4gZXhhbXBsZSBrZXksIDMyIGJ5dGVzIGxvbmcgKy8h");
        string token = SharedAccessSignature.Create(policy, DateTimeOffset.FromUnixTimeSeconds(1893456000));
        _hub.Fails(400004, "ArgumentInvalid", $"What is this: {token}?");

        Fault fault = await FaultOf(_hub.Client().GetIdentityAsync("dev1", CancellationToken.None));

        Assert.DoesNotContain("PdcHw1cROR4fdSxj0iCokghXEAmjN3kJehrjcm0hiU8", fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("What is this", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetModuleTwin_ModuleOrDeviceGone_IsNull()
    {
        Assert.Null(await _hub.Fails(404010, "ModuleNotFound").Client().GetModuleTwinAsync("dev1", "$edgeAgent", CancellationToken.None));
        Assert.Null(await _hub.Fails(404001, "DeviceNotFound").Client().GetModuleTwinAsync("dev1", "$edgeAgent", CancellationToken.None));
        Assert.Equal("/twins/dev1/modules/%24edgeAgent?api-version=2021-04-12", _hub.Requests[0].Target);
    }

    [Fact]
    public async Task ListModules_OneIsNotOfTheDevice_IsAFailure()
    {
        _hub.Answers(200, """[{"deviceId":"dev1","moduleId":"a"},{"deviceId":"dev2","moduleId":"b"}]""");

        Assert.Equal(FaultCatalogue.ServiceFailed.Id, (await FaultOf(_hub.Client().ListModulesAsync("dev1", CancellationToken.None))).Id);
    }

    [Fact]
    public async Task GetStatistics_Counts_AreReadFromBothDocuments()
    {
        _hub.Answers(200, """{"totalDeviceCount":5,"enabledDeviceCount":3,"disabledDeviceCount":2}""")
            .Answers(200, """{"connectedDeviceCount":1}""");

        Assert.Equal(new HubStatistics(5, 3, 2, 1), await _hub.Client().GetStatisticsAsync(CancellationToken.None));
    }

    [Fact]
    public void Identity_InAMessage_ShowsNothingOfTheDocument()
    {
        using var document = System.Text.Json.JsonDocument.Parse(
            """{"deviceId":"d","generationId":"1","etag":"e","authentication":{"symmetricKey":{"primaryKey":"S3cret"}}}"""
        );

        Assert.Equal("DeviceIdentity", DeviceIdentity.Read(document.RootElement, "d")?.ToString());
    }

    private static async Task<Fault> FaultOf(Task call) => (await Assert.ThrowsAsync<DsrException>(() => call)).Fault;
}

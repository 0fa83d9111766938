using IotHubDsr.Core.Sinks;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.ProvisioningServices;

/// <summary>What the account may not do: it is said with role and scope, or done with a key that the account may list.</summary>
public sealed class EnrollmentAccessTests
{
    private const string Denied = $"provisioning:{WorldNames.ProvisioningName}";

    [Fact]
    public async Task Find_NoRole_UsesTheKeyOfThePolicyWithTheFewestRights()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", EnrollmentSandbox.Alice);
        sandbox.Server.Access.Denied = [Denied];

        Assert.Equal(2, (await sandbox.FindOneAsync()).RecordCount);
        ErasureOutcome outcome = await sandbox.EraseOneAsync();

        Assert.Equal((2L, null), (outcome.RecordsErased, outcome.Fault));
        Assert.InRange(
            sandbox.Server.RequestLog.After(0).Count(request => request.Target.Contains("/listkeys", StringComparison.Ordinal)),
            2,
            4
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Find_NeitherRoleNorKeys_NamesRoleActionAndScope(bool isKnown)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", EnrollmentSandbox.Alice);
        sandbox.Server.Access.Denied = [Denied, $"arm:{sandbox.ResourceId}"];
        if (!isKnown)
            sandbox.ResourceId = null;

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => sandbox.FindOneAsync())).Fault;

        Assert.Equal("PermissionMissing", fault.Id);
        Assert.Contains("Microsoft.Devices/provisioningServices/enrollments/read", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Device Provisioning Service Data Reader", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("EnrollmentRead", fault.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains(
            isKnown ? sandbox.ResourceId! : WorldNames.ProvisioningName,
            fault.RecommendedAction,
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Fact]
    public async Task Erase_ReaderOnly_NamesTheContributor_AndChangesNothing()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Enroll("kit-1", EnrollmentSandbox.Alice);
        DeviceDataFinding found = await sandbox.FindOneAsync();
        sandbox.Fail(
            new FaultRule
            {
                Method = "DELETE",
                Status = 403,
                Times = 100,
            }
        );

        Fault? fault = Assert.Single(await sandbox.EraseAsync(found)).Fault;

        Assert.Equal("PermissionMissing", fault?.Id);
        Assert.Contains("Device Provisioning Service Data Contributor", fault!.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(2, sandbox.Records.Count);
    }

    [Theory]
    [InlineData("DELETE", "/enrollments/")]
    [InlineData("DELETE", "/registrations/")]
    public async Task Erase_RightIsMissing_IsMetOnce_AndHoldsForAllDevices(string method, string path)
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        string[] devices = [.. Enumerable.Range(0, 40).Select(number => $"m-{number:D2}")];
        if (path == "/registrations/")
            sandbox.AddGroup("group", devices);
        else
            Array.ForEach(devices, device => sandbox.Enroll(device));
        IReadOnlyList<DeviceDataFinding> found = await sandbox.FindAsync(devices);
        sandbox.Fail(
            new FaultRule
            {
                Method = method,
                PathContains = path,
                Status = 403,
                Times = 1_000,
            }
        );

        IReadOnlyList<ErasureOutcome> outcomes = await sandbox.EraseAsync([.. found]);

        Assert.All(outcomes, outcome => Assert.Equal("PermissionMissing", outcome.Fault?.Id));
        Assert.Single(sandbox.Reported);
        // With the token and with a key, for each of the devices that are worked on at once.
        Assert.InRange(sandbox.Sent(method).Count, 1, 2 * 4);
    }

    [Fact]
    public async Task Refusal_ThatQuotesAKey_HidesIt()
    {
        await using EnrollmentSandbox sandbox = await EnrollmentSandbox.StartAsync();
        sandbox.Fail(new FaultRule { Status = 500, Times = 100 });

        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => sandbox.FindOneAsync())).Fault;

        Assert.Contains("500000", fault.Message, StringComparison.Ordinal);
        Assert.Equal(
            "1: primaryKey=***",
            IotHubDsr.Core.Azure.Provisioning.ProvisioningFaults.ReasonOf(
                "1",
                System.Text.Json.JsonDocument.Parse("""{"message":"primaryKey=abcdef"}""").RootElement
            )
        );
    }
}

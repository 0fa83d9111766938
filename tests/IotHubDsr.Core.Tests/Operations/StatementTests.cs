using System.Text;
using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What the operator vouches for, from the connection to the certificate.</summary>
public sealed class StatementTests
{
    private const string Container = "contosouploads/device-uploads";

    [Fact]
    public async Task Statement_OfTheConnection_StandsInPlanAndCertificate()
    {
        await using RequestSandbox sandbox = await StartAsync(Container.ToUpperInvariant());

        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await sandbox.EraseAsync(plan);

        ErasureCertificateCheck check = Assert.Single(await sandbox.CheckAsync((await sandbox.RequestAsync()).Certificates[0].Path!));
        Assert.True(check.IsValid, check.Reason);
        OperatorStatement planned = Assert.Single(plan.Steps.SelectMany(step => step.Location.Statements));
        Assert.Equal(OperatorStatementKind.DedicatedContainer, planned.Kind);
        CertifiedLocation certified = Assert.Single(check.Locations, location => location.Statements.Count > 0);
        Assert.Equal((Container, planned), (certified.Place, certified.Statements[0]));
    }

    [Fact]
    public async Task Resume_ConnectionWithoutTheStatementOfThePlan_UsesThePlans()
    {
        await using RequestSandbox sandbox = await StartAsync(Container);
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        await sandbox.ConnectAsync();

        List<ErasureReceipt> resumed = await sandbox.ResumeAsync(receipts[0].RequestId);

        Assert.Single(resumed.SelectMany(receipt => receipt.Location.Statements));
    }

    [Fact]
    public async Task Confirm_StatementMadeSincePlanning_IsPlanChanged()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        await sandbox.ConnectAsync(options => options with { DedicatedContainers = [Container] });

        DsrException changed = await Assert.ThrowsAsync<DsrException>(() => sandbox.ConfirmAsync(plan));

        Assert.Equal("PlanChanged", changed.Fault.Id);
        Assert.Contains(Container, changed.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_OfAContainerThatTheHubHasNot_IsAWarning()
    {
        await using RequestSandbox sandbox = await StartAsync("contosouploads/device-unloads");

        await sandbox.FindAsync("dev1");

        Assert.Contains(sandbox.Events, reported =>
            reported is NoticeEvent { Level: NoticeLevel.Warning } notice
            && notice.Text.Contains("contosouploads/device-unloads", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("dev1 wrote", "{dev1} wrote")]
    [InlineData("Dev1/dev10", "{dev1}/{dev10}")]
    [InlineData("x%20y x y", "{x y} {x y}")]
    [InlineData("ddev1ev1", "d{dev1}ev1")]
    [InlineData("\u212a", "\u212a")]
    [InlineData("nobody", "nobody")]
    public void Hide_TextThatNamesDevices_HasTheirKeyedHashes(string text, string expected)
    {
        string[] devices = ["dev1", "dev10", "x y", "k"];
        var key = RequestKey.Parse(Encoding.ASCII.GetBytes(Convert.ToBase64String(new byte[32])));
        var statement = new OperatorStatement(OperatorStatementKind.ExcludedBlobs, text) { BlobName = text };

        OperatorStatement hidden = new DeviceNames(devices, key).Hide(statement);

        string hashed = devices.Aggregate(expected, (words, device) =>
            words.Replace($"{{{device}}}", key.Subject(device), StringComparison.Ordinal)
        );
        Assert.Equal((hashed, hashed), (hidden.Ground, hidden.BlobName));
    }

    private static async Task<RequestSandbox> StartAsync(string dedicated)
    {
        RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.ConnectAsync(options => options with { DedicatedContainers = [dedicated] });
        return sandbox;
    }
}

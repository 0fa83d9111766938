using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Core.Tests.Topology;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Sinks.SystemGeneratedLogs;

/// <summary>What Microsoft alone can reach is a location of each hub, and is said wherever completeness is.</summary>
public sealed class SystemGeneratedLogTests
{
    private const string Statement = "can neither be accessed nor exported by the administrator of a tenant";

    [Theory]
    [InlineData("S1")]
    [InlineData("B2")]
    [InlineData("F1")]
    public async Task Hub_OfAnyTier_HasThem_AndMicrosoftHasToAct(string sku)
    {
        DiscoveryResult result = await new HubWorld().DiscoverAsync("{}", sku);

        RequireStated(result);
    }

    [Fact]
    public void Hub_OfAConnectionStringAlone_HasThem() =>
        RequireStated(
            LocationDiscovery.ForConnectionString(
                SinkCatalogue.OfModule.Kinds,
                SinkCatalogue.OfModule.Sources,
                "contoso.azure-devices.net",
                []
            )
        );

    [Fact]
    public async Task Request_StatesThemOnTheCompletenessPageAndTheCertificate_AndHasAFileForMicrosoft()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.ExportAsync("dev1");
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        DataRequest request = await sandbox.RequestAsync();

        ErasureReceipt receipt = receipts.Single(static one => one.Kind == LocationKinds.SystemGeneratedLogs);
        Assert.Equal(Verdict.OwnerAction, receipt.Verdict);
        Assert.Contains(Statement, receipt.Detail, StringComparison.Ordinal);
        JsonNode page = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(sandbox.PackagePath, "data", "completeness.json")))!;
        JsonNode line = page["locations"]!.AsArray().Single(static one => (string?)one!["kind"] == LocationKinds.SystemGeneratedLogs)!;
        Assert.Contains(Statement, (string?)line["ground"], StringComparison.Ordinal);
        JsonNode envelope = JsonNode.Parse(await File.ReadAllTextAsync(request.Certificates[^1].Path!))!;
        JsonNode certificate = JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String((string)envelope["payload"]!)))!;
        JsonNode certified = certificate["predicate"]!["locations"]!
            .AsArray()
            .Single(static one => (string?)one!["kind"] == LocationKinds.SystemGeneratedLogs)!;
        Assert.Equal("OwnerAction", (string?)certified["verdict"]);
        Assert.Contains(Statement, (string?)certified["detail"], StringComparison.Ordinal);
        Assert.True(File.Exists(request.Locations.Single(static one => one.Kind == LocationKinds.SystemGeneratedLogs).RequestFile));
    }

    private static void RequireStated(DiscoveryResult result)
    {
        DataLocation location = Assert.Single(result.Locations, static one => one.Kind == LocationKinds.SystemGeneratedLogs);
        Assert.Equal((Verdict.OwnerAction, "system-generated-logs.contoso"), (location.Verdict, location.Id));
        Assert.Contains(Statement, location.Advice, StringComparison.Ordinal);
    }
}

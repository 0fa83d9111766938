using System.Text.Json.Nodes;
using IotHubDsr.Core.Tests.Operations;
using IotHubDsr.Sandbox.DataExplorer;
using IotHubDsr.Sandbox.Kusto.Values;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Sinks.DataExplorerTables;

/// <summary>What update policies and jobs make of the hub's messages is found, and told apart, like the tables themselves.</summary>
public sealed class DerivedTableRequestTests
{
    [Theory]
    [InlineData("dev1")]
    [InlineData("0042")]
    [InlineData("it's%27(or)=''!*")]
    public async Task Footprint_CountsTheRowsThatAnUpdatePolicyHasCopied(string device)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ExplorerCluster cluster = sandbox.Server.World.Explorer.Clusters[0];
        ExplorerDatabase database = cluster.Databases[0];
        lock (cluster.Gate)
        {
            database.Tables.Add(new ExplorerTable("Warm", [new("DeviceId", KustoType.String), new("Temperature", KustoType.Real)]));
            database.UpdatePolicies.Add(
                new ExplorerUpdatePolicy(
                    "Warm",
                    ExplorerSeed.Telemetry,
                    "Telemetry | where Temperature > 20 | project DeviceId, Temperature"
                )
            );
            cluster.Followers.Add(($"{cluster.ResourceId}-2", database.Name));
            foreach ((string id, double temperature) in ((string, double)[])[(device, 21), (device, 19), (device, 22), (device + "0", 30)])
            {
                var row = new JsonObject { ["DeviceId"] = id, ["Temperature"] = temperature };
                database.Ingest(database.Find(ExplorerSeed.Telemetry)!, row, sandbox.Server.World.Clock.GetUtcNow());
            }
        }

        DeviceDataFinding warm = Assert.Single(await sandbox.FindAsync(device), finding =>
            finding.Place == $"{cluster.Name}/{database.Name}/Warm"
        );

        Assert.Equal((Verdict.Present, 2L), (warm.Verdict, warm.RecordCount));
        Assert.Contains(warm.Location.Provenance, text => text.Contains("update policy makes its rows", StringComparison.Ordinal));
        Assert.Contains("follows the database", warm.Location.Provenance[^1], StringComparison.Ordinal);
    }
}

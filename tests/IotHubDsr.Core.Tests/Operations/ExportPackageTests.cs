using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Core.Tests.Packages.Envelopes;
using IotHubDsr.Core.Tests.Packages.Records;
using IotHubDsr.Core.Tests.Sinks.BulkExports;
using IotHubDsr.Sandbox.Hosting;

namespace IotHubDsr.Core.Tests.Operations;

public sealed class ExportPackageTests
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["identities"] = "registry-identity",
        ["twins"] = "registry-twin",
        ["messages"] = "routed-message",
        ["files"] = "uploaded-file",
        ["events"] = "dead-letter",
        ["stored-events"] = "stored-event",
        ["stored-messages"] = "stored-message",
        ["documents"] = "stored-document",
        ["enrollments"] = "provisioning-enrollment",
        ["registrations"] = "provisioning-registration",
        ["queued-messages"] = "queued-message",
        ["log-rows"] = "log-row",
        ["workspace-rows"] = "workspace-row",
        ["table-rows"] = "data-explorer-row",
        ["job-records"] = "job-record",
        ["jobs"] = "job",
        ["exported-devices"] = "exported-device",
    };

    [Fact]
    public async Task Export_WholeWorld_IsAValidBagWhoseRecordsFitTheirSchemasAndTables()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ExportedDevices.Add(sandbox.Server.World);
        string[] devices = [.. sandbox.Server.World.Registry.Devices.Select(device => device.DeviceId)];

        DataExport export = await sandbox.ExportAsync(devices);

        var bag = Bag.OfFolder(export.Path);
        bag.AssertValid();
        Assert.Equal(bag.Files.Count, export.Files);
        Assert.Equal(bag.Files.Values.Sum(file => (long)file.Length), export.Bytes);
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bag.Files["tagmanifest-sha256.txt"])),
            export.Digest
        );
        Assert.Contains(bag.Info, line => line.Key == "External-Identifier" && line.Value == export.Identifier);
        Assert.DoesNotContain(bag.Files.Keys, name => name.Any(static c => c is '%' or '\\' or '*' or ' ' || char.IsControl(c)));
        long records = 0;
        foreach (string name in bag.Files.Keys.Where(name => name.EndsWith(".ndjson", StringComparison.Ordinal)))
        {
            string kind = Kinds[Path.GetFileNameWithoutExtension(name)];
            string[] lines = bag.Text(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            records += lines.Length;
            var schema = SchemaCheck.Of(bag.Files[$"data/schema/{kind}.schema.json"]);
            Assert.All(lines, line => Assert.Empty(schema.Failures(line)));
            AssertTableIsTheSame(lines, CsvTable.Read(bag.Files[Path.ChangeExtension(name, ".csv")]));
        }

        Assert.Equal(export.Records, records);
        Assert.Equal(2 * Kinds.Count, bag.Files.Keys.Count(name => name.StartsWith("data/schema/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Export_NothingFound_IsAValidBagWithItsAccounts()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();

        DataExport export = await sandbox.ExportAsync("nobody");

        var bag = Bag.OfFolder(export.Path);
        bag.AssertValid();
        Assert.Equal(
            ["data/completeness.json", "data/report.html"],
            bag.Files.Keys.Where(name => name.StartsWith("data/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        );
        Assert.Equal(0, export.Records);
    }

    [Fact]
    public async Task Export_LocationsThatFail_HaveTheirGroundInTheAccountsAndInTheReadme()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox.Server.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/devices/dev1/modules",
                Status = 400,
            }
        );

        DataExport export = await sandbox.ExportAsync("dev1", "gw-1");

        Assert.All(export.Completeness.Where(line => line.Withheld + line.Unreachable > 0 || line.Verdict == Verdict.Unreachable), line =>
        {
            Assert.False(string.IsNullOrWhiteSpace(line.Ground), line.LocationId);
            Assert.Contains(line.Ground, Bag.OfFolder(export.Path).Text("README.txt"), StringComparison.Ordinal);
        });
        Assert.Contains(export.Completeness, line => line is { Verdict: Verdict.Unreachable, DeviceId: "dev1" });
        JsonElement page = JsonDocument.Parse(Bag.OfFolder(export.Path).Files["data/completeness.json"]).RootElement;
        Assert.Equal(export.Completeness.Count, page.GetProperty("locations").GetArrayLength());
    }

    [OpenSslTheory]
    [InlineData("dev1")]
    [InlineData("markup")]
    public async Task Export_ToARecipient_IsOpenedByThemAndIsTheBag(string deviceId)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        using X509Certificate2 recipient = Recipient.WithRsa();
        string path = $"{sandbox.PackagePath}.zip.p7m";

        DataExport export = await sandbox.ExportAsync(options => options with { Path = path, ProtectTo = recipient }, deviceId);

        Assert.Equal(path, export.Path);
        Assert.Equal([path], sandbox.FilesInFolder);
        var bag = Bag.OfZip(new MemoryStream(await OpenSsl.DecryptAsync(path, recipient, Path.GetDirectoryName(path)!)), "package");
        bag.AssertValid();
        Assert.Equal(export.Files, bag.Files.Count);
        Assert.Contains(
            deviceId,
            Encoding.UTF8.GetString(bag.Files["data/device-registry.contoso-hub/identities.ndjson"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Export_ToACertificateThatIsRefused_ReadsNothingAndLeavesNothing()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        using X509Certificate2 recipient = Recipient.WithRsa(to: DateTimeOffset.UnixEpoch.AddDays(1));
        sandbox.Server.RequestLog.Clear();

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() =>
            sandbox.ExportAsync(options => options with { ProtectTo = recipient }, "dev1")
        );

        Assert.Equal("RecipientCertificateRefused", refused.Fault.Id);
        Assert.Empty(sandbox.Server.RequestLog.After(0));
        Assert.Empty(sandbox.FilesInFolder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Export_StoppedInTheMiddleOfAFile_LeavesNothing(bool isProtected)
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        using X509Certificate2 recipient = Recipient.WithRsa();
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                DsrEvent _ in sandbox.Exporting(
                    options => options with { AsZip = true, ProtectTo = isProtected ? recipient : null },
                    stop.Token,
                    "dev1",
                    "Dev1"
                )
            )
            {
                if (sandbox.FilesInFolder.Count > 0)
                    await stop.CancelAsync();
            }
        });

        Assert.Empty(sandbox.FilesInFolder);
    }

    /// <summary>Every cell under the name of a member stands for that member.</summary>
    private static void AssertTableIsTheSame(string[] lines, IReadOnlyList<string?[]> table)
    {
        Assert.Equal(lines.Length, table.Count - 1);
        foreach ((string line, string?[] row) in lines.Zip(table.Skip(1)))
        {
            JsonElement record = JsonDocument.Parse(line).RootElement;
            foreach ((string? column, string? cell) in table[0].Zip(row).Where(pair => !pair.First!.EndsWith('*')))
            {
                JsonElement? value = column!
                    .Split('.')
                    .Aggregate((JsonElement?)record, static (at, name) =>
                        at is { ValueKind: JsonValueKind.Object } inner && inner.TryGetProperty(name, out JsonElement next) ? next : null
                    );
                if (value is not { ValueKind: not JsonValueKind.Null } member)
                    Assert.Null(cell);
                else if (member.ValueKind == JsonValueKind.String && column != "message.Body")
                    Assert.Equal(member.GetString(), CsvTable.TextOf(cell!));
                else
                    Assert.True(JsonElement.DeepEquals(member, JsonDocument.Parse(cell!).RootElement), cell);
            }
        }
    }
}

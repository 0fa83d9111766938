using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Sinks.Registry;
using IotHubDsr.Core.Tests.Packages;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Core.Tests.Sinks.Registry;

public sealed class RegistryExportTests : IAsyncLifetime
{
    private readonly MemoryTarget _target = new();
    private RegistrySandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RegistrySandbox.StartAsync();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task Export_DeviceWithAModule_HoldsEveryDocumentAndNoKey()
    {
        ExportCompleteness line = Assert.Single(await ExportAsync("dev1"));

        Assert.Equal((4L, 4L, 0L, 0L), (line.Found, line.Included, line.Withheld, line.Unreachable));
        Assert.Contains("left out", line.Ground, StringComparison.Ordinal);
        string text = _target.Text("identities.ndjson") + _target.Text("identities.csv") + _target.Text("twins.ndjson");
        foreach (HubIdentity identity in (HubIdentity[])[_sandbox.Registry.Device("dev1"), _sandbox.Registry.Module("dev1", "tracker")])
        {
            Assert.DoesNotContain(identity.Authentication.PrimaryKey!, text, StringComparison.Ordinal);
            Assert.DoesNotContain(identity.Authentication.SecondaryKey!, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("primaryKey", text, StringComparison.OrdinalIgnoreCase);
        IReadOnlyList<JsonElement> identities = _target.Records("identities");
        IReadOnlyList<JsonElement> twins = _target.Records("twins");
        Assert.Equal([null, "tracker"], identities.Select(record => record.Text("moduleId")));
        Assert.Equal([null, "tracker"], twins.Select(record => record.Text("moduleId")));
        Assert.Equal(_sandbox.Registry.Device("dev1").GenerationId, identities[0].GetProperty("identity").Text("generationId"));
        Assert.Equal("ana.lopez", twins[0].GetProperty("twin").GetProperty("tags").GetProperty("owner").GetString());
        Assert.Equal("59.33,18.07", twins[1].GetProperty("twin").GetProperty("properties").GetProperty("reported").Text("lastFix"));
        Assert.Empty(_sandbox.Mutations);
    }

    [Fact]
    public async Task Export_HostileTwin_IsKeptWhole()
    {
        await ExportAsync("markup");

        JsonElement twin = Assert.Single(_target.Records("twins")).GetProperty("twin");
        Assert.True(
            System.Text.Json.Nodes.JsonNode.DeepEquals(
                _sandbox.Registry.Device("markup").ToTwinJson(),
                System.Text.Json.Nodes.JsonNode.Parse(twin.GetRawText())
            )
        );
    }

    [Fact]
    public async Task Export_Several_WritesARecordForEachDocumentAndAccountsInTheOrderAsked()
    {
        string[] ids = [.. _sandbox.Registry.Devices.Select(device => device.DeviceId), "never-there"];

        IReadOnlyList<ExportCompleteness> lines = await ExportAsync(ids);

        Assert.Equal(ids, lines.Select(line => line.DeviceId));
        Assert.Equal(
            ids.SkipLast(1).Order(StringComparer.Ordinal),
            _target.Records("identities").Select(record => record.Text("deviceId")!).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.Equal(lines.Sum(line => line.Included), _target.Records("identities").Count + _target.Records("twins").Count);
        Assert.Equal((Verdict.Absent, 0L), (lines[^1].Verdict, lines[^1].Found));
        Assert.All(lines, line => Assert.Equal(line.Found, line.Included + line.Withheld + line.Unreachable));
    }

    [Fact]
    public async Task Export_DeviceCannotBeRead_SaysSoAndWritesNoRecordOfIt()
    {
        _sandbox.Faults.Add(
            new FaultRule
            {
                Service = "hub",
                PathContains = "/devices/dev2/modules",
                Status = 400,
            }
        );

        IReadOnlyList<ExportCompleteness> lines = await ExportAsync("dev1", "dev2");

        Assert.Equal([Verdict.Present, Verdict.Unreachable], lines.Select(line => line.Verdict));
        Assert.NotNull(lines[1].Ground);
        Assert.All(_target.Records("identities").Concat(_target.Records("twins")), record => Assert.Equal("dev1", record.Text("deviceId")));
        Assert.Single(_sandbox.Events, entry => entry.Event is FaultEvent);
    }

    [Fact]
    public void Write_IdentityWithSecretsAnywhere_LeavesThemOutAndKeepsThumbprints()
    {
        (JsonElement kept, JsonElement twin, bool leftOut) = Write(
            """
            {"deviceId":"d","generationId":"1","etag":"e","authentication":{"type":"selfSigned","symmetricKey":{"anything":"S3cret"},
             "x509Thumbprint":{"primaryThumbprint":"AB12"},"more":[{"ConnectionString":"S3cret","sharedAccessKey":"S3cret","kept":1.50}]},
             "secondaryKey":"S3cret"}
            """,
            """{"deviceId":"d","tags":{"primaryKey":"the subject's own"}}"""
        );

        Assert.True(leftOut);
        Assert.DoesNotContain("S3cret", kept.GetRawText(), StringComparison.Ordinal);
        JsonElement authentication = kept.GetProperty("authentication");
        Assert.Equal("AB12", authentication.GetProperty("x509Thumbprint").GetProperty("primaryThumbprint").GetString());
        Assert.Equal("1.50", authentication.GetProperty("more")[0].GetProperty("kept").GetRawText());
        Assert.Equal("the subject's own", twin.GetProperty("tags").Text("primaryKey"));
    }

    [Fact]
    public void Write_CertificateDevice_LeavesNothingOut()
    {
        (_, _, bool leftOut) = Write(
            """{"deviceId":"d","generationId":"1","etag":"e","authentication":{"symmetricKey":{"primaryKey":null,"secondaryKey":null}}}""",
            """{"deviceId":"d"}"""
        );

        Assert.False(leftOut);
    }

    [Fact]
    public void Write_HalfSurrogatesInTheTwin_DoNotStopTheExport()
    {
        (_, JsonElement twin, _) = Write(
            """{"deviceId":"d","generationId":"1","etag":"e"}""",
            """{"deviceId":"d","tags":{"a":"\ud800","\udc00b":1}}"""
        );

        Assert.Equal(
            """
            "\ud800"
            """.Trim(),
            twin.GetProperty("tags").GetProperty("a").GetRawText()
        );
        Assert.Equal(1, twin.GetProperty("tags").GetProperty(@"\udc00b").GetInt32());
    }

    private static (JsonElement Identity, JsonElement Twin, bool LeftOut) Write(string identity, string twin)
    {
        using var document = new DeviceRecordDocument("d");
        JsonElement first = Parse(document.Identity(null, JsonDocument.Parse(identity).RootElement), "identity");
        JsonElement second = Parse(document.Twin(null, JsonDocument.Parse(twin).RootElement), "twin");
        return (first, second, document.HasLeftOut);

        static JsonElement Parse(ReadOnlyMemory<byte> record, string name)
        {
            Assert.False(record.Span.ContainsAny((byte)'\r', (byte)'\n'));
            return JsonDocument.Parse(record.ToArray()).RootElement.GetProperty(name);
        }
    }

    private Task<IReadOnlyList<ExportCompleteness>> ExportAsync(params string[] deviceIds) =>
        _sandbox.Sink.ExportAsync(_sandbox.Call(LocationKinds.DeviceRegistry), deviceIds, _target, CancellationToken.None);
}

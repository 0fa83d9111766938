using System.Text;
using System.Text.Json;
using IotHubDsr.Hub;
using IotHubDsr.Sandbox.Hosting;
using IotHubDsr.Sandbox.Hub;
using IotHubDsr.Stores.Registry;

namespace IotHubDsr.Core.Tests.Stores.Registry;

public sealed class RegistryExportTests : IAsyncLifetime
{
    private readonly RegistrySandbox.Target _target = new();
    private RegistrySandbox _sandbox = null!;

    public async Task InitializeAsync() => _sandbox = await RegistrySandbox.StartAsync();

    public async Task DisposeAsync() => await _sandbox.DisposeAsync();

    [Fact]
    public async Task Export_DeviceWithAModule_HoldsEveryDocumentAndNoKey()
    {
        ExportCompleteness line = Assert.Single(await ExportAsync("dev1"));

        Assert.Equal((4L, 4L, 0L, 0L), (line.Found, line.Included, line.Withheld, line.Unreachable));
        Assert.Contains("left out", line.Ground, StringComparison.Ordinal);
        string text = _target.Files["dev1.json"];
        foreach (HubIdentity identity in (HubIdentity[])[_sandbox.Registry.Device("dev1"), _sandbox.Registry.Module("dev1", "tracker")])
        {
            Assert.DoesNotContain(identity.PrimaryKey, text, StringComparison.Ordinal);
            Assert.DoesNotContain(identity.SecondaryKey, text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("primaryKey", text, StringComparison.OrdinalIgnoreCase);
        JsonElement document = _target.Json("dev1.json");
        Assert.Equal(_sandbox.Registry.Device("dev1").GenerationId, document.GetProperty("identity").Text("generationId"));
        Assert.Equal("ana.lopez", document.GetProperty("twin").GetProperty("tags").GetProperty("owner").GetString());
        JsonElement module = document.GetProperty("modules")[0];
        Assert.Equal("tracker", module.GetProperty("identity").GetProperty("moduleId").GetString());
        Assert.Equal("59.33,18.07", module.GetProperty("twin").GetProperty("properties").GetProperty("reported").Text("lastFix"));
        Assert.Empty(_sandbox.Mutations);
    }

    [Fact]
    public async Task Export_HostileTwin_IsKeptWhole()
    {
        await ExportAsync("markup");

        JsonElement twin = _target.Json("markup.json").GetProperty("twin");
        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(
            _sandbox.Registry.Device("markup").ToTwinJson(), System.Text.Json.Nodes.JsonNode.Parse(twin.GetRawText())));
    }

    [Fact]
    public async Task Export_Several_WritesOneFileEachAndAccountsInTheOrderAsked()
    {
        string[] ids = [.. _sandbox.Registry.Devices.Select(device => device.DeviceId), "never-there"];

        IReadOnlyList<ExportCompleteness> lines = await ExportAsync(ids);

        Assert.Equal(ids, lines.Select(line => line.DeviceId));
        Assert.Equal(
            ids.SkipLast(1).Select(id => $"{id}.json").Order(StringComparer.Ordinal),
            _target.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((Verdict.Absent, 0L), (lines[^1].Verdict, lines[^1].Found));
        Assert.All(lines, line => Assert.Equal(line.Found, line.Included + line.Withheld + line.Unreachable));
    }

    [Fact]
    public async Task Export_DeviceCannotBeRead_SaysSoAndWritesNoFileForIt()
    {
        _sandbox.Faults.Add(new FaultRule { Service = "hub", PathContains = "/devices/dev2/modules", Status = 400 });

        IReadOnlyList<ExportCompleteness> lines = await ExportAsync("dev1", "dev2");

        Assert.Equal([Verdict.Present, Verdict.Unreachable], lines.Select(line => line.Verdict));
        Assert.NotNull(lines[1].Ground);
        Assert.Equal(["dev1.json"], _target.Files.Keys);
        Assert.Single(_sandbox.Events, entry => entry.Event is FaultEvent);
    }

    [Fact]
    public async Task Write_IdentityWithSecretsAnywhere_LeavesThemOutAndKeepsThumbprints()
    {
        (string text, bool leftOut) = await WriteAsync(
            """
            {"deviceId":"d","generationId":"1","etag":"e","authentication":{"type":"selfSigned","symmetricKey":{"anything":"S3cret"},
             "x509Thumbprint":{"primaryThumbprint":"AB12"},"more":[{"ConnectionString":"S3cret","sharedAccessKey":"S3cret","kept":1.50}]},
             "secondaryKey":"S3cret"}
            """,
            """{"deviceId":"d","tags":{"primaryKey":"the subject's own"}}""");

        Assert.True(leftOut);
        Assert.DoesNotContain("S3cret", text, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(text);
        JsonElement authentication = document.RootElement.GetProperty("identity").GetProperty("authentication");
        Assert.Equal("AB12", authentication.GetProperty("x509Thumbprint").GetProperty("primaryThumbprint").GetString());
        Assert.Equal("1.50", authentication.GetProperty("more")[0].GetProperty("kept").GetRawText());
        Assert.Equal("the subject's own", document.RootElement.GetProperty("twin").GetProperty("tags").Text("primaryKey"));
    }

    [Fact]
    public async Task Write_CertificateDevice_LeavesNothingOut()
    {
        (_, bool leftOut) = await WriteAsync(
            """{"deviceId":"d","generationId":"1","etag":"e","authentication":{"symmetricKey":{"primaryKey":null,"secondaryKey":null}}}""",
            """{"deviceId":"d"}""");

        Assert.False(leftOut);
    }

    [Fact]
    public async Task Write_HalfSurrogatesInTheTwin_DoNotStopTheExport()
    {
        (string text, _) = await WriteAsync(
            """{"deviceId":"d","generationId":"1","etag":"e"}""",
            """{"deviceId":"d","tags":{"a":"\ud800","\udc00b":1}}""");

        Assert.Contains("""
            "a": "\ud800"
            """.Trim(), text, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(text);
        Assert.Equal(1, document.RootElement.GetProperty("twin").GetProperty("tags").GetProperty(@"\udc00b").GetInt32());
    }

    private static async Task<(string Text, bool LeftOut)> WriteAsync(string identity, string twin)
    {
        var record = new DeviceRecord(
            DeviceIdentity.Read(JsonDocument.Parse(identity).RootElement, "d")!,
            Twin.Read(JsonDocument.Parse(twin).RootElement, "d", null),
            []);
        using var stream = new MemoryStream();
        bool leftOut = await new DeviceRecordDocument(stream).WriteAsync(record, CancellationToken.None);
        return (Encoding.UTF8.GetString(stream.ToArray()), leftOut);
    }

    private Task<IReadOnlyList<ExportCompleteness>> ExportAsync(params string[] deviceIds) =>
        _sandbox.Store.ExportAsync(_sandbox.Call(LocationKinds.DeviceRegistry), deviceIds, _target, CancellationToken.None);
}

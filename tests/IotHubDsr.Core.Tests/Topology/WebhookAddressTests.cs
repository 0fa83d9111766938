using System.Text;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Sinks;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Tests.Topology;

/// <summary>Addresses of webhooks keep secrets in path, query and user name.</summary>
public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData("https://hooks.slack.example/services/T0/B0/s3cr3t", "https://hooks.slack.example (rest of the address: ")]
    [InlineData(
        "https://prod.logic.example:8443/workflows/s3cr3t?token=s3cr3t#s3cr3t",
        "https://prod.logic.example:8443 (rest of the address: "
    )]
    [InlineData("https://ana:s3cr3t@hook.example/", "https://hook.example (rest of the address: ")]
    [InlineData("https://hook.example/", "https://hook.example")]
    [InlineData("https://hook.example", "https://hook.example")]
    public async Task Webhook_Address_ShowsSchemeAndHostAndADigestOfTheRest(string address, string shown)
    {
        DataLocation subscribed = await HookAsync(address);
        LocationDraft named = Assert.Single(
            LocationFile.Parse(
                "extra.json",
                Encoding.UTF8.GetBytes($$"""{"locations":[{"kind":"Webhook","place":"{{address}}"}]}"""),
                SinkCatalogue.OfModule.Kinds,
                Cloud.Public
            )
        );
        DataLocation extra = Assert.Single((await new HubWorld().DiscoverAsync(HubWorld.Hub("{}"), [named])).Locations, location =>
            location.Kind == LocationKinds.Webhook
        );

        Assert.StartsWith(shown, subscribed.Place, StringComparison.Ordinal);
        Assert.Equal(shown.EndsWith(' '), subscribed.Place.EndsWith(')'));
        Assert.DoesNotContain("s3cr3t", subscribed.Id + subscribed + string.Join(' ', subscribed.Provenance), StringComparison.Ordinal);
        Assert.Equal((subscribed.Id, subscribed.Place), (extra.Id, extra.Place));
    }

    [Theory]
    [InlineData("LogicApp", "https://h.example/api/hook?code=s3cr3t", null, "https://h.example (rest of the address: ")]
    [InlineData("Teams", "https://h.example/webhookb2/s3cr3t/IncomingWebhook", null, "https://h.example (rest of the address: ")]
    [InlineData("Webhook", "the hook https://h.example/s3cr3t?x=s3cr3t, of the CRM", null, "), of the CRM")]
    [InlineData("CRM", "HTTPS://ana:s3cr3t@h.example/", null, "(rest of the address: ")]
    [InlineData("Webhook", "h.example/api/hook?code=s3cr3t", null, "h.example/api/hook?(secret removed)")]
    [InlineData("CRM", "h.example", "it posts to https://h.example/s3cr3t.", "h.example")]
    public async Task Address_InATextOfTheLocationFile_IsShownWithoutItsPath(string kind, string place, string? note, string shown)
    {
        string more = note is null ? "" : $",\"note\":\"{note}\"";
        string entry = $$"""{"locations":[{"kind":"{{kind}}","place":"{{place}}"{{more}}}]}""";
        IReadOnlyList<LocationDraft> named = LocationFile.Parse(
            "extra.json",
            Encoding.UTF8.GetBytes(entry),
            SinkCatalogue.OfModule.Kinds,
            Cloud.Public
        );

        DataLocation location = Assert.Single((await new HubWorld().DiscoverAsync(HubWorld.Hub("{}"), named)).Locations, one =>
            one.Place.Contains("h.example", StringComparison.Ordinal)
        );

        Assert.Contains(shown, location.Place, StringComparison.Ordinal);
        string all =
            location.Id + location + string.Join(' ', location.Provenance) + string.Join(' ', location.Ways.Select(way => way.Note));
        Assert.DoesNotContain("s3cr3t", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhooks_OfOneHost_AreToldApart() =>
        Assert.NotEqual((await HookAsync("https://hook.example/a")).Id, (await HookAsync("https://hook.example/b")).Id);

    private static Task<DataLocation> HookAsync(string address)
    {
        var world = new HubWorld();
        world.Arm.On(
            HubWorld.EventSubscriptions,
            $$$"""{"value":[{"name":"sub1","properties":{"destination":{"endpointType":"WebHook","properties":{"endpointBaseUrl":"{{{address}}}"} } } }]}"""
        );
        return world.OnlyAsync(LocationKinds.Webhook, "{}");
    }
}

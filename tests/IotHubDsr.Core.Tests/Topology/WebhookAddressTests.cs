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

using System.Globalization;
using IotHubDsr.Core.Azure.Hub;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Azure.Hub;

public sealed class SharedAccessSignatureTests
{
    private static readonly HubConnectionString Policy = new(
        "contoso.azure-devices.net",
        "device & registry",
        "YW4gZXhhbXBsZSBrZXksIDMyIGJ5dGVzIGxvbmcgKy8h"
    );

    // printf 'contoso.azure-devices.net\n1893456000' | openssl dgst -sha256 -hmac 'an example key, 32 bytes long +/!' -binary | base64
    [Fact]
    public void Create_KnownKey_GivesTheSignatureOfOpenSsl() =>
        Assert.Equal(
            "SharedAccessSignature sr=contoso.azure-devices.net"
                + "&sig=PdcHw1cROR4fdSxj0iCokghXEAmjN3kJehrjcm0hiU8%3D&se=1893456000&skn=device%20%26%20registry",
            SharedAccessSignature.Create(Policy, DateTimeOffset.FromUnixTimeSeconds(1893456000))
        );

    [Fact]
    public async Task Policy_TimePasses_RenewsTheTokenBeforeItExpires()
    {
        var time = new FakeTimeProvider();
        using var hub = new ScriptedHub();
        HubClient client = hub.Client(authentication: new SharedAccessSignaturePolicy(Policy, time));

        string first = await AuthorizationAsync(hub, client);
        time.Advance(TimeSpan.FromMinutes(40));
        string second = await AuthorizationAsync(hub, client);
        time.Advance(TimeSpan.FromMinutes(15));
        string third = await AuthorizationAsync(hub, client);

        Assert.Equal(first, second);
        Assert.NotEqual(first, third);
        Assert.True(Expiry(first) > time.GetUtcNow());
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromHours(1), Expiry(third));
    }

    private static async Task<string> AuthorizationAsync(ScriptedHub hub, HubClient client)
    {
        hub.Fails(HubErrorCodes.DeviceNotFound, "DeviceNotFound");
        await client.GetIdentityAsync("d", CancellationToken.None);
        return hub.Requests[^1].Headers["Authorization"];
    }

    private static DateTimeOffset Expiry(string token) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(token.Split("&se=")[1].Split('&')[0], CultureInfo.InvariantCulture));
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using IotHubDsr.Sandbox.Hub;

namespace IotHubDsr.Core.Tests.Sandbox;

/// <summary>Signatures made with the keys of the hub's policies.</summary>
public class HubSignatureTests
{
    [Theory]
    [InlineData("registryRead", "GET", "/devices/dev1", HttpStatusCode.OK)]
    [InlineData("registryRead", "DELETE", "/devices/dev1", HttpStatusCode.Unauthorized)]
    [InlineData("registryReadWrite", "DELETE", "/devices/dev1/commands", HttpStatusCode.Unauthorized)]
    [InlineData("service", "DELETE", "/devices/dev1/commands", HttpStatusCode.OK)]
    public async Task Sas_GivesTheRightsOfItsPolicyOnly(string policy, string method, string path, HttpStatusCode expected)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.SendAsync(
            method,
            $"https://{sandbox.Descriptor.HubHostName}{path}?api-version=2021-04-12",
            Sas(sandbox, policy, TimeSpan.FromMinutes(5)),
            null,
            ("If-Match", "*")
        );

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Sas_ExpiredOrForAnotherHub_IsRefused()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string url = $"https://{sandbox.Descriptor.HubHostName}/devices/dev1?api-version=2021-04-12";

        using HttpResponseMessage expired = await sandbox.SendAsync("GET", url, Sas(sandbox, "iothubowner", TimeSpan.FromMinutes(-1)));
        using HttpResponseMessage foreign = await sandbox.SendAsync(
            "GET",
            url,
            Sas(sandbox, "iothubowner", TimeSpan.FromMinutes(5), "other.azure-devices.net")
        );

        Assert.Equal(HttpStatusCode.Unauthorized, expired.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, foreign.StatusCode);
    }

    private static string Sas(SandboxSession sandbox, string policyName, TimeSpan lifetime, string? host = null)
    {
        HubPolicy policy = sandbox.Server.World.Policies.Single(policy => policy.Name == policyName);
        string resource = WebUtility.UrlEncode(host ?? sandbox.Descriptor.HubHostName);
        string expiry = (TimeProvider.System.GetUtcNow() + lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signature = HMACSHA256.HashData(
            Convert.FromBase64String(policy.PrimaryKey),
            Encoding.UTF8.GetBytes($"{resource}\n{expiry}")
        );
        string encoded = WebUtility.UrlEncode(Convert.ToBase64String(signature));
        return $"SharedAccessSignature sr={resource}&sig={encoded}&se={expiry}&skn={policyName}";
    }
}

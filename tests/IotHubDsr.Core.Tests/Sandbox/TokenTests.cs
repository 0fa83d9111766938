using System.Net;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace IotHubDsr.Core.Tests.Sandbox;

public class TokenTests
{
    [Fact]
    public async Task Token_ByMicrosoftsOwnLibrary_IsAcceptedByTheHub()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var credential = new ClientSecretCredential(
            sandbox.Descriptor.TenantId,
            sandbox.Descriptor.ClientId,
            sandbox.Descriptor.ClientSecret,
            new ClientSecretCredentialOptions { Transport = new HttpClientTransport(sandbox.Http) }
        );

        AccessToken token = await credential.GetTokenAsync(new TokenRequestContext(["https://iothubs.azure.net/.default"]), default);
        using HttpResponseMessage response = await sandbox.SendAsync(
            "GET",
            $"https://{sandbox.Descriptor.HubHostName}/devices/dev1?api-version=2021-04-12",
            $"Bearer {token.Token}"
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("client_id", "someone-else", HttpStatusCode.BadRequest, "AADSTS700016")]
    [InlineData("client_secret", "guess", HttpStatusCode.Unauthorized, "AADSTS7000215")]
    [InlineData("scope", "openid", HttpStatusCode.BadRequest, "AADSTS1002012")]
    [InlineData("grant_type", "password", HttpStatusCode.NotImplemented, "Not simulated by the sandbox: tokens for anything but a")]
    public async Task Token_WithWrongParameter_IsRefusedWithItsCode(string name, string value, HttpStatusCode status, string code)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = sandbox.Descriptor.ClientId,
            ["client_secret"] = sandbox.Descriptor.ClientSecret,
            ["scope"] = "https://iothubs.azure.net/.default",
            [name] = value,
        };

        using var content = new FormUrlEncodedContent(form);
        using HttpResponseMessage response = await sandbox.Http.PostAsync(
            $"https://login.microsoftonline.com/{sandbox.Descriptor.TenantId}/oauth2/v2.0/token",
            content
        );

        Assert.Equal(status, response.StatusCode);
        Assert.Contains(code, (await SandboxSession.JsonOf(response))["error_description"]!.ToString());
    }

    [Fact]
    public async Task Services_WithExpiredToken_RefuseInTheirOwnShape()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        using HttpResponseMessage changed = await sandbox.ControlAsync("POST", "tokens", new JsonObject { ["lifetimeSeconds"] = -60 });
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);

        using HttpResponseMessage hub = await sandbox.HubAsync("GET", "/devices/dev1");
        using HttpResponseMessage arm = await sandbox.ArmAsync("GET", "/subscriptions?api-version=2022-12-01");
        using HttpResponseMessage blob = await sandbox.BlobAsync("GET", "contosorouted", "/raw-json?restype=container&comp=list");

        Assert.All([hub, arm, blob], response => Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode));
        Assert.Equal("IotHubUnauthorizedAccess", hub.Headers.GetValues("iothub-errorcode").Single());
        Assert.Equal("ExpiredAuthenticationToken", (await SandboxSession.JsonOf(arm))["error"]!["code"]!.ToString());
        Assert.Equal("InvalidAuthenticationInfo", blob.Headers.GetValues("x-ms-error-code").Single());
        Assert.All([arm, blob], response => Assert.Contains("authorization_uri", response.Headers.WwwAuthenticate.ToString()));
    }

    [Theory]
    [InlineData(SandboxSession.ArmAudience)]
    [InlineData(SandboxSession.StorageAudience)]
    public async Task Hub_WithTokenForAnotherService_Refuses(string audience)
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();

        using HttpResponseMessage response = await sandbox.SendAsync(
            "GET",
            $"https://{sandbox.Descriptor.HubHostName}/devices/dev1?api-version=2021-04-12",
            sandbox.Bearer(audience)
        );

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Hub_WithTamperedToken_Refuses()
    {
        await using SandboxSession sandbox = await SandboxSession.StartAsync();
        string[] parts = sandbox.Bearer(SandboxSession.StorageAudience).Split('.');
        string[] stolen = sandbox.Bearer(SandboxSession.HubAudience).Split('.');

        using HttpResponseMessage response = await sandbox.SendAsync(
            "GET",
            $"https://{sandbox.Descriptor.HubHostName}/devices/dev1?api-version=2021-04-12",
            $"{parts[0]}.{stolen[1]}.{parts[2]}"
        );

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}

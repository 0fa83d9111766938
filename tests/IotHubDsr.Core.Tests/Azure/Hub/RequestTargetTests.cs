using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using CsCheck;
using IotHubDsr.Core.Azure.Hub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace IotHubDsr.Core.Tests.Azure.Hub;

/// <summary>What really stands in the request line, as a server reads it.</summary>
public sealed class RequestTargetTests : IAsyncLifetime
{
    private const string Alphabet = "aZ9-:.+%_#*?!(),=@;$'";
    private readonly WebApplication _server = CreateServer();
    private HubClient _client = null!;
    private string _target = string.Empty;

    public async Task InitializeAsync()
    {
        _server.Run(context =>
        {
            _target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.Headers["iothub-errorcode"] = "DeviceNotFound";
            return Task.CompletedTask;
        });
        await _server.StartAsync();
        HttpPipeline pipeline = HttpPipelineBuilder.Build(new Options());
        _client = new HubClient(pipeline, new Uri(_server.Urls.Single()), HubThrottle.For("S3", 100_000, 1));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("50%25", "50%2525")]
    [InlineData("100%", "100%25")]
    [InlineData("it's", "it%27s")]
    [InlineData("x'=(y)!*", "x%27%3D%28y%29%21%2A")]
    [InlineData("p+q#r?s", "p%2Bq%23r%3Fs")]
    [InlineData("a:b;c,d@e$f", "a%3Ab%3Bc%2Cd%40e%24f")]
    [InlineData("..hidden", "..hidden")]
    [InlineData("%2e%2e", "%252e%252e")]
    public async Task GetIdentity_AwkwardId_IsEncodedOnce(string deviceId, string encoded)
    {
        await _client.GetIdentityAsync(deviceId, CancellationToken.None);

        Assert.Equal($"/devices/{encoded}?api-version=2021-04-12", _target);
    }

    [Fact]
    public async Task GetModuleTwin_AnyIds_DecodeToThemselvesInTheirSegments()
    {
        Gen<string> id = Gen.Char[Alphabet]
            .Array[1, 40]
            .Select(chars => new string(chars))
            .Where(text => DeviceId.TryValidate(text, out _));
        await Gen.Select(id, id)
            .SampleAsync(
                async (deviceId, moduleId) =>
                {
                    await _client.GetModuleTwinAsync(deviceId, moduleId, CancellationToken.None);
                    string[] segments = [.. _target.Split('?')[0].Split('/').Select(Uri.UnescapeDataString)];
                    Assert.Equal(["", "twins", deviceId, "modules", moduleId], segments);
                },
                iter: Repetitions.Of(100),
                threads: 1
            );
    }

    private static WebApplication CreateServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        return builder.Build();
    }

    private sealed class Options : ClientOptions;
}

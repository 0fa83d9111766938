using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Logs;

namespace IotHubDsr.Core.Tests.Azure.Logs;

/// <summary>A transport that answers as it is told, and remembers what it was asked.</summary>
internal sealed class FakeLogs(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public const string Workspace = "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/logs";

    public List<HttpRequestMessage> Requests { get; } = [];

    public List<string> Bodies { get; } = [];

    public static LogPlace Place { get; } = new(IdOf(Workspace), "LogAnalyticsWorkspace logs");

    public AzureAccess Connect() =>
        new(
            Cloud.Public with
            {
                CreateHandler = () => this,
                FirstRetryDelay = TimeSpan.FromMilliseconds(1),
            },
            static _ => new FixedCredential()
        );

    public static HttpResponseMessage Of(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach ((string name, string value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    public static string Table(string columns, params object[][] rows) =>
        JsonSerializer.Serialize(
            new
            {
                tables = new[]
                {
                    new
                    {
                        name = "PrimaryResult",
                        columns = columns.Split(',').Select(column => new { name = column.Split(':')[0], type = column.Split(':')[1] }),
                        rows,
                    },
                },
            }
        );

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        Bodies.Add(request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : string.Empty);
        HttpResponseMessage response = answer(request);
        response.RequestMessage = request;
        return response;
    }

    private static ArmId IdOf(string text) => ArmId.TryParse(text, out ArmId? id) ? id : throw new ArgumentException(text);

    private sealed class FixedCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new($"token for {requestContext.Scopes[0]}", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Web;
using Azure.Core;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Tests.Azure;

/// <summary>Azure Resource Manager as a table of answers. What is not in the table is not found.</summary>
internal sealed class FakeArm : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<HttpRequestMessage, (int Status, string Body)>> _answers = new(
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Where nothing else is said, no resource reads from a hub.</summary>
    public FakeArm() =>
        On("/providers/Microsoft.ResourceGraph/resources", """{"totalRecords":0,"count":0,"resultTruncated":"false","data":[]}""");

    public ConcurrentQueue<HttpRequestMessage> Requests { get; } = [];

    public FakeArm On(string path, string body, int status = 200) => On(path, _ => (status, body));

    /// <param name="path">Path, with or without a query; one with a query is looked for first.</param>
    /// <param name="answer">Makes status and body.</param>
    public FakeArm On(string path, Func<HttpRequestMessage, (int Status, string Body)> answer)
    {
        _answers[path] = answer;
        return this;
    }

    public AzureAccess Connect() => new(Cloud.Public with { CreateHandler = () => this }, static _ => new FixedCredential());

    public ArmReader Reader() => new(Connect());

    public static string ApiVersionOf(HttpRequestMessage request) =>
        HttpUtility.ParseQueryString(request.RequestUri!.Query)["api-version"] ?? "";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Requests.Enqueue(request);
        Uri uri = request.RequestUri!;
        (int status, string body) =
            _answers.TryGetValue(uri.PathAndQuery, out Func<HttpRequestMessage, (int Status, string Body)>? exact)
            || _answers.TryGetValue(uri.AbsolutePath, out exact)
                ? exact(request)
                : (404, """{"error":{"code":"ResourceNotFound","message":"not there"}}""");
        return Task.FromResult(
            new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
                RequestMessage = request,
            }
        );
    }

    private sealed class FixedCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}

using System.Net;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Tests.Azure.Hub;

/// <summary>A hub that gives the answers of a test, one after the other, and remembers what it was asked.</summary>
internal sealed class ScriptedHub : HttpMessageHandler
{
    public const string HostName = "contoso.azure-devices.net";

    private readonly Queue<Func<HttpResponseMessage>> _answers = new();

    public List<Asked> Requests { get; } = [];

    /// <param name="maxRetries">How often the pipeline tries again; without waiting.</param>
    /// <param name="sku">The hub's SKU.</param>
    /// <param name="authentication">The policy that authorises requests; null for none.</param>
    /// <param name="time">The clock of a hub of one unit; null for one that is never short of tokens.</param>
    public HubClient Client(int maxRetries = 0, string sku = "S3", HttpPipelinePolicy? authentication = null, TimeProvider? time = null)
    {
        var options = new Options { Transport = new HttpClientTransport(this), RetryPolicy = new RetryPolicy(maxRetries, new NoDelay()) };
        options.AddPolicy(AttemptPolicy.Instance, HttpPipelinePosition.PerRetry);
        HttpPipeline pipeline = HttpPipelineBuilder.Build(options, [], authentication is null ? [] : [authentication], null);
        return new HubClient(pipeline, new Uri($"https://{HostName}/"), HubThrottle.For(sku, time is null ? 100 : 1, 1, time));
    }

    public ScriptedHub Answers(int status, string body = "", params (string Name, string Value)[] headers)
    {
        _answers.Enqueue(() =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            foreach ((string name, string value) in headers)
                response.Headers.TryAddWithoutValidation(name, value);
            return response;
        });
        return this;
    }

    /// <summary>The way in which the service reports an error today.</summary>
    public ScriptedHub Fails(int code, string name, string message = "refused") =>
        Answers(
            code / 1000,
            $$"""{"Message":"{\"errorCode\":{{code}},\"trackingId\":\"t-1\",\"message\":\"{{message}}\"}","ExceptionMessage":""}""",
            ("iothub-errorcode", name)
        );

    public ScriptedHub Breaks()
    {
        _answers.Enqueue(static () => throw new HttpRequestException("The connection was reset."));
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add(
            new Asked(
                request.Method.Method,
                request.RequestUri!.PathAndQuery,
                request.Headers.ToDictionary(
                    header => header.Key,
                    header => string.Join(',', header.Value),
                    StringComparer.OrdinalIgnoreCase
                ),
                body
            )
        );
        Assert.NotEmpty(_answers);
        Func<HttpResponseMessage> answer = _answers.Dequeue();
        HttpResponseMessage response = answer();

        // A hub that is too busy stays so: it is asked again until somebody loses patience.
        if (_answers.Count == 0 && response.StatusCode == HttpStatusCode.TooManyRequests)
            _answers.Enqueue(answer);
        response.RequestMessage = request;
        return response;
    }

    internal sealed record Asked(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

    private sealed class Options : ClientOptions;

    private sealed class NoDelay : DelayStrategy
    {
        protected override TimeSpan GetNextDelayCore(global::Azure.Response? response, int retryNumber) => TimeSpan.Zero;
    }
}

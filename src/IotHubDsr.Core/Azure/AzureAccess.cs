using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// The one way to Azure: one transport, one retry policy, one token cache, one telemetry ID, shared by our own clients and by
/// Microsoft's.
/// </summary>
internal sealed class AzureAccess : IDisposable
{
    private readonly HttpClient _httpClient;
    private readonly ServiceTimePolicy _serviceTime;
    private readonly ConcurrentDictionary<string, HttpPipeline> _pipelines = new(StringComparer.Ordinal);

    public AzureAccess(Cloud cloud, Func<AzureAccess, TokenCredential?> createCredential, TimeProvider? time = null)
    {
        Cloud = cloud;
        Handler = cloud.CreateHandler();
        _httpClient = new HttpClient(Handler) { Timeout = Timeout.InfiniteTimeSpan };
        Transport = new HttpClientTransport(_httpClient);
        Clock = new ServiceClock(time ?? TimeProvider.System);
        _serviceTime = new ServiceTimePolicy(Clock);
        Credential = createCredential(this) is { } credential ? new CachingCredential(credential, time ?? TimeProvider.System) : null;
    }

    /// <summary>The time by the services that have answered so far.</summary>
    public ServiceClock Clock { get; }

    public Cloud Cloud { get; }

    public HttpPipelineTransport Transport { get; }

    /// <summary>What the transport sends with, for a client that takes no transport.</summary>
    public HttpMessageHandler Handler { get; }

    /// <summary>The Entra credential; null when the connection has a shared access key only.</summary>
    public TokenCredential? Credential { get; }

    /// <summary>Configures a client's options with the shared transport, retries and telemetry.</summary>
    public T Configure<T>(T options)
        where T : ClientOptions
    {
        options.Transport = Transport;
        options.RetryPolicy = new ServiceRetryPolicy(Cloud.FirstRetryDelay);
        options.Diagnostics.ApplicationId = "IotHubDsr";
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.AddPolicy(AttemptPolicy.Instance, HttpPipelinePosition.PerRetry);
        options.AddPolicy(RequestTracePolicy.Instance, HttpPipelinePosition.PerRetry);
        options.AddPolicy(RequiredActions.Policy, HttpPipelinePosition.PerRetry);
        options.AddPolicy(_serviceTime, HttpPipelinePosition.PerRetry);
        options.AddPolicy(FencePolicy.Instance, HttpPipelinePosition.BeforeTransport);
        return options;
    }

    /// <summary>A container that is reached with the account's token: here and below, a storage token meets an address.</summary>
    /// <exception cref="DsrException">The host is not one that a token may go to.</exception>
    public BlobContainerClient OpenContainer(Uri containerUri, BlobClientOptions options)
    {
        Cloud.RequireTrusted(containerUri);
        return new BlobContainerClient(containerUri, Credential, options);
    }

    /// <summary>A queue that is reached with the account's token.</summary>
    /// <exception cref="DsrException">The host is not one that a token may go to.</exception>
    public QueueClient OpenQueue(Uri queueUri, QueueClientOptions options)
    {
        Cloud.RequireTrusted(queueUri, StorageHost.Queues);
        return new QueueClient(queueUri, Credential, options);
    }

    /// <summary>A pipeline that authorises each request with an Entra token for <paramref name="scope"/>.</summary>
    public HttpPipeline PipelineFor(string scope) =>
        _pipelines.GetOrAdd(scope, key =>
            CreatePipeline(
                new BearerTokenAuthenticationPolicy(
                    Credential
                        ?? throw FaultCatalogue.CredentialUnavailable.Exception(
                            key,
                            "the connection was made with a connection string alone."
                        ),
                    key
                )
            )
        );

    /// <summary>A pipeline that authorises each request with a policy of the caller's.</summary>
    public HttpPipeline CreatePipeline(HttpPipelinePolicy authentication) =>
        HttpPipelineBuilder.Build(Configure(new ServiceClientOptions()), [], [authentication], ResponseClassifier.Shared);

    public void Dispose() => _httpClient.Dispose();

    private sealed class ServiceClientOptions : ClientOptions;

    /// <summary>Azure.Core's rules: 408, 429, 500, 502, 503, 504 and broken connections are worth another try.</summary>
    private sealed class ResponseClassifier : global::Azure.Core.ResponseClassifier
    {
        public static ResponseClassifier Shared { get; } = new();
    }
}

using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace IotHubDsr.Core.Azure;

/// <summary>Observes the attempts that the retry policy makes on a caller's behalf.</summary>
internal interface IAttemptObserver
{
    /// <summary>Returns when a further attempt may be sent.</summary>
    ValueTask BeforeRetryAsync(CancellationToken cancellationToken);

    /// <summary>An attempt has ended.</summary>
    /// <param name="response">The answer; null when there was none.</param>
    void After(Response? response);
}

/// <summary>Tells a message's <see cref="IAttemptObserver"/>, if it has one, of each attempt.</summary>
internal sealed class AttemptPolicy : HttpPipelinePolicy
{
    public static AttemptPolicy Instance { get; } = new();

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        IAttemptObserver? observer = message.TryGetProperty(typeof(IAttemptObserver), out object? value) ? value as IAttemptObserver : null;
        if (observer is not null && message.ProcessingContext.RetryNumber > 0)
            await observer.BeforeRetryAsync(message.CancellationToken);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch
        {
            observer?.After(response: null);
            throw;
        }

        observer?.After(message.Response);
    }
}

using Azure;

namespace IotHubDsr.Core.Azure.DataExplorer;

/// <summary>An order that is given once, with the ID under which the service shows who gave it.</summary>
internal sealed class ExplorerOrder : IAttemptObserver
{
    /// <summary>The ID of the request: all its attempts have the same.</summary>
    public string RequestId { get; } = $"{Guid.NewGuid():D}";

    /// <summary>Whether an attempt may have been accepted; false where the service has refused each.</summary>
    public bool MayBeAccepted { get; private set; }

    public ValueTask BeforeRetryAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void After(Response? response) => MayBeAccepted |= response?.Status is not (>= 400 and < 500 and not 408);
}

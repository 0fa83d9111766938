namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>A store that several processes reach at once, wherever they run: a blob container.</summary>
internal interface ISegmentStore : IEvidenceStore
{
    /// <summary>URI of the container.</summary>
    Uri Address { get; }

    /// <summary>A folder of it.</summary>
    ISegmentFolder OpenSegments(string name);

    /// <summary>The folders whose names begin with a prefix, requests or not.</summary>
    IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken cancellationToken);
}

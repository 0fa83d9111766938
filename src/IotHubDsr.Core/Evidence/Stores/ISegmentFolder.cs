namespace IotHubDsr.Core.Evidence.Stores;

/// <summary>The files of a request in which several processes work at once, each on segments of its own: a blob container.</summary>
internal interface ISegmentFolder : IEvidenceFolder
{
    /// <summary>Takes the lease of a segment, which is made where it is not there; null if another process has it.</summary>
    Task<ISegmentFile?> TryOpenSegmentAsync(string name, CancellationToken cancellationToken);

    /// <summary>The segments whose names begin with a prefix, and what is marked on them.</summary>
    IAsyncEnumerable<SegmentListing> ListSegmentsAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Saves what is read once and never held as a whole; it is complete, or it is not there.</summary>
    Task SaveAsync(string name, Stream content, CancellationToken cancellationToken);
}

/// <summary>A segment that nobody else can write to, nor mark.</summary>
internal interface ISegmentFile : IJournalFile
{
    /// <summary>What is marked on it: short words of ASCII that are seen without reading it.</summary>
    IReadOnlyDictionary<string, string> Marks { get; }

    /// <summary>Called after each renewal of the lease.</summary>
    Func<CancellationToken, Task>? OnRenewed { get; set; }

    /// <summary>All that was written.</summary>
    Task<byte[]> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the marks.</summary>
    Task MarkAsync(IReadOnlyDictionary<string, string> marks, CancellationToken cancellationToken);
}

/// <summary>A segment as it is listed.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Marks">What is marked on it.</param>
/// <param name="IsHeld">Whether a process has its lease.</param>
internal sealed record SegmentListing(string Name, IReadOnlyDictionary<string, string> Marks, bool IsHeld);

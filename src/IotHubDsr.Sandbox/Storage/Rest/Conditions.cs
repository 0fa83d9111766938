using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>The conditional headers of a request, for the blob it is about or, with a prefix, for the source it copies from.</summary>
internal sealed class Conditions
{
    private readonly string? _ifMatch;
    private readonly string? _ifNoneMatch;
    private readonly DateTimeOffset? _modifiedSince;
    private readonly DateTimeOffset? _unmodifiedSince;
    private readonly TagCondition? _tags;

    private Conditions(BlobRequest request, string prefix)
    {
        _ifMatch = request.Header(prefix + "If-Match");
        _ifNoneMatch = request.Header(prefix + "If-None-Match");
        _modifiedSince = request.DateHeader(prefix + "If-Modified-Since");
        _unmodifiedSince = request.DateHeader(prefix + "If-Unmodified-Since");
        string tagsHeader = prefix.Length == 0 ? "x-ms-if-tags" : prefix + "if-tags";
        _tags = request.Header(tagsHeader) is { } tags ? TagCondition.Parse(tagsHeader, tags) : null;
    }

    public static Conditions Of(BlobRequest request) => new(request, "");

    public static Conditions OfSource(BlobRequest request) => new(request, "x-ms-source-");

    public void CheckRead(BlobRevision blob)
    {
        if (_ifNoneMatch == "*")
            throw new StorageException(StorageErrors.UnsatisfiableCondition);

        if (!PreconditionsHold(blob))
            throw new StorageException(StorageErrors.ConditionNotMet);

        if (!IsWanted(blob))
            throw new StorageException(StorageErrors.NotModified);
    }

    /// <summary>For writes; a blob that does not exist meets every condition but those that ask for a certain state.</summary>
    public void CheckWrite(BlobRevision? blob)
    {
        if (blob is null)
        {
            if (_ifMatch is not null || _tags is not null)
                throw new StorageException(StorageErrors.ConditionNotMet);

            return;
        }

        if (_ifNoneMatch == "*")
            throw new StorageException(StorageErrors.BlobAlreadyExists);

        Check(blob, StorageErrors.ConditionNotMet);
    }

    public void CheckSource(BlobRevision blob) => Check(blob, StorageErrors.SourceConditionNotMet);

    private void Check(BlobRevision blob, StorageError error)
    {
        if (!PreconditionsHold(blob) || !IsWanted(blob))
            throw new StorageException(error);
    }

    private bool PreconditionsHold(BlobRevision blob) =>
        (_ifMatch is null || _ifMatch == "*" || SameETag(_ifMatch, blob.ETag))
        && (_unmodifiedSince is null || WholeSeconds(blob.LastModified) <= _unmodifiedSince)
        && (_tags is null || _tags.IsMetBy(blob.Tags));

    private bool IsWanted(BlobRevision blob) =>
        (_ifNoneMatch is null || (_ifNoneMatch != "*" && !SameETag(_ifNoneMatch, blob.ETag)))
        && (_modifiedSince is null || WholeSeconds(blob.LastModified) > _modifiedSince);

    private static bool SameETag(string given, string actual) =>
        string.Equals(given.Trim().Trim('"'), actual.Trim('"'), StringComparison.Ordinal);

    /// <summary>Dates in headers have no fractions, so the blob's must not have any either.</summary>
    private static DateTimeOffset WholeSeconds(DateTimeOffset date) => date.AddTicks(-(date.Ticks % TimeSpan.TicksPerSecond));
}

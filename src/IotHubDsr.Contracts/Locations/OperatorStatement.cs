namespace IotHubDsr;

/// <summary>
/// A fact about a location that Azure cannot confirm and that the operator vouches for. A plan records it, a run uses the statements of its
/// plan, and the certificate shows it.
/// </summary>
/// <param name="Kind">What is said.</param>
/// <param name="Ground">Why it holds, in the operator's words.</param>
public sealed record OperatorStatement(OperatorStatementKind Kind, string Ground)
{
    /// <summary>
    /// The name of a blob, or what names of blobs begin with (see <see cref="IsPrefix"/>), case-sensitive; null for the whole place.
    /// </summary>
    public string? BlobName { get; init; }

    /// <summary>Whether <see cref="BlobName"/> is the beginning of names rather than one name.</summary>
    public bool IsPrefix { get; init; }

    /// <summary>Whether the statement is about a blob.</summary>
    /// <param name="blobName">Name of the blob within its container.</param>
    public bool Covers(string blobName) =>
        BlobName is null
        || (
            IsPrefix ? blobName.StartsWith(BlobName, StringComparison.Ordinal) : string.Equals(blobName, BlobName, StringComparison.Ordinal)
        );

    /// <summary>The statement and its ground, as one line.</summary>
    public override string ToString() =>
        VisibleText.OfLine(
            Kind switch
            {
                OperatorStatementKind.DedicatedContainer => $"The place is this hub's alone: {Ground}",
                OperatorStatementKind.ExcludedBlobs when IsPrefix => $"Blobs whose names begin with '{BlobName}' are not read: {Ground}",
                OperatorStatementKind.ExcludedBlobs => $"Blob '{BlobName}' is not read: {Ground}",
                OperatorStatementKind.OwnBlobs when IsPrefix => $"Blobs whose names begin with '{BlobName}' are this hub's: {Ground}",
                OperatorStatementKind.OwnBlobs => $"Blob '{BlobName}' is this hub's: {Ground}",
                _ => $"{Kind}: {Ground}",
            }
        );
}

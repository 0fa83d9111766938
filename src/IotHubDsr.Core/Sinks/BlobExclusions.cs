using System.Globalization;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// The blobs of a location that the operator excludes, with a ground that plan and certificate show: they are neither read nor counted, nor
/// erased.
/// </summary>
internal sealed class BlobExclusions(DataLocation location)
{
    private readonly OperatorStatement[] _statements =
    [
        .. location.Statements.Where(statement => statement is { Kind: OperatorStatementKind.ExcludedBlobs, BlobName.Length: > 0 }),
    ];

    /// <summary>Whether a blob is excluded, or all that is below a folder that ends with a slash.</summary>
    public bool Cover(string name) => Array.Exists(_statements, statement => statement.Covers(name));

    /// <summary>What is said of them, without a full stop; null when nothing was excluded.</summary>
    /// <param name="count">How many blobs a listing showed that are excluded.</param>
    public static string? Describe(long count) =>
        count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Counted.Of(count, "blob was", "blobs were")} left unread because the operator excludes {(count == 1 ? "it" : "them")}"
            );
}

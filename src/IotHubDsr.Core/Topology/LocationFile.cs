using System.Text.Json;
using IotHubDsr.Core.Azure;

namespace IotHubDsr.Core.Topology;

/// <summary>
/// Locations that a hub's configuration cannot tell of: containers of endpoints and uploads that were removed, copies that somebody
/// makes of the data, systems outside of Azure.
/// </summary>
/// <remarks>
/// The file is JSON; comments and trailing commas are allowed:
/// <code>
/// {
///   "locations": [
///     // A place of a kind that the module knows. Kinds of blob containers need the address of the container, without a SAS.
///     { "kind": "RoutedBlobContainer", "containerUri": "https://stcontoso.blob.core.windows.net/old-telemetry",
///       "hubName": "old-hub", "note": "endpoint 'raw', removed in 2024" },
///     // Any other kind is a place that somebody has to look at.
///     { "kind": "PowerBI", "place": "dataset Telemetry", "resourceId": "/subscriptions/…", "note": "ask the BI team" }
///   ]
/// }
/// </code>
/// What the operator vouches for is read by <see cref="LocationFileStatements"/>. <c>hubName</c> is the hub's name as it stands in the
/// names of the blobs. The file holds no secrets, and one that does is refused. Its schema is <c>module/LocationFile.schema.json</c>, see
/// <see cref="LocationFileSchema"/>.
/// </remarks>
internal static class LocationFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonDocumentOptions Relaxed = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 8,
    };

    public static async Task<IReadOnlyList<LocationDraft>> ReadAsync(
        string path,
        PlaceKinds kinds,
        Cloud cloud,
        CancellationToken cancellationToken
    )
    {
        byte[] content;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw FaultCatalogue.InvalidLocationFile.Exception(path, "it is larger than 1 MB.");
            content = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new DsrException(FaultCatalogue.InvalidLocationFile.For(path, exception.Message), exception);
        }

        return Parse(path, content, kinds, cloud);
    }

    /// <param name="path">Path of the file, for messages.</param>
    /// <param name="content">The file, in UTF-8 with or without a byte order mark.</param>
    /// <param name="kinds">The kinds of place.</param>
    /// <param name="cloud">The cloud of the connection.</param>
    public static IReadOnlyList<LocationDraft> Parse(string path, ReadOnlyMemory<byte> content, PlaceKinds kinds, Cloud cloud)
    {
        ReadOnlyMemory<byte> json = content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
        try
        {
            using var document = JsonDocument.Parse(json, Relaxed);
            var positions = new LocationFilePositions(json, Relaxed);
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("locations", out JsonElement entries)
                || entries.ValueKind != JsonValueKind.Array
            )
            {
                throw FaultCatalogue.InvalidLocationFile.Exception(
                    path,
                    $"{positions.OfRoot}: an object with the list 'locations' is expected."
                );
            }

            return
            [
                .. entries
                    .EnumerateArray()
                    .Select(
                        (entry, index) =>
                            LocationFileEntry.Read(entry, kinds, cloud, (problem, member) =>
                                FaultCatalogue.InvalidLocationFile.Exception(path, $"{positions.Of(index, member)}: {problem}")
                            )
                    ),
            ];
        }
        catch (JsonException exception)
        {
            // The parser's message quotes the text around the mistake, which can be a secret.
            throw FaultCatalogue.InvalidLocationFile.Exception(
                path,
                $"{LocationFilePositions.In(json.Span, exception.LineNumber ?? 0, exception.BytePositionInLine ?? 0)}: this is not JSON."
            );
        }
    }
}

using System.Text.Json;
using IotHubDsr.Core.Azure;
using IotHubDsr.Core.Azure.Hub;

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
/// names of the blobs. The file holds no secrets, and one that does is refused.
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
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("locations", out JsonElement entries)
                || entries.ValueKind != JsonValueKind.Array
            )
            {
                throw FaultCatalogue.InvalidLocationFile.Exception(path, "line 1: an object with the list 'locations' is expected.");
            }

            int[] lines = LinesOf(json.Span);
            return
            [
                .. entries
                    .EnumerateArray()
                    .Select(
                        (entry, index) =>
                            LocationFileEntry.Read(entry, kinds, cloud, problem =>
                                FaultCatalogue.InvalidLocationFile.Exception(path, $"line {lines[index]}: {problem}")
                            )
                    ),
            ];
        }
        catch (JsonException exception)
        {
            // The parser's message quotes the text around the mistake, which can be a secret.
            throw FaultCatalogue.InvalidLocationFile.Exception(
                path,
                $"line {(exception.LineNumber ?? 0) + 1}, byte {(exception.BytePositionInLine ?? 0) + 1}: this is not JSON."
            );
        }
    }

    /// <summary>The line on which each entry of the list begins.</summary>
    private static int[] LinesOf(ReadOnlySpan<byte> json)
    {
        var lines = new List<int>();
        var reader = new Utf8JsonReader(
            json,
            new JsonReaderOptions
            {
                AllowTrailingCommas = Relaxed.AllowTrailingCommas,
                CommentHandling = Relaxed.CommentHandling,
                MaxDepth = Relaxed.MaxDepth,
            }
        );
        bool isInList = false;
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
            {
                isInList = reader.ValueTextEquals("locations");
                if (isInList)
                    lines.Clear();
            }
            else if (isInList && reader.CurrentDepth == 2 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                lines.Add(json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1);
            }
        }

        return [.. lines];
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Cosmos.Documents;

namespace IotHubDsr.Sandbox.Cosmos.Rest;

/// <summary>
/// Where a page begins: behind a document of a range. A position, not a count: what is added or removed between two pages shifts nothing.
/// </summary>
internal sealed record QueryContinuation(int Range, long Number)
{
    public const string Header = "x-ms-continuation";

    private const string Prefix = "+RID:~";

    /// <summary>
    /// Of one partition the position alone; of several, JSON with the bounds of the one that is next. Both are opaque to clients.
    /// </summary>
    public string Write(CosmosContainer container, bool isAcrossPartitions)
    {
        string rid = ResourceId.OfDocument(container.Rid, Number);
        string position = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{rid}#RT:1#TRC:{Number}#ISV:2#IEO:65567#QCF:8");
        PartitionKeyRange range = container.Ranges[Range];
        return isAcrossPartitions
            ? new JsonObject
            {
                ["token"] = position,
                ["range"] = new JsonObject { ["min"] = range.Min, ["max"] = range.Max },
            }.ToJsonString()
            : position;
    }

    public static QueryContinuation Read(CosmosRequest request, CosmosContainer container, QueryScope scope)
    {
        if (request.Header(Header) is not { } text)
            return new(scope.Range ?? 0, 0);

        try
        {
            (string position, int? range) = text.StartsWith('{') ? ReadJson(text, container) : (text, scope.Range ?? 0);
            int end = position.IndexOf('#', StringComparison.Ordinal);
            return range is { } index && end > Prefix.Length && ResourceId.NumberOf(position[Prefix.Length..end]) is { } number
                ? new(index, number)
                : throw Invalid(text);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Invalid(text);
        }
    }

    private static (string Position, int? Range) ReadJson(string text, CosmosContainer container)
    {
        using var parsed = JsonDocument.Parse(text);
        string min = parsed.RootElement.GetProperty("range").GetProperty("min").GetString()!;
        PartitionKeyRange? range = container.Ranges.FirstOrDefault(range => range.Min == min);
        return (
            parsed.RootElement.GetProperty("token").GetString()!,
            range is null ? null : container.Ranges.Index().First(one => one.Item == range).Index
        );
    }

    private static CosmosException Invalid(string text) => CosmosErrors.BadRequest($"Invalid Continuation Token: {text}");
}

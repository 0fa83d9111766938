using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Certificates;

/// <summary>The hashes of the lines of a journal, each of which names the hash of the line before.</summary>
internal static class JournalChain
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 16 };

    /// <summary>Every line of an unbroken journal by its digest, with the time of the first line and the newest time up to it.</summary>
    /// <param name="segments">The journal's bytes; those of a blob container are in more than one file.</param>
    /// <exception cref="FormatException">A line does not follow from the one before.</exception>
    public static Dictionary<string, JournalTimes> Read(IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        var lines = new Dictionary<string, JournalTimes>(StringComparer.Ordinal);
        JournalTimes times = default;
        string before = $"sha256:{new string('0', 64)}";
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            for (int start = 0; start < segment.Length; )
            {
                int length = segment.Span[start..].IndexOf((byte)'\n');
                if (length < 0)
                    break; // What was cut off by a kill, before anything was done on the strength of it.
                ReadOnlyMemory<byte> line = segment.Slice(start, length);
                (string? previous, DateTimeOffset? at) = Read(line);
                if (previous != before)
                    throw new FormatException($"Line {lines.Count + 1} of the journal does not refer to the line before it.");
                before = Digests.Of(line.Span);
                times = times.With(at);
                lines[before] = times;
                start += length + 1;
            }
        }

        return lines;
    }

    private static (string? Previous, DateTimeOffset? At) Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Bounded);
            bool hasTime = document.RootElement.TryGetProperty("at", out JsonElement at) & at.ValueKind == JsonValueKind.String;
            return (
                document.RootElement.GetProperty("prev").GetString(),
                hasTime && at.TryGetDateTimeOffset(out DateTimeOffset time) ? time : null
            );
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (null, null);
        }
    }
}

/// <summary>The time of a journal's first line, and the newest up to one of its lines.</summary>
internal readonly record struct JournalTimes(DateTimeOffset? First, DateTimeOffset? Newest)
{
    public JournalTimes With(DateTimeOffset? at) => new(First ?? at, Newest is null || at > Newest ? at ?? Newest : Newest);
}

using System.Text.Json;
using IotHubDsr.Plans;

namespace IotHubDsr.Certificates;

/// <summary>The hashes of the lines of a journal, each of which names the hash of the line before.</summary>
internal static class JournalChain
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 16 };

    /// <summary>The digest of every line of an unbroken journal.</summary>
    /// <param name="segments">The journal's bytes; those of a blob container are in more than one file.</param>
    /// <exception cref="FormatException">A line does not follow from the one before.</exception>
    public static HashSet<string> Read(IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        var hashes = new HashSet<string>(StringComparer.Ordinal);
        string before = $"sha256:{new string('0', 64)}";
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            for (int start = 0; start < segment.Length;)
            {
                int length = segment.Span[start..].IndexOf((byte)'\n');
                if (length < 0)
                    break; // What was cut off by a kill, before anything was done on the strength of it.
                ReadOnlyMemory<byte> line = segment.Slice(start, length);
                if (PreviousOf(line) != before)
                    throw new FormatException($"Line {hashes.Count + 1} of the journal does not refer to the line before it.");
                before = Digests.Of(line.Span);
                hashes.Add(before);
                start += length + 1;
            }
        }

        return hashes;
    }

    private static string? PreviousOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Bounded);
            return document.RootElement.GetProperty("prev").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}

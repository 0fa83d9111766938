using System.Globalization;
using System.Text.Json;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Journals;

/// <summary>The hash of a journal's last line, and how many lines there are.</summary>
internal readonly record struct JournalHead(long Lines, string Hash)
{
    /// <summary>What the first line refers to.</summary>
    public static JournalHead Start { get; } = new(0, "sha256:" + new string('0', 64));
}

/// <summary>
/// One line of a journal: canonical JSON (RFC 8785) with the hash of the line before. A line that was changed, added or removed breaks the
/// chain from there on.
/// </summary>
internal sealed record JournalLine(long Number, DateTimeOffset At, JournalEvent Event)
{
    private const int LongestLine = 64 * 1024 * 1024;

    /// <summary>The bytes of the line, its end included, and the head that the journal then has.</summary>
    public (byte[] Line, JournalHead Head) Write(JournalHead before)
    {
        using JsonDocument document = JsonSerializer.SerializeToDocument(
            new Form(At.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture), Event, before.Hash, Number),
            JournalContract.Json
        );
        byte[] canonical = CanonicalJson.Write(document.RootElement);
        return ([.. canonical, (byte)'\n'], new JournalHead(Number, Digests.Of(canonical)));
    }

    /// <summary>Reads a journal; it ends at the first line that does not fit.</summary>
    /// <exception cref="DsrException">A line is not what follows from the one before it.</exception>
    public static IEnumerable<(JournalLine Line, JournalHead Head)> Read(string place, byte[] journal) =>
        Read(place, journal, JournalHead.Start);

    /// <param name="place">The journal, for a person to find it.</param>
    /// <param name="journal">Its lines.</param>
    /// <param name="before">What the first line refers to.</param>
    /// <exception cref="DsrException">A line is not what follows from the one before it.</exception>
    public static IEnumerable<(JournalLine Line, JournalHead Head)> Read(string place, byte[] journal, JournalHead before)
    {
        JournalHead head = before;
        for (int start = 0; start < journal.Length; )
        {
            int length = journal.AsSpan(start).IndexOf((byte)'\n');
            if (length is < 0 or > LongestLine)
                throw FaultCatalogue.JournalBroken.Exception(place, head.Lines + 1, "it is incomplete");
            ReadOnlyMemory<byte> bytes = journal.AsMemory(start, length);
            JournalLine line = Parse(place, bytes, head);
            head = new JournalHead(line.Number, Digests.Of(bytes.Span));
            yield return (line, head);
            start += length + 1;
        }
    }

    private static JournalLine Parse(string place, ReadOnlyMemory<byte> bytes, JournalHead before)
    {
        try
        {
            Form form = JsonSerializer.Deserialize<Form>(bytes.Span, JournalContract.Json) ?? throw new JsonException("it is null");
            if (form.Prev != before.Hash || form.Seq != before.Lines + 1)
                throw new JsonException("it does not refer to the line before it");
            JournalRules.Require(form.Event);
            return new JournalLine(form.Seq, DateTimeOffset.Parse(form.At, CultureInfo.InvariantCulture), form.Event);
        }
        catch (Exception exception)
            when (exception is JsonException or FormatException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new DsrException(FaultCatalogue.JournalBroken.For(place, before.Lines + 1, Reason.Of(exception).TrimEnd('.')), exception);
        }
    }

    private sealed record Form(string At, JournalEvent Event, string Prev, long Seq);
}

using System.Buffers;
using System.Text.Json;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks;

/// <summary>
/// The lines of an export. Matches gather here, and are written when what holds them has been read: a file is made for the first.
/// </summary>
/// <param name="selection">The subjects, and which of their records are included.</param>
/// <param name="target">The folder of the location.</param>
/// <param name="fileName">Name of the file.</param>
/// <param name="kind">What the lines look like.</param>
internal sealed class RecordLines(RecordSelection selection, IExportTarget target, string fileName, RecordKind kind) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null);
    private readonly List<byte[]> _waiting = [];
    private readonly Dictionary<int, (long Included, long Withheld)> _counts = [];
    private IRecordFile? _file;

    /// <summary>
    /// Begins the line of a match with what every record begins with; null if the match is withheld. What follows is the caller's, and then
    /// <see cref="End"/>.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="attribution">How it is said to concern its device; null for what was found.</param>
    public Utf8JsonWriter? Begin(in MatchedRecord record, MatchKind? attribution = null)
    {
        (long included, long withheld) = _counts.GetValueOrDefault(record.Subject);
        if (!selection.Includes(record.Kind))
        {
            _counts[record.Subject] = (included, withheld + 1);
            return null;
        }

        _counts[record.Subject] = (included + 1, withheld);
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        _writer.WriteString("deviceId"u8, selection.Subjects[record.Subject]);
        _writer.WriteString("attribution"u8, (attribution ?? record.Kind).ToString());
        return _writer;
    }

    public void End()
    {
        _writer.WriteEndObject();
        _writer.Flush();
        _waiting.Add(_line.WrittenSpan.ToArray());
    }

    /// <summary>Writes what has gathered.</summary>
    public async ValueTask WriteAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
            return;
        _file ??= await target.OpenRecordsAsync(fileName, kind, cancellationToken);
        foreach (byte[] line in _waiting)
            _file.Write(line);
        _waiting.Clear();
    }

    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _file, null) is { } file)
            await file.DisposeAsync();
    }

    /// <summary>The account of a subject: what was found of it, and how much of that the lines include.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="subject">Index of the subject.</param>
    public ExportCompleteness AccountOf(DeviceDataFinding finding, int subject)
    {
        (long included, long withheld) = _counts.GetValueOrDefault(subject);
        bool isUnread = finding.Verdict is Verdict.Unreachable;
        return new ExportCompleteness
        {
            DeviceId = finding.DeviceId,
            LocationId = finding.Location.Id,
            Kind = finding.Location.Kind,
            Place = finding.Location.Place,
            Verdict = finding.Verdict,
            Found = isUnread ? null : included + withheld,
            Included = included,
            Withheld = withheld,
            OtherGenerationRecords = finding.OtherGenerationRecords,
            Unreachable = isUnread || finding.MayHoldMore ? null : 0,
            Ground = withheld > 0 ? RecordRemarks.Withheld + finding.Detail : finding.Detail,
        };
    }

    public void Dispose() => _writer.Dispose();
}

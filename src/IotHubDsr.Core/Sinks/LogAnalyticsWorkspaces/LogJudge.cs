using System.Text;
using IotHubDsr.Core.Archives;
using IotHubDsr.Core.Archives.Json;
using IotHubDsr.Core.Azure.Logs;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.LogAnalyticsWorkspaces;

/// <summary>How a row concerns a subject.</summary>
internal readonly record struct RowMatch(int Subject, MatchKind Kind);

/// <summary>
/// Judges the rows of one answer by what they say themselves, as rows of archived logs are judged. A row that names its hub nowhere is not
/// known to be the hub's. Numbers of subjects are those of the selection.
/// </summary>
internal sealed class LogJudge : IMatchedRecordSink
{
    private readonly RecordSelection _selection;
    private readonly LogRowJson _json = new();
    private readonly Walk _hubs;
    private readonly Lazy<Walk> _provisioning;
    private readonly List<RowMatch> _matches = [];
    private readonly LogLines? _lines;
    private LogRow _row;
    private (LogColumn Column, string Text, DocumentTexts Texts)[]? _texts;
    private string _table = string.Empty;

    /// <param name="selection">The subjects, of a hub that shares the workspace with others.</param>
    /// <param name="unshared">The same where rows of a provisioning service, which name no hub, count as the hub's.</param>
    /// <param name="lines">Takes the matches of an export; null where they are only counted.</param>
    public LogJudge(RecordSelection selection, RecordSelection unshared, LogLines? lines)
    {
        _selection = selection;
        _lines = lines;
        _hubs = new Walk(selection, this);
        _provisioning = new Lazy<Walk>(() => new Walk(unshared, this));
    }

    /// <summary>What all rows hold of the subjects.</summary>
    public IEnumerable<ArchiveScan> Scans =>
        _provisioning.IsValueCreated ? [_hubs.ToScan(), _provisioning.Value.ToScan()] : [_hubs.ToScan()];

    /// <summary>
    /// Rows that can name the subject, and cannot be read: what is no JSON any more, or names two senders.
    /// </summary>
    public Dictionary<int, long> Unread { get; } = [];

    /// <summary>The subjects of a row, and how it concerns each; valid until the next.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="row">The row.</param>
    public IReadOnlyList<RowMatch> Judge(string table, LogRow row) => Judge(table, row, static (_, _) => { });

    /// <summary>
    /// The subjects of a row that belongs to traces of theirs; none if it names a device itself, as it has been judged then. A trace can go
    /// through several devices, and the row is judged as each one's alone: of two it would not be known whose it is.
    /// </summary>
    public IReadOnlyList<RowMatch> JudgeTraced(string table, LogRow row, IReadOnlyCollection<int> subjects)
    {
        List<RowMatch> all = [];
        bool isJudged = false;
        foreach (int subject in subjects)
        {
            all.AddRange(
                Judge(
                    table,
                    row,
                    (matcher, selection) =>
                    {
                        isJudged = matcher.HasSender || matcher.HasMatch;
                        if (!isJudged)
                            matcher.AddSender(Encoding.UTF8.GetBytes(selection.Subjects[subject]), SenderSource.Field);
                    },
                    () => isJudged,
                    subject
                )
            );
            if (isJudged)
                break;
        }

        return all;
    }

    public void OnRecord(in MatchedRecord record)
    {
        _matches.Add(new RowMatch(record.Subject, record.Kind));
        _lines?.Add(_table, _row, record);
    }

    private List<RowMatch> Judge(
        string table,
        LogRow row,
        Action<RecordMatcher, RecordSelection> add,
        Func<bool>? isDone = null,
        int? traced = null
    )
    {
        _matches.Clear();
        (_table, _row, _texts) = (table, row, null);
        bool isProvisioning = IsOfProvisioning(row);
        Walk walk = isProvisioning ? _provisioning.Value : _hubs;
        bool isRead = walk.TryRead(_json.Write(row), matcher =>
        {
            if (!matcher.HasSender)
                AddNested(matcher, row);
            if (!matcher.HasSender)
                AddFreeTexts(matcher, row);
            if (isProvisioning)
                AddRegistrations(matcher, row);
            if (!LogTables.IsOfHub(table))
                AddTexts(matcher, row);
            add(matcher, _selection);
            return isDone?.Invoke() != true;
        });
        if (isRead)
            return _matches;

        // What cannot be read of a trace can be about whoever had a part in it.
        if (traced is { } subject)
            AddUnread(subject);
        else
            AddUnread(row);
        return _matches;
    }

    /// <summary>Whether a provisioning service wrote it: such rows name no hub.</summary>
    public static bool IsOfProvisioning(LogRow row) =>
        LogQueries.ResourceOf(row).Resource.Contains("/provisioningServices/", StringComparison.OrdinalIgnoreCase);

    private static void AddNested(RecordMatcher matcher, LogRow row)
    {
        foreach (string deviceId in NestedIds.Of(row))
            matcher.AddSender(Encoding.UTF8.GetBytes(deviceId), SenderSource.Field);
    }

    /// <summary>
    /// A registration ID is that of a device, regardless of case, but for enrollments that say otherwise: it does no more than name it.
    /// </summary>
    private void AddRegistrations(RecordMatcher matcher, LogRow row)
    {
        if (row.Text("properties_s") is not { } text)
            return;
        var texts = DocumentTexts.OfText(text);
        AddWhere(matcher, deviceId => texts.MentionOf(deviceId, StringComparison.OrdinalIgnoreCase) is not IdMention.None);
    }

    /// <summary>Of a row that names no device where one is expected, texts such as queries and filters of jobs do no more than name it.</summary>
    private void AddFreeTexts(RecordMatcher matcher, LogRow row) =>
        AddWhere(matcher, deviceId => IsIn(row, deviceId, static column => column.IsText && LogTables.CanName(column.Name)));

    /// <summary>In tables of others nobody knows where an ID would stand: anywhere, it does no more than name the device.</summary>
    private void AddTexts(RecordMatcher matcher, LogRow row) => AddWhere(matcher, deviceId => IsIn(row, deviceId, static _ => true));

    private void AddWhere(RecordMatcher matcher, Func<string, bool> isNamed)
    {
        for (int subject = 0; subject < _selection.Subjects.Count; subject++)
        {
            if (isNamed(_selection.Subjects[subject]))
                matcher.AddMention(Encoding.UTF8.GetBytes(_selection.Subjects[subject]));
        }
    }

    /// <summary>What no parser reads can name whatever device its text does, in whatever place; where that is escaped, any.</summary>
    private void AddUnread(LogRow row)
    {
        bool isEscaped = Array.Exists(TextsOf(row), static one => one.Text.Contains(@"\u", StringComparison.Ordinal));
        for (int subject = 0; subject < _selection.Subjects.Count; subject++)
        {
            string deviceId = _selection.Subjects[subject];
            bool isNamed =
                isEscaped
                || IsIn(row, deviceId, static _ => true)
                || Array.Exists(TextsOf(row), one => IdTexts.Holds(one.Text, deviceId, StringComparison.Ordinal));
            if (isNamed)
                AddUnread(subject);
        }
    }

    private void AddUnread(int subject) => Unread[subject] = Unread.GetValueOrDefault(subject) + 1;

    private bool IsIn(LogRow row, string deviceId, Func<LogColumn, bool> isOfInterest) =>
        Array.Exists(TextsOf(row), one => isOfInterest(one.Column) && one.Texts.Hold(deviceId));

    /// <summary>The texts of the row, which are made once for all subjects.</summary>
    private (LogColumn Column, string Text, DocumentTexts Texts)[] TextsOf(LogRow row)
    {
        if (_texts is not null)
            return _texts;
        List<(LogColumn, string, DocumentTexts)> texts = [];
        for (int column = 0; column < row.Columns.Count; column++)
        {
            if (row.Text(column) is { } text)
                texts.Add((row.Columns[column], text, DocumentTexts.OfText(text)));
        }

        return _texts = [.. texts];
    }

    private sealed class Walk(RecordSelection selection, IMatchedRecordSink sink)
    {
        private readonly ScanPass _pass = new(new ScanRequest(selection.Subjects, sink, WithBody: selection.WithBody));
        private JsonRecordWalker? _records;
        private long _number;

        public ArchiveScan ToScan() => _pass.ToScan("Rows", bytesRead: 0);

        /// <summary>False if it cannot be determined whose the row is.</summary>
        public bool TryRead(ReadOnlySpan<byte> json, Func<RecordMatcher, bool> addMore)
        {
            JsonRecordWalker records = _records ??= new JsonRecordWalker(_pass.Matcher, _pass.Bodies) { ReadsRowsOfResources = false };
            long number = _number++;
            _pass.RecordsRead++;
            _pass.Matcher.Reset();
            try
            {
                records.Walk(json, new JsonPlace(number, number, IsLine: false));
            }
            catch (ArchiveFormatException)
            {
                return false;
            }

            // Rows of tables are about a device or not; messages alone have a sender in any case.
            _pass.Matcher.NeedsNoSender();
            if (!addMore(_pass.Matcher))
                return true;
            if (_pass.IsOfInterest(number))
                _pass.LeavesOut(new MatchedRecord(new RecordPlace(number, 0), json, records.FactsOf(json), records));
            return !_pass.Matcher.IsUnread;
        }
    }
}

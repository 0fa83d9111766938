using System.Buffers;
using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Records;

namespace IotHubDsr.Core.Sinks.JobHistories;

/// <summary>Writes what jobs did to devices, and the jobs, without what would let a reader of the export act as somebody else.</summary>
internal sealed class JobExport(SinkCall call, IExportTarget target) : IAsyncDisposable
{
    private const string CredentialsLeftOut =
        "Keys and signatures of addresses are credentials, not data about the device, and are left out.";

    private const string JobsOfOthers =
        "Jobs that name other devices, or this one only in what they send, are their operator's and can tell of others.";

    private static readonly string[] Credentials =
    [
        "symmetricKey",
        "primaryKey",
        "secondaryKey",
        "connectionString",
        "sharedAccessKey",
        "sharedAccessSignature",
        "sasToken",
        "password",
    ];

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _writer = new(Stream.Null);
    private IRecordFile? _records;
    private IRecordFile? _jobs;

    public async Task<ExportCompleteness> WriteAsync(DeviceDataFinding finding, DeviceJobs held, CancellationToken cancellationToken)
    {
        var filter = new CredentialFilter(Credentials, kept: []) { LooksIntoTexts = true };
        foreach (JobRecord record in held.Records)
        {
            _records ??= await target.OpenRecordsAsync(JobRecords.RecordFile, JobRecords.Record, cancellationToken);
            _records.Write(LineOf(filter, finding.DeviceId, match: null, "record", record.Json));
        }

        int withheld = 0;
        foreach ((HubJob job, MatchKind match) in held.Named)
        {
            if (match == MatchKind.Mentioned && !call.Options.Erasure.Scope.IncludeMentioned)
            {
                withheld++;
                continue;
            }

            _jobs ??= await target.OpenRecordsAsync(JobRecords.JobFile, JobRecords.Job, cancellationToken);
            _jobs.Write(LineOf(filter, finding.DeviceId, match, "job", job.Json));
        }

        string[] grounds = [.. filter.HasLeftOut ? [CredentialsLeftOut] : (string[])[], .. withheld > 0 ? [JobsOfOthers] : (string[])[]];
        return PerDevice.Line(call, finding.DeviceId, finding.Verdict) with
        {
            Found = held.Count,
            Included = held.Count - withheld,
            Withheld = withheld,
            Ground = string.Join(' ', [.. grounds, finding.Detail]) is { Length: > 0 } ground ? ground : null,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        try
        {
            if (_records is not null)
                await _records.DisposeAsync();
        }
        finally
        {
            if (_jobs is not null)
                await _jobs.DisposeAsync();
        }
    }

    private ReadOnlyMemory<byte> LineOf(CredentialFilter filter, string deviceId, MatchKind? match, string name, JsonElement document)
    {
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        _writer.WriteString("deviceId"u8, deviceId);
        if (match is not null)
            _writer.WriteString("attribution"u8, match.ToString());
        _writer.WritePropertyName(name);
        filter.Copy(_writer, document, isWhole: false);
        _writer.WriteEndObject();
        _writer.Flush();
        return _line.WrittenMemory;
    }
}

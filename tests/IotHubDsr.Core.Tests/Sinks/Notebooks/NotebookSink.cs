using System.Text.Json;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Sinks.Notebooks;

/// <summary>Finds, exports and erases the notes about devices in a notebook.</summary>
internal sealed class NotebookSink : IFinder, IExporter, IEraser
{
    private const string Item = "notes";

    private static readonly RecordKind Note = new(
        "note",
        "A note that an operator took about a device.",
        [RecordKind.DeviceId, new("note", FieldType.Text, "The note.", "the notebook, as operators wrote it")]
    );

    public IUnitWork<IReadOnlyList<DeviceDataFinding>> Find(SinkCall call, IReadOnlyList<string> deviceIds) =>
        UnitWork.Whole<IReadOnlyList<DeviceDataFinding>>(async token =>
        {
            Notebook notebook = await Notebook.ReadAsync(call.Location, token);
            return [.. deviceIds.Select(deviceId => FindingOf(call.Location, deviceId, notebook))];
        });

    public IUnitWork<IReadOnlyList<ExportCompleteness>> Export(SinkCall call, IReadOnlyList<string> deviceIds, IExportTarget target) =>
        UnitWork.Whole(token => ExportAsync(call, deviceIds, target, token));

    public IUnitWork<IReadOnlyList<ErasureOutcome>> Erase(SinkCall call, IReadOnlyList<DeviceDataFinding> findings) =>
        UnitWork.Whole(token => EraseAsync(call, findings, token));

    private static async Task<IReadOnlyList<ExportCompleteness>> ExportAsync(
        SinkCall call,
        IReadOnlyList<string> deviceIds,
        IExportTarget target,
        CancellationToken cancellationToken
    )
    {
        Notebook notebook = await Notebook.ReadAsync(call.Location, cancellationToken);
        await using IRecordFile file = await target.OpenRecordsAsync(Item, Note, cancellationToken);
        var accounts = new List<ExportCompleteness>();
        foreach (string deviceId in deviceIds)
        {
            IReadOnlyList<string> notes = notebook.Of(deviceId);
            foreach (string note in notes)
                file.Write(JsonSerializer.SerializeToUtf8Bytes(new { deviceId, note = note[(deviceId.Length + 1)..].TrimEnd('\n') }));
            Verdict verdict = notes.Count > 0 ? Verdict.Present : Verdict.Absent;
            accounts.Add(PerDevice.Line(call, deviceId, verdict) with { Found = notes.Count, Included = notes.Count });
        }

        return accounts;
    }

    private static async Task<IReadOnlyList<ErasureOutcome>> EraseAsync(
        SinkCall call,
        IReadOnlyList<DeviceDataFinding> findings,
        CancellationToken cancellationToken
    )
    {
        Notebook notebook = await Notebook.ReadAsync(call.Location, cancellationToken);
        var outcomes = findings.ToDictionary(finding => finding.DeviceId, finding => OutcomeOf(call, finding, notebook));
        foreach (Fault fault in outcomes.Values.Select(outcome => outcome.Fault).OfType<Fault>())
            await call.ReportAsync(fault, cancellationToken);
        AnnouncedItem[] going =
        [
            .. outcomes
                .Values.Where(outcome => outcome.RecordsErased > 0)
                .Select(outcome => new AnnouncedItem(Item, outcome.DeviceId, outcome.RecordsErased)),
        ];
        if (going.Length == 0)
            return [.. outcomes.Values];

        await call.AnnounceAsync(new Announcement($"replaces the notebook if it is still {notebook.ETag}", going), cancellationToken);
        HashSet<string> devices = [.. going.Select(item => item.DeviceId)];
        if (!await notebook.TryRemoveAsync(call.Location, devices, cancellationToken))
            throw FaultCatalogue.ConcurrentChange.Exception(call.Location.ToString(), 1);
        return [.. outcomes.Values];
    }

    private static DeviceDataFinding FindingOf(DataLocation location, string deviceId, Notebook notebook)
    {
        IReadOnlyList<string> notes = notebook.Of(deviceId);
        long bytes = notes.Sum(note => note.Length);
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = location,
            Verdict = notes.Count > 0 ? Verdict.Present : Verdict.Absent,
            RecordCount = notes.Count,
            ByteCount = bytes,
            Items = notes.Count > 0 ? [new SeenItem(Item, notebook.ETag, notes.Count, bytes)] : [],
        };
    }

    /// <summary>What is erased stays within the plan: more than it covers is for a further one.</summary>
    private static ErasureOutcome OutcomeOf(SinkCall call, DeviceDataFinding finding, Notebook notebook)
    {
        int notes = finding.Items.Count == 0 ? 0 : notebook.Of(finding.DeviceId).Count;
        return call.Allowance?.TryTake(Item, finding.DeviceId, notes, out long beyond) == false
            ? new ErasureOutcome(finding.DeviceId, 0, 0)
            {
                Fault = FaultCatalogue.PlanExceeded.For(call.Location.ToString(), Counted.Of(beyond, "note")),
            }
            : new ErasureOutcome(finding.DeviceId, notes, notes > 0 ? 1 : 0);
    }
}

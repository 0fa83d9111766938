using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Reports;

/// <summary>One location of a report.</summary>
/// <param name="Id">Stable name of the location.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Place">The place in the words of its service.</param>
/// <param name="Provenance">Why it is included, one sentence per way in which data gets there.</param>
internal sealed record ReportLocation(string Id, string Kind, string Place, IReadOnlyList<string> Provenance)
{
    /// <summary>The ways themselves; remarks alone where only sentences are known.</summary>
    public IReadOnlyList<DataWay> Ways { get; init; } = [.. Provenance.Select(DataWay.Remark)];

    public static ReportLocation From(DataLocation location) =>
        new(location.Id, location.Kind, location.Place, location.Provenance) { Ways = location.Ways };
}

/// <summary>One device in one location, in counts of records.</summary>
internal sealed record ReportRow
{
    public required string DeviceId { get; init; }

    public required string LocationId { get; init; }

    /// <summary>What became of it there, or what was found.</summary>
    public required SubjectOutcome Outcome { get; init; }

    public long Included { get; init; }

    public long Withheld { get; init; }

    public long Unreachable { get; init; }

    /// <summary>A sentence that explains the verdict.</summary>
    public string? Detail { get; init; }

    /// <summary>Why records were withheld or could not be read for an export.</summary>
    public string? Ground { get; init; }
}

/// <summary>Locations and, per device, what is known of them.</summary>
/// <param name="Locations">The locations; one without rows counts as <see cref="Verdict.Unknown"/> for every device.</param>
/// <param name="Rows">At most one row per device and location; a missing one counts as <see cref="Verdict.Unknown"/>.</param>
internal sealed record ReportData(IReadOnlyList<ReportLocation> Locations, IReadOnlyList<ReportRow> Rows)
{
    /// <summary>The outcome of an erasure.</summary>
    public static ReportData FromReceipts(IReadOnlyCollection<ErasureReceipt> receipts) =>
        new(
            LocationsOf(receipts.Select(static receipt => receipt.Location)),
            [
                .. receipts.Select(static receipt => new ReportRow
                {
                    DeviceId = receipt.DeviceId,
                    LocationId = receipt.Location.Id,
                    Outcome = OutcomeOf(receipt),
                    Detail = receipt.Detail,
                }),
            ]
        );

    /// <summary>An export alone.</summary>
    /// <param name="lines">Its completeness.</param>
    /// <param name="locations">The hub's locations, which tell why each is included.</param>
    public static ReportData FromExport(IReadOnlyCollection<ExportCompleteness> lines, IEnumerable<DataLocation> locations) =>
        new ReportData(LocationsOf(locations), []).WithExport(lines);

    /// <summary>The same with the counts of an export; what is known of a device in a location already keeps its verdict.</summary>
    public ReportData WithExport(IReadOnlyCollection<ExportCompleteness> lines)
    {
        var rows = Rows.ToDictionary(static row => (row.DeviceId, row.LocationId));
        foreach (ExportCompleteness line in lines)
        {
            ReportRow row = rows.GetValueOrDefault((line.DeviceId, line.LocationId))
                ?? new ReportRow
                {
                    DeviceId = line.DeviceId,
                    LocationId = line.LocationId,
                    Outcome = new SubjectOutcome(line.Verdict, line.Found),
                };
            rows[(line.DeviceId, line.LocationId)] = row with
            {
                Included = line.Included,
                Withheld = line.Withheld,
                Unreachable = line.Unreachable ?? 0,
                Ground = line.Ground,
            };
        }

        IEnumerable<ReportLocation> others = lines.Select(static line => new ReportLocation(line.LocationId, line.Kind, line.Place, []));
        return new ReportData([.. Locations.Concat(others).DistinctBy(static location => location.Id)], [.. rows.Values]);
    }

    private static SubjectOutcome OutcomeOf(ErasureReceipt receipt) =>
        SubjectOutcome.Of(receipt) with
        {
            Planned = SubjectOutcome.Counted(receipt.RecordsPlanned, receipt.Verdict),
            Remaining = SubjectOutcome.Counted(receipt.RecordsRemaining, receipt.Verdict),
        };

    private static ReportLocation[] LocationsOf(IEnumerable<DataLocation> locations) =>
        [.. locations.DistinctBy(static location => location.Id).Select(ReportLocation.From)];
}

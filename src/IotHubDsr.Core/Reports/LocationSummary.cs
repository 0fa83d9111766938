using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Reports;

/// <summary>A sentence and how many devices it holds for.</summary>
internal sealed record ReportSentence(string Text, int Devices);

/// <summary>What is known of all devices of a report in one location.</summary>
internal sealed record LocationSummary
{
    private LocationSummary() { }

    public required ReportLocation Location { get; init; }

    /// <summary>The worst verdict of the devices.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Number of devices per verdict, worst first.</summary>
    public required IReadOnlyList<KeyValuePair<Verdict, int>> Devices { get; init; }

    /// <summary>Records found, or planned to be erased; null, as below, when not all of them were counted.</summary>
    public required long? Found { get; init; }

    public required long? Erased { get; init; }

    public required long? Remaining { get; init; }

    public required long Included { get; init; }

    public required long Withheld { get; init; }

    public required long Unreachable { get; init; }

    /// <summary>The last time at which a verdict of the location ends.</summary>
    public required DateTimeOffset? Until { get; init; }

    public required IReadOnlyList<ReportSentence> Details { get; init; }

    public required IReadOnlyList<ReportSentence> Grounds { get; init; }

    /// <summary>What was asked of its recipient, and what they did; null where neither is known.</summary>
    public ReportRecipient? Recipient { get; init; }

    /// <summary>Whether its owner had to act, and has, as was noted. Nobody has read the place since.</summary>
    public bool HasOwnerActed => Verdict == Verdict.OwnerAction && Recipient is { HasActed: true };

    /// <summary>Nothing more has to be done or waited for here.</summary>
    public bool IsSettled => Verdict <= Verdict.Erased;

    /// <summary>Whether an export counted the records: a place that was not read has no number, not 0.</summary>
    public bool IsCounted =>
        Included + Withheld + Unreachable > 0
        || Verdict is not (Verdict.Expiring or Verdict.OwnerAction or Verdict.Unreachable or Verdict.Unknown);

    /// <summary>
    /// One summary per location, also for a location that only a row names. A device without a row was not looked for: it is
    /// <see cref="Verdict.Unknown"/> there.
    /// </summary>
    public static IReadOnlyList<LocationSummary> Of(ReportModel model)
    {
        ILookup<string, ReportRow> rows = model.Data.Rows.ToLookup(static row => row.LocationId, StringComparer.Ordinal);
        string[] devices = [.. model.Devices.Concat(model.Data.Rows.Select(static row => row.DeviceId)).Distinct(StringComparer.Ordinal)];
        IEnumerable<ReportLocation> unlisted = rows.Select(static group => new ReportLocation(
            group.Key,
            PlaceKinds.Unknown,
            group.Key,
            []
        ));
        return
        [
            .. model
                .Data.Locations.Concat(unlisted)
                .DistinctBy(static location => location.Id)
                .Select(location => Of(location, [.. rows[location.Id]], devices.Length, model.Recipients.GetValueOrDefault(location.Id))),
        ];
    }

    private static LocationSummary Of(ReportLocation location, IReadOnlyList<ReportRow> rows, int devices, ReportRecipient? recipient)
    {
        IReadOnlyList<KeyValuePair<Verdict, int>> verdicts = VerdictTally.Of(
            rows.GroupBy(static row => row.DeviceId, StringComparer.Ordinal)
                .Select(static device => device.Max(static row => row.Outcome.Verdict)),
            devices
        );
        return new LocationSummary
        {
            Location = location,
            Verdict = verdicts[0].Key,
            Recipient = recipient,
            Devices = verdicts,
            Found = Sum(rows, static row => row.Outcome.Planned),
            Erased = Sum(rows, static row => row.Outcome.Erased),
            Remaining = Sum(rows, static row => row.Outcome.Remaining),
            Included = rows.Sum(static row => row.Included),
            Withheld = rows.Sum(static row => row.Withheld),
            Unreachable = rows.Sum(static row => row.Unreachable),
            Until = rows.Max(static row => row.Outcome.Until),
            Details = Sentences(rows, static row => row.Detail),
            Grounds = Sentences(rows, static row => row.Ground),
        };
    }

    private static long? Sum(IReadOnlyList<ReportRow> rows, Func<ReportRow, long?> number) =>
        rows.All(row => number(row) is not null) ? rows.Sum(number) : null;

    private static ReportSentence[] Sentences(IEnumerable<ReportRow> rows, Func<ReportRow, string?> sentence) =>
        [
            .. rows.OrderByDescending(static row => row.Outcome.Verdict)
                .Select(sentence)
                .Where(static text => !string.IsNullOrEmpty(text))
                .GroupBy(static text => text!, StringComparer.Ordinal)
                .Select(static group => new ReportSentence(group.Key, group.Count())),
        ];
}

namespace IotHubDsr.Core.Reports;

/// <summary>The devices of the request, folded, the worst first, and not more of them than a page can carry.</summary>
internal static class DeviceSection
{
    public const string SectionId = "devices";

    public const int MaxDevices = 200;

    public static void Write(MarkupWriter html, ReportFacts facts)
    {
        using (html.Section(SectionId, "Devices"))
        {
            Device[] devices = [.. Devices(facts)];
            using (html.Element(Tag.Details))
            {
                html.Element(Tag.Summary, $"{Counted.Of(devices.Length, "device")}, the least settled first");
                using (
                    html.Table(
                        "Devices of the request",
                        ("Device", false),
                        ("Verdict", false),
                        ("Locations by verdict", false),
                        ("Found", true),
                        (LastColumn(facts), true)
                    )
                )
                {
                    foreach (Device device in devices.Take(MaxDevices))
                        Row(html, facts, device);
                }

                if (devices.Length > MaxDevices)
                {
                    html.Element(
                        Tag.P,
                        $"{Counted.Of(devices.Length - MaxDevices, "more device")} in the certificate and the export package; none has a "
                            + "worse verdict than the last one above."
                    );
                }
            }
        }
    }

    private static string LastColumn(ReportFacts facts) => facts.HasErasure ? "Remaining" : "Included";

    private static void Row(MarkupWriter html, ReportFacts facts, Device device)
    {
        using (html.Element(Tag.Tr))
        {
            using (html.Element(Tag.Th, (Attribute.Scope, "row"), (Attribute.DataLabel, "Device")))
                html.Element(Tag.Bdi, device.Id, (Attribute.Class, "place"));
            using (html.Element(Tag.Td, (Attribute.DataLabel, "Verdict")))
                html.Badge(device.Verdicts[0].Key);
            string counts = string.Join(", ", device.Verdicts.Select(static pair => $"{ReportParts.Count(pair.Value)} {pair.Key}"));
            html.Element(Tag.Td, counts, (Attribute.DataLabel, "Locations by verdict"));
            html.Number("Found", device.Found);
            html.Number(LastColumn(facts), facts.HasErasure ? device.Remaining : device.Included);
        }
    }

    private static IEnumerable<Device> Devices(ReportFacts facts)
    {
        ILookup<string, ReportRow> rows = facts.Model.Data.Rows.ToLookup(static row => row.DeviceId, StringComparer.Ordinal);
        return facts
            .Model.Devices.Concat(rows.Select(static group => group.Key))
            .Distinct(StringComparer.Ordinal)
            .Select(id => Of(id, [.. rows[id]], facts.Locations.Count))
            .OrderByDescending(static device => device.Verdicts[0].Key)
            .ThenBy(static device => device.Id, StringComparer.Ordinal);
    }

    private static Device Of(string id, IReadOnlyList<ReportRow> rows, int locations) =>
        new(
            id,
            VerdictTally.Of(
                rows.GroupBy(static row => row.LocationId, StringComparer.Ordinal)
                    .Select(static location => location.Max(static row => row.Outcome.Verdict)),
                locations
            ),
            Known(rows, static row => row.Outcome.Planned),
            Known(rows, static row => row.Outcome.Remaining),
            rows.Sum(static row => row.Included)
        );

    /// <summary>The sum over the locations in which records were counted; null when there is none.</summary>
    private static long? Known(IReadOnlyList<ReportRow> rows, Func<ReportRow, long?> number) =>
        rows.Any(row => number(row) is not null) ? rows.Sum(number) : null;

    private sealed record Device(
        string Id,
        IReadOnlyList<KeyValuePair<Verdict, int>> Verdicts,
        long? Found,
        long? Remaining,
        long Included
    );
}

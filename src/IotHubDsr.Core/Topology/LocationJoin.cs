namespace IotHubDsr.Core.Topology;

/// <summary>Makes one location of all the ways to the same place.</summary>
internal static class LocationJoin
{
    /// <summary>Settings that list things, one in a line: what holds for any of the ways is in the list.</summary>
    private static readonly string[] s_lists =
    [
        LocationSettings.FileNameFormat,
        LocationSettings.HubName,
        LocationSettings.LoggedResources,
        LocationSettings.OtherHubs,
    ];

    public static LocationDraft All(IReadOnlyList<LocationDraft> ways) =>
        ways is [LocationDraft single]
            ? single with
            {
                Statements = Statements(single.Statements),
            }
            : ways[0] with
            {
                ResourceId = ways.Select(static way => way.ResourceId).FirstOrDefault(static id => id is not null),
                Ways = [.. ways.SelectMany(static way => way.Ways).DistinctBy(static way => way.Sentence, StringComparer.Ordinal)],
                Verdict = ways.Max(static way => way.Verdict),
                Advice = string.Join(' ', ways.Select(static way => way.Advice).OfType<string>().Distinct(StringComparer.Ordinal))
                    is { Length: > 0 } advice
                    ? advice
                    : null,
                FlushTime = ways.Max(static way => way.FlushTime),
                Inflow = InflowOf(ways),
                RecordsDeletion = ways.Any(static way => way.RecordsDeletion),
                Retention = ways.Max(static way => way.Retention),
                Settings = Settings(ways),
                Sources = ways.Any(static way => way.Sources is not null) ? [.. ways.SelectMany(static way => way.Sources ?? [])] : null,
                Statements = Statements(ways.SelectMany(static way => way.Statements)),
            };

    /// <summary>A place lets in what any of its ways does; ways without late arrivals have no say.</summary>
    private static LocationInflow InflowOf(IReadOnlyList<LocationDraft> ways)
    {
        LocationInflow[] late = [.. ways.Where(static way => way.FlushTime is not null).Select(static way => way.Inflow)];
        return Array.Exists(late, static inflow => inflow == LocationInflow.Queued) ? LocationInflow.Queued
            : late.Length > 0 && Array.TrueForAll(late, static inflow => inflow == LocationInflow.Closed) ? LocationInflow.Closed
            : LocationInflow.Open;
    }

    /// <summary>Each statement once, in an order that does not depend on the one in which they were made.</summary>
    public static IReadOnlyList<OperatorStatement> Statements(IEnumerable<OperatorStatement> all)
    {
        OperatorStatement[] sorted =
        [
            .. all.Distinct()
                .OrderBy(static statement => statement.Kind)
                .ThenBy(static statement => statement.BlobName, StringComparer.Ordinal)
                .ThenBy(static statement => statement.IsPrefix)
                .ThenBy(static statement => statement.Ground, StringComparer.Ordinal),
        ];
        return sorted.Length == 0 ? [] : sorted;
    }

    /// <summary>
    /// What the ways agree on. A setting that they do not agree on is left out: what holds for one of them must not be taken to hold
    /// for everything in the place.
    /// </summary>
    private static Dictionary<string, string> Settings(IReadOnlyList<LocationDraft> ways)
    {
        var joined = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (
            IGrouping<string, string> setting in ways.SelectMany(static way => way.Settings)
                .GroupBy(static pair => pair.Key, static pair => pair.Value)
        )
        {
            string[] values = [.. setting.Distinct(StringComparer.Ordinal)];
            if (values.Length == 1)
            {
                joined[setting.Key] = values[0];
            }
            else if (setting.Key == LocationSettings.SharingUnknown)
            {
                // Each way has its own ground for the same doubt.
                joined[setting.Key] = string.Join(' ', values);
            }
            else if (s_lists.Contains(setting.Key))
            {
                joined[setting.Key] = string.Join(
                    '\n',
                    values.SelectMany(static value => value.Split('\n')).Distinct(StringComparer.OrdinalIgnoreCase)
                );
            }
        }

        return joined;
    }
}

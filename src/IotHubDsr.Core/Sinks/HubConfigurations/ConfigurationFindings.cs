using IotHubDsr.Core.Topology;

namespace IotHubDsr.Core.Sinks.HubConfigurations;

/// <summary>
/// Says which configurations name devices, with the text that does. What is said of one device names no other: the whole text is for the
/// operator alone.
/// </summary>
internal static class ConfigurationFindings
{
    private const int MostTexts = 10;

    public static DeviceDataFinding Of(SinkCall call, string deviceId, ConfigurationScan scan)
    {
        IReadOnlyList<NamingConfiguration> naming = scan.Of(deviceId);
        int left = naming.Count(one => !(call.Options.Erasure.RewriteConfigurations && (one.IsRewritable || one.IsOfDeviceAlone)));
        return new DeviceDataFinding
        {
            DeviceId = deviceId,
            Location = call.Location,
            Verdict =
                naming.Count > left ? Verdict.Present
                : left > 0 || scan.IsDoubtful ? Verdict.OwnerAction
                : Verdict.Absent,
            RecordCount = naming.Count,
            LeftCount = left,
            ByteCount = naming.Sum(static one => (long)one.Configuration.Bytes),
            LastTime = naming.Max(static one => one.Configuration.ChangedAt),
            Detail = RecordRemarks.Sentence([
                .. naming.SelectMany(TextsOf).Take(MostTexts),
                naming.Sum(static one => one.Parts.Count) is > MostTexts and int all ? $"{all - MostTexts} more texts name it" : null,
                Owner(call, naming),
                scan.IsDoubtful
                    ? "the hub gave as many configurations as it can have of one sort, and may have more: their owner looks for the others"
                    : null,
            ]),
            Items =
            [
                .. naming.Select(static one => new SeenItem(one.Path, one.Configuration.ETag, 1, one.Configuration.Bytes)
                {
                    LastTime = one.Configuration.ChangedAt,
                }),
            ],
        };
    }

    /// <summary>What is said to the subject, whom other devices' names and operators' texts are not for.</summary>
    public static ExportCompleteness AccountOf(SinkCall call, DeviceDataFinding finding) =>
        PerDevice.Line(call, finding.DeviceId, finding.Verdict) with
        {
            Found = finding.RecordCount,
            Withheld = finding.RecordCount,
            Ground =
                finding.RecordCount == 0
                    ? null
                    : $"{Counted.Of(finding.RecordCount, "configuration")} of the hub's operator "
                        + $"{(finding.RecordCount == 1 ? "names" : "name")} the device: they are instructions to devices, can name others, "
                        + "and are not copied.",
        };

    /// <summary>The texts that name a device beside others, whole: a line for each, for the operator's eyes.</summary>
    public static IEnumerable<string> WholeTextsOf(ConfigurationScan scan, string deviceId) =>
        from one in scan.Of(deviceId)
        from part in one.Parts
        where part.IsTold && part.ToldOf(deviceId) != LocationText.Ground(part.Text)
        select $"'{one.Configuration.Id}', {part.Path}: {LocationText.Ground(part.Text)}";

    private static IEnumerable<string> TextsOf(NamingConfiguration one) =>
        one.Parts.Select(part =>
            $"'{one.Configuration.Id}' names the device in {part.Path}{(part.ToldOf(one.DeviceId) is { } text ? $": {text}" : "")}"
        );

    private static string? Owner(SinkCall call, IReadOnlyList<NamingConfiguration> naming)
    {
        bool rewrites = call.Options.Erasure.RewriteConfigurations;
        List<string> parts = [];
        string?[] changes =
        [
            naming.Any(static one => one.IsRewritable) ? "takes the device out of conditions that list it beside others" : null,
            naming.Any(static one => one.IsOfDeviceAlone) ? "deletes what is for this device alone" : null,
        ];
        if (!rewrites && changes.OfType<string>().ToArray() is { Length: > 0 } some)
            parts.Add($"-RewriteConfigurations {string.Join(", and ", some)}");
        if (naming.Any(one => !one.IsOfDeviceAlone && !one.IsRewritable))
            parts.Add("the owner of the configuration takes the device out of it");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }
}

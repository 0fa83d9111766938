using System.Globalization;
using System.Text;
using IotHubDsr.Core.Packages.Records;

namespace IotHubDsr.Core.Packages;

/// <summary>The page of a package that a person reads first.</summary>
internal static class PackageReadme
{
    public static string Title(DsrContext context, IReadOnlyList<string> deviceIds, RecordScope scope) =>
        VisibleText.OfLine(
            $"Data of {Counted.Of(deviceIds.Count, "device")} of the IoT hub "
                + $"{context.HubHostName}{(scope == RecordScope.All ? string.Empty : $": {scope}")}"
        );

    public static byte[] Write(
        DsrContext context,
        IReadOnlyList<string> deviceIds,
        RecordScope scope,
        IReadOnlyList<ExportCompleteness> lines,
        DateTimeOffset at
    )
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            {Title(context, deviceIds, scope)}
            Written {at:u} by IotHubDsr

            data/<location>/        what was found. Records stand in two files of the same content: *.csv, a table for a spreadsheet, and
                                    *.ndjson, one JSON document per line, for a program. Files of the device stand as they are.
            data/schema/            what the columns mean (*.dictionary.csv), and the same as JSON Schema (*.schema.json)
            data/completeness.json  what was found, included, withheld and unreachable, per device and location

            The package is a BagIt bag (RFC 8493). These commands, in this folder, show whether it is whole and unchanged:

                sha256sum -c {PackageWriter.ManifestName}
                sha256sum -c {PackageWriter.TagManifestName}

            {CsvText.Rules}

            Keys and connection strings are not part of the package.

            In all {Counted.Of(lines.Sum(line => line.Found) ?? 0, "record")} found: {lines.Sum(line =>
                line.Included
            )} included, {lines.Sum(line => line.Withheld)} withheld, {lines.Sum(line => line.Unreachable)} unreachable.

            """
        );
        if (lines.Any(line => line.Found > 0))
            text.Append("\nWhat was found where:\n\n").AppendJoin(string.Empty, lines.Where(line => line.Found > 0).Select(InWords));
        var gaps = lines
            .Where(line =>
                line.Verdict > Verdict.Present
                || line.Verdict is Verdict.OwnerAction or Verdict.Expiring
                || line.Withheld > 0
                || line.Unreachable > 0
            )
            .Select(line => Item($"{line.Kind} {line.Place}: {line.Verdict}. {line.Ground}"))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (gaps.Count > 0)
            text.Append("\nWhat this package does not cover:\n\n").AppendJoin(string.Empty, gaps);

        return Encoding.UTF8.GetBytes(text.ToString().ReplaceLineEndings("\n"));
    }

    private static string InWords(ExportCompleteness line)
    {
        List<string> parts = [string.Create(CultureInfo.InvariantCulture, $"{line.Included} included")];
        if (line.Withheld > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{line.Withheld} withheld"));
        if (line.Unreachable > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{line.Unreachable} unreachable"));
        return Item(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{line.DeviceId} in {line.Kind} {line.Place}: {Found(line)}, {string.Join(", ", parts)}"
            )
        );
    }

    private static string Found(ExportCompleteness line) =>
        line.Found is { } found ? string.Create(CultureInfo.InvariantCulture, $"{found} found") : Counted.Unknown;

    /// <summary>One line of a list, whatever the names in it hold.</summary>
    private static string Item(string text) =>
        $"- {VisibleText.OfLine(string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)).TrimEnd())}\n";
}

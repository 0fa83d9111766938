using System.Globalization;
using System.Text;

namespace IotHubDsr.Packages;

/// <summary>The page of a package that a person reads first.</summary>
internal static class PackageReadme
{
    public static byte[] Write(DsrContext context, IReadOnlyList<string> deviceIds, IReadOnlyList<ExportCompleteness> lines, DateTimeOffset at)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            Data of {Count(deviceIds.Count, "device")} of the IoT hub {context.HubHostName}
            Written {at:u} by IotHubDsr

            data/<location>/         what was found; JSON documents, and NDJSON files with one JSON document per line
            completeness.json        what was found, included, withheld and unreachable, per device and location
            {PackageWriter.ManifestName}      digests of the other files; check them with: sha256sum -c {PackageWriter.ManifestName}

            Keys and connection strings are not part of the package.

            In all {Count(lines.Sum(line => line.Found), "record")} found: {lines.Sum(line => line.Included)} included, {lines.Sum(line => line.Withheld)} withheld, {lines.Sum(line => line.Unreachable)} unreachable.

            """);
        List<string> gaps = lines
            .Where(line => line.Verdict > Verdict.Present || line.Verdict is Verdict.OwnerAction or Verdict.Expiring || line.Withheld + line.Unreachable > 0)
            .Select(line => $"- {line.Kind} {line.Place}: {line.Verdict}. {line.Ground}\n")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (gaps.Count > 0)
            text.Append("\nWhat this package cannot tell of:\n\n").AppendJoin(string.Empty, gaps);

        return Encoding.UTF8.GetBytes(text.ToString().ReplaceLineEndings("\n"));
    }

    private static string Count(long number, string noun) => number == 1 ? $"1 {noun}" : string.Create(CultureInfo.InvariantCulture, $"{number} {noun}s");
}

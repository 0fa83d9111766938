using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IotHubDsr.Core.Packages;

/// <summary>The page of a package that says what was found, included, withheld and unreachable, per device and location.</summary>
internal static class CompletenessPage
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Default,
        Converters = { new JsonStringEnumConverter() },
    };

    public static byte[] Write(
        DsrContext context,
        IReadOnlyList<string> deviceIds,
        RecordScope scope,
        IReadOnlyList<ExportCompleteness> lines,
        DateTimeOffset at
    ) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                hub = context.HubHostName,
                createdAt = at,
                devices = deviceIds,
                askedFor = scope == RecordScope.All ? null : scope.ToString(),
                totals = new
                {
                    found = lines.Sum(line => line.Found),
                    included = lines.Sum(line => line.Included),
                    withheld = lines.Sum(line => line.Withheld),
                    unreachable = lines.Sum(line => line.Unreachable),
                },
                overallVerdict = lines.Max(line => line.Verdict),
                locations = lines,
            },
            Options
        );
}

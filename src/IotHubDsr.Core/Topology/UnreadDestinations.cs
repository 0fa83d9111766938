using System.Text.Json;

namespace IotHubDsr.Core.Topology;

/// <summary>A destination of a diagnostic setting that is not known, or of a form that is not, is one all the same.</summary>
internal sealed class UnreadDestinations(IReadOnlyList<ILogPlaces> sources)
{
    private readonly string[] _known = [.. sources.SelectMany(static source => source.SettingMembers)];

    public void Add(DiagnosticSetting setting, LocationSet locations)
    {
        DataWay way = setting.Way;
        if (setting.Properties is not { ValueKind: JsonValueKind.Object } properties)
        {
            locations.AddUnknown(
                $"diagnostic setting {way.Name}",
                [way with { Target = "destinations that are not of a form that this version can read" }]
            );
            return;
        }

        foreach (JsonProperty member in ((JsonElement?)properties).Members())
        {
            string target;
            if (_known.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
            {
                if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null || ((JsonElement?)member.Value).Text() is not null)
                    continue;
                target = $"'{member.Name}', which is not of a form that this version can read";
            }
            else if (member.Name.ToLowerInvariant() is "logs" or "metrics" or "loganalyticsdestinationtype")
            {
                continue;
            }
            else
            {
                target = $"property '{member.Name}', which this version does not know";
            }

            locations.AddUnknown($"diagnostic setting {way.Name}: {member.Name}", [way with { Target = target }]);
        }
    }
}

using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Query;

/// <summary>A built-in function of the query language.</summary>
internal sealed record SqlFunction(string Name, IReadOnlyList<SqlExpression> Arguments) : SqlExpression
{
    private static readonly Dictionary<string, (int Least, int Most, Func<JsonElement[], JsonElement> Run)> s_known = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["IS_DEFINED"] = (1, 1, values => SqlValues.Of(SqlValues.IsDefined(values[0]))),
        ["IS_NULL"] = (1, 1, values => SqlValues.Of(values[0].ValueKind == JsonValueKind.Null)),
        ["IS_STRING"] = (1, 1, values => SqlValues.Of(values[0].ValueKind == JsonValueKind.String)),
        ["IS_OBJECT"] = (1, 1, values => SqlValues.Of(values[0].ValueKind == JsonValueKind.Object)),
        ["ARRAY_CONTAINS"] = (2, 3, ArrayContains),
        ["STARTSWITH"] = (2, 2, StartsWith),
    };

    /// <summary>Those that make one value of many documents.</summary>
    private static readonly string[] s_aggregates = ["COUNT", "SUM", "AVG", "MIN", "MAX"];

    public static SqlFunction Of(SqlToken name, IReadOnlyList<SqlExpression> arguments)
    {
        if (s_aggregates.Contains(name.Value, StringComparer.OrdinalIgnoreCase))
            throw new SqlNotSimulated($"the aggregate {name.Value.ToUpperInvariant()}", needsMerge: true);

        if (!s_known.TryGetValue(name.Value, out (int Least, int Most, Func<JsonElement[], JsonElement> Run) known))
        {
            string unknown = $"'{name.Value}' is not a recognized built-in function name.";
            throw new SqlRefusal(SqlRefusal.UnknownFunction, unknown, name.Start, name.End);
        }

        return arguments.Count >= known.Least && arguments.Count <= known.Most
            ? new(name.Value, arguments)
            : throw new SqlRefusal(
                "SC2006",
                $"The {name.Value.ToUpperInvariant()} function requires {known.Least} to {known.Most} argument(s).",
                name.Start,
                name.End
            );
    }

    public override JsonElement Of(JsonElement document) => s_known[Name].Run([.. Arguments.Select(argument => argument.Of(document))]);

    private static JsonElement ArrayContains(JsonElement[] values)
    {
        if (values[0].ValueKind != JsonValueKind.Array || !SqlValues.IsDefined(values[1]))
            return default;

        bool isPartial = values.Length == 3 && values[2].ValueKind == JsonValueKind.True;
        return SqlValues.Of(
            values[0]
                .EnumerateArray()
                .Any(item =>
                    isPartial && item.ValueKind == JsonValueKind.Object && values[1].ValueKind == JsonValueKind.Object
                        ? SqlValues.HasAllOf(item, values[1])
                        : SqlValues.AreEqual(item, values[1]) == true
                )
        );
    }

    private static JsonElement StartsWith(JsonElement[] values) =>
        values[0].ValueKind == JsonValueKind.String && values[1].ValueKind == JsonValueKind.String
            ? SqlValues.Of(values[0].GetString()!.StartsWith(values[1].GetString()!, StringComparison.Ordinal))
            : default;
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub.Query;

/// <summary>A function of one property, and of a literal where it takes one.</summary>
/// <param name="Name">As the query names it; the case does not matter.</param>
/// <param name="TakesLiteral">Whether it has a second argument.</param>
/// <param name="Test">The answer for a property that exists.</param>
internal sealed record QueryFunction(string Name, bool TakesLiteral, Func<JsonNode?, QueryValue?, bool> Test)
{
    private static readonly QueryFunction[] Known =
    [
        new("IS_DEFINED", false, (_, _) => true),
        Type("IS_NULL", JsonValueKind.Null),
        Type("IS_STRING", JsonValueKind.String),
        Type("IS_NUMBER", JsonValueKind.Number),
        Type("IS_BOOL", JsonValueKind.True, JsonValueKind.False),
        Type("IS_OBJECT", JsonValueKind.Object),
        Type("IS_ARRAY", JsonValueKind.Array),
        Type("IS_PRIMITIVE", JsonValueKind.Null, JsonValueKind.String, JsonValueKind.Number, JsonValueKind.True, JsonValueKind.False),
        Text("STARTSWITH", (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        Text("STARTS_WITH", (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        Text("ENDSWITH", (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        Text("ENDS_WITH", (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        Text("CONTAINS", (text, part) => text.Contains(part, StringComparison.Ordinal)),
        new("ARRAY_CONTAINS", true, (actual, sought) => actual is JsonArray items && items.Any(item => sought!.CompareTo(item) == 0)),
    ];

    public static QueryFunction? Find(string name) =>
        Array.Find(Known, known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static QueryFunction Type(string name, params JsonValueKind[] kinds) =>
        new(name, false, (actual, _) => kinds.Contains(actual?.GetValueKind() ?? JsonValueKind.Null));

    private static QueryFunction Text(string name, Func<string, string, bool> test) =>
        new(name, true, (actual, part) =>
            actual?.GetValueKind() == JsonValueKind.String && part!.Literal is string text && test(actual.GetValue<string>(), text)
        );
}

/// <summary>
/// A condition that a function is true. What does not exist has no type; of what it begins with or contains nothing can be said.
/// </summary>
internal sealed record FunctionCall(QueryFunction Function, PropertyPath Path, QueryValue? Literal) : QueryExpression
{
    public override bool? Evaluate(JsonObject document) =>
        Path.TryRead(document, out JsonNode? actual) ? Function.Test(actual, Literal)
        : Function.TakesLiteral ? null
        : false;
}

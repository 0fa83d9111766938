using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Kusto.Values;

namespace IotHubDsr.Sandbox.Kusto.Binding;

/// <summary>Comparisons of values and of texts.</summary>
internal static class KustoPredicates
{
    private const int MostItems = 1_000_000;

    private static readonly TimeSpan s_regexPatience = TimeSpan.FromSeconds(2);

    public static BoundExpression Bind(string symbol, BoundExpression left, BoundExpression right)
    {
        if (symbol is "==" or "!=" or "<" or ">" or "<=" or ">=")
            return Compare(symbol, left, right);

        RequireText(symbol, left, right);
        bool isNegated = symbol.StartsWith('!');
        string name = symbol.TrimStart('!');
        Func<string, string, bool> matches = name == "matches regex" ? Regex(right) : Test(symbol is "!~" ? "=~" : name);
        return new(KustoType.Bool, row => matches(left.Text(row), right.Text(row)) != isNegated)
        {
            IsConstant = left.IsConstant && right.IsConstant,
        };
    }

    public static BoundExpression BindList(string symbol, BoundExpression target, IReadOnlyList<BoundExpression> items)
    {
        if (items.Count > MostItems)
            throw KustoRefusal.Semantic($"A list has at most {MostItems} items.");

        string name = symbol.TrimStart('!');
        if (name is "has_any" or "has_all" || name == "in~")
        {
            if (target.Type is not (KustoType.String or KustoType.Dynamic))
                throw KustoRefusal.Types(symbol, target.Type.Name, KustoType.String.Name);
        }

        return name switch
        {
            "has_any" => new(KustoType.Bool, row => Texts(items, row).Any(text => KustoTerms.Has(target.Text(row), text))),
            "has_all" => new(KustoType.Bool, row => Texts(items, row).All(text => KustoTerms.Has(target.Text(row), text))),
            _ => In(symbol, name, target, items),
        };
    }

    private static BoundExpression In(string symbol, string name, BoundExpression target, IReadOnlyList<BoundExpression> items)
    {
        bool isNegated = symbol.StartsWith('!');
        foreach (BoundExpression item in items)
            _ = item.Type == KustoType.Dynamic ? null : Compare("==", target, item);

        if (name == "in" && items.All(item => item.IsConstant))
        {
            KustoType type = target.Type == KustoType.Dynamic ? KustoType.String : target.Type;
            var set = new HashSet<object?>(Values(items, []).Select(value => KustoConversions.To(value, type)), KustoComparison.Instance);
            set.Remove(null);
            return new(KustoType.Bool, row => set.Contains(KustoConversions.To(target.Evaluate(row), type)) != isNegated);
        }

        if (name == "in")
            return new(KustoType.Bool, row => Values(items, row).Any(value => Equal(target.Evaluate(row), value)) != isNegated);

        return new(KustoType.Bool, row =>
            Texts(items, row).Any(text => text.Equals(target.Text(row), StringComparison.OrdinalIgnoreCase)) != isNegated
        );
    }

    private static IEnumerable<string> Texts(IReadOnlyList<BoundExpression> items, object?[] row) =>
        Values(items, row).Select(KustoText.Of);

    /// <summary>An array stands for its elements.</summary>
    private static IEnumerable<object?> Values(IReadOnlyList<BoundExpression> items, object?[] row) =>
        items.SelectMany(item => item.Evaluate(row) is var value && value is JsonArray array ? array : (IEnumerable<object?>)[value]);

    private static BoundExpression Compare(string symbol, BoundExpression left, BoundExpression right)
    {
        bool isComparable =
            left.Type == right.Type
            || (left.Type.IsNumber && right.Type.IsNumber)
            || left.Type == KustoType.Dynamic
            || right.Type == KustoType.Dynamic;
        if (!isComparable)
            throw KustoRefusal.Types(symbol, left.Type.Name, right.Type.Name);

        Func<object?, object?, bool> test = symbol switch
        {
            "==" => Equal,
            // Null differs from everything that is not null.
            "!=" => (first, second) => first is null || second is null ? first is not null || second is not null : !Equal(first, second),
            "<" => (first, second) => Order(first, second) < 0,
            ">" => (first, second) => Order(first, second) > 0,
            "<=" => (first, second) => Order(first, second) <= 0,
            _ => (first, second) => Order(first, second) >= 0,
        };
        return new(KustoType.Bool, row => test(left.Evaluate(row), right.Evaluate(row)))
        {
            IsConstant = left.IsConstant && right.IsConstant,
        };
    }

    private static bool Equal(object? left, object? right) => Order(left, right) == 0;

    /// <summary>A dynamic is compared as what the other value is.</summary>
    private static int? Order(object? left, object? right) =>
        (left, right) switch
        {
            (JsonNode, JsonNode) => KustoComparison.Compare(left, right),
            (JsonNode json, not null) => KustoComparison.Compare(KustoDynamic.To(json, TypeOf(right)), right),
            (not null, JsonNode json) => KustoComparison.Compare(left, KustoDynamic.To(json, TypeOf(left))),
            _ => KustoComparison.Compare(left, right),
        };

    private static KustoType TypeOf(object value) =>
        value switch
        {
            bool => KustoType.Bool,
            long => KustoType.Long,
            double => KustoType.Real,
            decimal => KustoType.Decimal,
            DateTime => KustoType.DateTime,
            TimeSpan => KustoType.TimeSpan,
            Guid => KustoType.Guid,
            _ => KustoType.String,
        };

    private static void RequireText(string symbol, BoundExpression left, BoundExpression right)
    {
        if (left.Type is not (KustoType.String or KustoType.Dynamic) || right.Type is not (KustoType.String or KustoType.Dynamic))
            throw KustoRefusal.Types(symbol, left.Type.Name, right.Type.Name);
    }

    private static Func<string, string, bool> Test(string name)
    {
        bool isSensitive = name.EndsWith("_cs", StringComparison.Ordinal);
        StringComparison comparison = isSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return (isSensitive ? name[..^3] : name) switch
        {
            "=~" => (text, other) => text.Equals(other, comparison),
            "has" => (text, other) => KustoTerms.Has(text, other, comparison),
            "hasprefix" => (text, other) => KustoTerms.HasPrefix(text, other, comparison),
            "hassuffix" => (text, other) => KustoTerms.HasSuffix(text, other, comparison),
            "contains" => (text, other) => text.Contains(other, comparison),
            "startswith" => (text, other) => text.StartsWith(other, comparison),
            _ => (text, other) => text.EndsWith(other, comparison),
        };
    }

    private static Func<string, string, bool> Regex(BoundExpression pattern)
    {
        if (!pattern.IsConstant)
            throw KustoRefusal.Semantic("A constant regular expression is expected.");

        try
        {
            var regex = new Regex(
                KustoText.Of(pattern.Constant),
                RegexOptions.CultureInvariant | RegexOptions.NonBacktracking,
                s_regexPatience
            );
            return (text, _) => regex.IsMatch(text);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw KustoRefusal.Semantic("The regular expression is not valid.");
        }
    }
}

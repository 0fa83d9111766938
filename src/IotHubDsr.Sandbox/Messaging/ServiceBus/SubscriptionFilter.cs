using System.Globalization;
using System.Text.RegularExpressions;

namespace IotHubDsr.Sandbox.Messaging.ServiceBus;

/// <summary>A rule of a subscription: which messages of its topic it gets. Of SQL only comparisons for equality, joined by AND.</summary>
internal abstract partial class SubscriptionFilter
{
    public static SubscriptionFilter True { get; } = new Sql("1=1", []);

    public static SubscriptionFilter False { get; } = new Nothing();

    public abstract bool Takes(BusMessage message);

    /// <summary>The filter with its type in Resource Manager.</summary>
    public abstract (string Type, string? Expression, IReadOnlyDictionary<string, string> Properties) Describe();

    /// <summary>
    /// All given properties are equal; a name with <c>sys.</c> is the message's own (sys.Label, sys.CorrelationId and so on).
    /// </summary>
    public static SubscriptionFilter Correlation(IReadOnlyDictionary<string, string> properties) => new Correlated(properties);

    public static SubscriptionFilter OfSql(string expression)
    {
        string trimmed = expression.Trim();
        if (Always().IsMatch(trimmed))
            return True;

        if (Never().IsMatch(trimmed))
            return False;

        List<(string Name, object Value)> conditions = [];
        foreach (string part in And().Split(trimmed))
        {
            Match match = Equality().Match(part.Trim());
            if (!match.Success)
                throw new NotSupportedException($"Not simulated by the sandbox: the SQL filter '{expression}'.");

            string text = match.Groups["text"].Value.Replace("''", "'", StringComparison.Ordinal);
            conditions.Add(
                (
                    match.Groups["name"].Value,
                    match.Groups["number"].Success ? long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
                    : match.Groups["flag"].Success ? match.Groups["flag"].Value.Equals("true", StringComparison.OrdinalIgnoreCase)
                    : text
                )
            );
        }

        return new Sql(trimmed, conditions);
    }

    private static object? ValueOf(BusMessage message, string name) =>
        name.ToUpperInvariant() switch
        {
            "SYS.LABEL" or "SYS.SUBJECT" => message.Sent.Subject,
            "SYS.MESSAGEID" => message.MessageId,
            "SYS.CORRELATIONID" => message.Sent.CorrelationId,
            "SYS.SESSIONID" => message.SessionId,
            "SYS.TO" => message.Sent.To,
            "SYS.REPLYTO" => message.Sent.ReplyTo,
            "SYS.CONTENTTYPE" => message.Sent.ContentType,
            _ => message.ApplicationProperties.GetValueOrDefault(
                name.StartsWith("user.", StringComparison.OrdinalIgnoreCase) ? name["user.".Length..] : name
            ),
        };

    private static bool AreEqual(object? found, object wanted) =>
        (found, wanted) switch
        {
            (string left, string right) => left == right,
            (bool left, bool right) => left == right,
            (int left, long right) => left == right,
            (long left, long right) => left == right,
            _ => false,
        };

    [GeneratedRegex(@"^(1\s*=\s*1|true)$", RegexOptions.IgnoreCase)]
    private static partial Regex Always();

    [GeneratedRegex(@"^(1\s*=\s*0|false)$", RegexOptions.IgnoreCase)]
    private static partial Regex Never();

    [GeneratedRegex(@"\s+AND\s+", RegexOptions.IgnoreCase)]
    private static partial Regex And();

    [GeneratedRegex(
        @"^\[?(?<name>[\w.-]+)\]?\s*=\s*('(?<text>([^']|'')*)'|(?<number>-?\d+)|(?<flag>true|false))$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Equality();

    private sealed class Sql(string expression, IReadOnlyList<(string Name, object Value)> conditions) : SubscriptionFilter
    {
        public override bool Takes(BusMessage message) =>
            conditions.All(condition => AreEqual(ValueOf(message, condition.Name), condition.Value));

        public override (string Type, string? Expression, IReadOnlyDictionary<string, string> Properties) Describe() =>
            ("SqlFilter", expression, new Dictionary<string, string>());
    }

    private sealed class Nothing : SubscriptionFilter
    {
        public override bool Takes(BusMessage message) => false;

        public override (string Type, string? Expression, IReadOnlyDictionary<string, string> Properties) Describe() =>
            ("SqlFilter", "1=0", new Dictionary<string, string>());
    }

    private sealed class Correlated(IReadOnlyDictionary<string, string> properties) : SubscriptionFilter
    {
        public override bool Takes(BusMessage message) => properties.All(pair => AreEqual(ValueOf(message, pair.Key), pair.Value));

        public override (string Type, string? Expression, IReadOnlyDictionary<string, string> Properties) Describe() =>
            ("CorrelationFilter", null, properties);
    }
}

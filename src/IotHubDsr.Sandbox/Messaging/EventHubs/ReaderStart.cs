using System.Globalization;
using System.Text.RegularExpressions;
using IotHubDsr.Sandbox.Messaging.Amqp;
using Microsoft.Azure.Amqp.Encoding;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.EventHubs;

/// <summary>Where a reader begins: the selector of its link. .NET clients write its value without quotes, others with them.</summary>
internal static partial class ReaderStart
{
    private const string Selector = "apache.org:selector-filter:string";
    private const string Latest = "@latest";
    private const string Beginning = "-1";

    public static long Of(EventPartition partition, FilterSet? filters)
    {
        if (filters is null || !filters.TryGetValue(Selector, out object filter))
            return 0;

        string text = (filter is DescribedType described ? described.Value : filter)?.ToString() ?? "";
        Match match = Expression().Match(text);
        if (!match.Success)
            throw MessagingErrors.NotSimulated($"the filter '{text}'");

        bool inclusive = match.Groups["operator"].Value == ">=";
        string value = match.Groups["value"].Value;
        return match.Groups["field"].Value switch
        {
            _ when value == Latest => partition.State().Last + 1,
            "offset" when value == Beginning => 0,
            "offset" => EventPartition.SequenceOfOffset(Number(value, text), inclusive),
            "sequence-number" => Math.Max(0, Number(value, text) + (inclusive ? 0 : 1)),
            _ => partition.SequenceAt(DateTimeOffset.FromUnixTimeMilliseconds(Number(value, text)), inclusive),
        };
    }

    private static long Number(string value, string text) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new MessagingRefusal(400, MessagingErrors.ArgumentError, $"The filter '{text}' has no number.");

    [GeneratedRegex(
        @"^amqp\.annotation\.x-opt-(?<field>offset|sequence-number|enqueued-time)\s*(?<operator>>=?)\s*'?(?<value>[^']*?)'?\s*$"
    )]
    private static partial Regex Expression();
}

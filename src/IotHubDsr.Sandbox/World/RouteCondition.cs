using System.Text.RegularExpressions;

namespace IotHubDsr.Sandbox.World;

/// <summary>The condition of a route: <c>true</c>, or that an application property has a value. Any other never holds here.</summary>
internal static partial class RouteCondition
{
    public static bool Holds(string condition, RoutedMessage message)
    {
        if (condition.Trim().Equals("true", StringComparison.OrdinalIgnoreCase))
            return true;

        Match match = Equality().Match(condition);
        return match.Success
            && message.Properties.Any(property =>
                property.Key == match.Groups["name"].Value
                && property.Value == match.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal)
            );
    }

    [GeneratedRegex(@"^\s*(?<name>[\w.-]+)\s*=\s*'(?<value>([^']|'')*)'\s*$")]
    private static partial Regex Equality();
}

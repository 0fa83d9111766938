using System.Text.RegularExpressions;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>The address of a link without what clients put before it: a scheme and host, a slash, or nothing.</summary>
internal static partial class NodeAddress
{
    public const string Management = "$management";
    public const string TokenStore = "$cbs";

    /// <summary>Of an attach that a client sends.</summary>
    public static string Of(Attach attach) =>
        Normalize(attach.Role == true ? (attach.Source as Source)?.Address?.ToString() : (attach.Target as Target)?.Address?.ToString());

    /// <summary>Of the broker's side of a link, whose role is the other one.</summary>
    public static string Of(AmqpLinkSettings settings) =>
        Normalize(
            settings.Role == true ? (settings.Target as Target)?.Address?.ToString() : (settings.Source as Source)?.Address?.ToString()
        );

    public static string Normalize(string? address) => Uri.UnescapeDataString(Authority().Replace(address ?? "", "").Trim('/'));

    public static bool IsSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the address is the one, or lies below it.</summary>
    public static bool IsWithin(string address, string scope) =>
        scope.Length == 0
        || (
            address.StartsWith(scope, StringComparison.OrdinalIgnoreCase)
            && (address.Length == scope.Length || address[scope.Length] == '/')
        );

    [GeneratedRegex("^[a-z]+://[^/]*", RegexOptions.IgnoreCase)]
    private static partial Regex Authority();
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// Azure Resource Manager's description of a failed call. Most providers answer <c>{"error":{"code","message"}}</c>; Microsoft.Devices
/// answers <c>{"code","httpStatusCode","message","details"}</c>; proxies in between answer with anything.
/// </summary>
internal static partial class ArmError
{
    private const int MaxText = 200;
    private const string SupportedVersions = "IotHubDsr.SupportedVersions";

    public static RequestFailedException Read(Response response)
    {
        (string? code, string? message) = Parse(response.Content);
        var failure = new RequestFailedException(
            response.Status,
            Short(message) ?? response.ReasonPhrase ?? "no reason given",
            Short(code),
            innerException: null
        );
        if (message is not null)
            failure.Data[SupportedVersions] = VersionNames().Matches(message).Select(static match => match.Value).Distinct().ToArray();
        return failure;
    }

    /// <summary>The interface versions that a refusal names, in no order: those it supports, and the one that was asked for.</summary>
    public static IReadOnlyList<string> VersionsIn(Exception failure) => failure.Data[SupportedVersions] as string[] ?? [];

    [GeneratedRegex(@"\b\d{4}-\d{2}-\d{2}(-[a-z]{1,16})?\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex VersionNames();

    private static (string? Code, string? Message) Parse(BinaryData content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            JsonElement body = document.RootElement;
            if (Find(body, "error") is { ValueKind: JsonValueKind.Object } inner)
                body = inner;
            return (Text(Find(body, "code")), Text(Find(body, "message")));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static JsonElement? Find(JsonElement body, string name)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return null;
        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return property.Value;
        }

        return null;
    }

    private static string? Text(JsonElement? value) =>
        value switch
        {
            { ValueKind: JsonValueKind.String } words => words.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };

    private static string? Short(string? text) => text?.Length > MaxText ? text[..MaxText] : text;
}

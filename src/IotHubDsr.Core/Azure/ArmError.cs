using System.Text.Json;
using Azure;

namespace IotHubDsr.Core.Azure;

/// <summary>
/// Azure Resource Manager's description of a failed call. Most providers answer <c>{"error":{"code","message"}}</c>; Microsoft.Devices
/// answers <c>{"code","httpStatusCode","message","details"}</c>; proxies in between answer with anything.
/// </summary>
internal static class ArmError
{
    private const int MaxText = 200;

    public static RequestFailedException Read(Response response)
    {
        (string? code, string? message) = Parse(response.Content);
        return new RequestFailedException(
            response.Status,
            message ?? response.ReasonPhrase ?? "no reason given",
            code,
            innerException: null
        );
    }

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

    private static string? Text(JsonElement? value)
    {
        string? text = value switch
        {
            { ValueKind: JsonValueKind.String } words => words.GetString(),
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => null,
        };
        return text?.Length > MaxText ? text[..MaxText] : text;
    }
}

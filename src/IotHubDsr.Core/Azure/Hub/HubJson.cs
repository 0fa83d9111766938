using System.Text.Json;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>Reads members of documents that may be malformed: a value of an unexpected kind is null.</summary>
internal static class HubJson
{
    public static string? Text(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) ? value.AsText() : null;

    public static long? Count(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out long count)
            ? count
            : null;

    /// <summary>The name of a member; one with half of a surrogate pair, which is no text, as it is escaped.</summary>
    public static string NameOf(this JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            // The member as a whole: what follows the name can be a secret.
            string text = member.ToString();
            int end = 1;
            while (text[end] != '"')
                end += text[end] == '\\' ? 2 : 1;
            return text[1..end];
        }
    }

    public static string? AsText(this JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair passes for JSON, but not for text.
            return null;
        }
    }
}

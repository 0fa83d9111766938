using System.Text.Json;

namespace IotHubDsr.Sandbox.Cosmos.Documents;

/// <summary>Paths as policies have them: <c>/a/b</c>, with quotes around a part that is no plain name.</summary>
internal static class DocumentPath
{
    public static JsonElement Find(JsonElement document, string path)
    {
        JsonElement found = document;
        foreach (string part in Split(path))
        {
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(part, out found))
                return default;
        }

        return found;
    }

    private static List<string> Split(string path)
    {
        List<string> parts = [];
        for (int at = 1; at < path.Length; )
        {
            bool isQuoted = path[at] == '"';
            int start = isQuoted ? at + 1 : at;
            int end = path.IndexOf(isQuoted ? '"' : '/', start);
            end = end < 0 ? path.Length : end;
            parts.Add(path[start..end]);
            at = end + (isQuoted ? 2 : 1);
        }

        return parts;
    }
}

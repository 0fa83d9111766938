using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IotHubDsr.Core.Azure.Cosmos;

/// <summary>
/// What tells a document from all others of its container: the values at the paths of the container's partition key, and its ID. A value
/// that the document does not have is none, which is another than null and than an empty text.
/// </summary>
/// <param name="Key">The values as a JSON array; an empty object stands for none.</param>
/// <param name="Id">Its ID.</param>
internal sealed record DocumentAddress(string Key, string Id)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Its name among the items of a finding.</summary>
    public string Path => $"{Key}/{Id}";

    /// <summary>The address in a path; null when it is none. A plan can have been stored and edited.</summary>
    public static DocumentAddress? Parse(string path)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(path);
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || reader.TokenType is not JsonTokenType.StartArray || !reader.TrySkip())
                return null;
            int end = (int)reader.BytesConsumed;
            return bytes.AsSpan(end) is [(byte)'/', _, ..]
                ? new DocumentAddress(
                    Encoding.UTF8.GetString(bytes, 0, end),
                    Encoding.UTF8.GetString(bytes, end + 1, bytes.Length - end - 1)
                )
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The key of a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="paths">The paths of the container's partition key; without any, all documents have none.</param>
    public static string KeyOf(JsonElement document, IReadOnlyList<DocumentPath> paths) =>
        Write(writer =>
        {
            foreach (DocumentPath path in paths.DefaultIfEmpty(DocumentPath.Nowhere))
                Write(writer, path.Find(document));
        });

    /// <summary>A key that is one text.</summary>
    public static string KeyOf(string text) => Write(writer => writer.WriteStringValue(text));

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            writer.WriteStartArray();
            write(writer);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array)
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
            return;
        }

        value.WriteTo(writer);
    }
}

/// <summary>A path as policies of containers have them: <c>/a/b</c>, with quotes around a part that is no plain name.</summary>
internal sealed class DocumentPath
{
    private readonly List<string> _parts = [];

    public DocumentPath(string path)
    {
        for (int at = 1; at < path.Length; )
        {
            bool isQuoted = path[at] == '"';
            int start = isQuoted ? at + 1 : at;
            int end = path.IndexOf(isQuoted ? '"' : '/', start);
            end = end < 0 ? path.Length : end;
            _parts.Add(path[start..end]);
            at = end + (isQuoted ? 2 : 1);
        }
    }

    /// <summary>The path of what no document has.</summary>
    public static DocumentPath Nowhere { get; } = new("/");

    /// <summary>The value at the path; an element without a kind if there is none.</summary>
    public JsonElement Find(JsonElement document)
    {
        if (_parts.Count == 0)
            return default;
        JsonElement found = document;
        foreach (string part in _parts)
        {
            if (found.ValueKind is not JsonValueKind.Object || !found.TryGetProperty(part, out found))
                return default;
        }

        return found;
    }

    /// <summary>Whether it is the path of one member of the document.</summary>
    public bool IsMember(string name) => _parts is [var only] && only == name;
}

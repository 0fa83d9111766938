using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace IotHubDsr.Sandbox.World;

/// <summary>How a record's JSON is escaped. All ways mean the same; only one of them shows the device ID to a search for text.</summary>
internal enum LogEscaping
{
    /// <summary>Nothing but what must be.</summary>
    Plain,

    /// <summary>Quotes, apostrophes and signs by their code, within and without.</summary>
    Codes,

    /// <summary>Every character of the device ID by its code.</summary>
    DeviceId,

    /// <summary>A letter of the name <c>deviceId</c> by its code.</summary>
    Name,

    /// <summary>Every character of the text that holds the properties by its code.</summary>
    Properties,
}

/// <summary>A resource log record as Azure Monitor archives it: its properties are JSON in a string.</summary>
internal sealed record LogRecord(DateTimeOffset Time, string ResourceId, string Category, string Operation)
{
    public const string DeviceId = "deviceId";

    private static readonly JavaScriptEncoder Relaxed = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public string Level { get; init; } = "Information";

    public string? ResultType { get; init; }

    public string? ResultDescription { get; init; }

    /// <summary>Texts by name; a null is written as one.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Properties { get; init; } = [];

    public LogEscaping Escaping { get; init; }

    /// <summary>The device that the record is about, whether it names it or mentions it.</summary>
    public string? About { get; init; }

    private JavaScriptEncoder Encoder => Escaping == LogEscaping.Codes ? JavaScriptEncoder.Default : Relaxed;

    /// <summary>The record as one line, without its end.</summary>
    public string ToLine()
    {
        var line = new StringBuilder($$"""{ "time": "{{Time.UtcDateTime:o}}", "resourceId": "{{ResourceId}}", """);
        line.Append($"\"operationName\": \"{Operation}\", \"category\": \"{Category}\", \"level\": \"{Level}\", ");
        if (ResultType is not null)
            line.Append($"\"resultType\": \"{ResultType}\", \"resultDescription\": {Quoted(ResultDescription ?? "")}, ");

        string properties = PropertiesText();
        string text = Escaping == LogEscaping.Properties ? ByCode(properties) : Quoted(properties);
        return line.Append($"\"properties\": {text}, \"location\": \"{WorldNames.Location}\"}}").ToString();
    }

    /// <summary>The properties, which are JSON in a text.</summary>
    public string PropertiesText() =>
        "{" + string.Join(',', Properties.Select(property => $"{Name(property.Key)}:{Value(property)}")) + "}";

    private string Name(string name) => Escaping == LogEscaping.Name && name == DeviceId ? "\"device\\u0049d\"" : Quoted(name);

    private string Value(KeyValuePair<string, string?> property) =>
        property.Value switch
        {
            null => "null",
            var id when Escaping == LogEscaping.DeviceId && property.Key == DeviceId => ByCode(id),
            var text => Quoted(text),
        };

    private string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, Encoder)}\"";

    private static string ByCode(string text) => $"\"{string.Concat(text.Select(letter => $"\\u{(int)letter:x4}"))}\"";
}

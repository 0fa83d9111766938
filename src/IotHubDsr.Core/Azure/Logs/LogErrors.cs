using System.Text;
using System.Text.Json;

namespace IotHubDsr.Core.Azure.Logs;

/// <summary>
/// What Log Analytics says of a failure: codes within codes, the innermost of which is the cause. Messages quote queries, and queries name
/// devices: only codes are told.
/// </summary>
internal sealed class LogErrors
{
    private static readonly string[] s_tooLarge = ["RESULT_SET_TOO_LARGE", "PayloadTooLarge", "ResponseSizeError", "exceeded the internal"];

    private readonly StringBuilder _texts = new();

    private LogErrors() { }

    /// <summary>The codes, from the outermost inwards.</summary>
    public List<string> Codes { get; } = [];

    /// <summary>Whether less would have been answered: a shorter slice of time helps.</summary>
    public bool IsTooLarge => Array.Exists(s_tooLarge, sign => _texts.ToString().Contains(sign, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a table or a column is named that the workspace does not have.</summary>
    public bool IsOfMissingName => _texts.ToString().Contains("SEM0100", StringComparison.Ordinal);

    /// <summary>Whether the service asks to wait.</summary>
    public bool IsOfRate => _texts.ToString().Contains("rate limit", StringComparison.OrdinalIgnoreCase);

    /// <summary>The codes as a reason.</summary>
    public string Reason => Codes.Count == 0 ? "no code was given" : string.Join(", ", Codes.Distinct(StringComparer.Ordinal));

    /// <summary>What the error in a body says.</summary>
    public static LogErrors Read(BinaryData body)
    {
        var errors = new LogErrors();
        try
        {
            using var document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            errors.Add(root.ValueKind is JsonValueKind.Object && root.TryGetProperty("error", out JsonElement error) ? error : root);
        }
        catch (JsonException)
        {
            string text = body.ToString();
            errors._texts.Append(text.AsSpan(0, Math.Min(text.Length, 4_096)));
        }

        return errors;
    }

    /// <summary>What an error says.</summary>
    public static LogErrors Of(JsonElement error)
    {
        var errors = new LogErrors();
        errors.Add(error);
        return errors;
    }

    private void Add(JsonElement error, int depth = 0)
    {
        if (error.ValueKind is JsonValueKind.Array)
        {
            foreach (JsonElement one in error.EnumerateArray())
                Add(one, depth + 1);
        }

        if (error.ValueKind is JsonValueKind.String)
            _texts.AppendLine(error.GetString());
        if (error.ValueKind is not JsonValueKind.Object || depth > 16)
            return;
        foreach (JsonProperty member in error.EnumerateObject())
        {
            if (member.NameEquals("code") && member.Value.ValueKind is JsonValueKind.String)
                Codes.Add(member.Value.GetString()!);
            if (member.Value.ValueKind is JsonValueKind.String)
                _texts.AppendLine(member.Value.GetString());
            else
                Add(member.Value, depth + 1);
        }
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Azure.Hub;

/// <summary>
/// What the hub says about a request that failed. It says it in up to three places: a name in the header, and in the body's message
/// either a number in a JSON document inside the string, or a name before a semicolon. The places can disagree.
/// </summary>
/// <param name="Code">The code that all places agree on; 0 when they do not, or name none that is known.</param>
/// <param name="Name">Name of the error; the names that were given, when there are several.</param>
/// <param name="Message">The service's words, without credentials; can be empty.</param>
/// <param name="TrackingId">What the service's support asks for.</param>
internal sealed partial record HubError(int Code, string Name, string Message, string? TrackingId)
{
    private const int MaxMessageLength = 500;
    private const string NamePrefix = "ErrorCode:";

    /// <summary>Whether one of the places says that the hub itself does not exist, whatever the others say.</summary>
    public bool NamesMissingHub { get; private init; }

    /// <summary>Reads an error response.</summary>
    /// <param name="headerName">Value of the header <c>iothub-errorcode</c>.</param>
    /// <param name="body">The body, which need not be the hub's.</param>
    /// <returns>Null when nothing in it is IoT Hub's way to report an error.</returns>
    public static HubError? Read(string? headerName, ReadOnlyMemory<byte> body)
    {
        var claims = new Claims();
        if (!string.IsNullOrWhiteSpace(headerName))
            claims.Add(headerName.Trim());
        if (TryParse(body, out JsonElement root))
            ReadBody(root, claims);
        return claims.IsEmpty ? null : claims.ToError();
    }

    /// <summary>An error that stands in the body of a bulk operation.</summary>
    /// <param name="code">A name or a number.</param>
    /// <param name="message">The service's words.</param>
    public static HubError Of(JsonElement code, string message)
    {
        var claims = new Claims { Message = message };
        claims.Add(code);
        return claims.ToError();
    }

    /// <summary>The error in one line.</summary>
    public override string ToString()
    {
        string code = Code > 0 ? $"{Name} ({Code})" : Name;
        string message = Message.Length > 0 ? $": {Message.TrimEnd('.', ' ')}" : string.Empty;
        return TrackingId is null ? code + message : $"{code}{message}; tracking ID {TrackingId}";
    }

    /// <summary>Words of a service without credentials and control characters, and not endless.</summary>
    internal static string Cleaned(string message)
    {
        string cleaned = ControlCharacters().Replace(Credential().Replace(message, "$1$2$3***"), " ").Trim();
        return cleaned.Length <= MaxMessageLength ? cleaned : cleaned[..MaxMessageLength] + "…";
    }

    private static void ReadBody(JsonElement root, Claims claims)
    {
        string message = root.Text("Message") ?? root.Text("message") ?? string.Empty;
        claims.TrackingId = TrackingIdIn(root.Text("ExceptionMessage"));
        claims.Message = message;
        if (root.TryGetProperty("errorCode", out JsonElement outer))
            claims.Add(outer);

        if (message.StartsWith('{') && TryParse(Encoding.UTF8.GetBytes(message), out JsonElement inner))
        {
            claims.Message = inner.Text("message") ?? string.Empty;
            claims.TrackingId = inner.Text("trackingId") ?? claims.TrackingId;
            if (inner.TryGetProperty("errorCode", out JsonElement code))
                claims.Add(code);
        }
        else if (message.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase))
        {
            string[] parts = message[NamePrefix.Length..].Split(';', 2);
            claims.Message = parts.Length > 1 ? parts[1] : string.Empty;
            claims.Add(parts[0].Trim());
        }
    }

    private static bool TryParse(ReadOnlyMemory<byte> json, out JsonElement root)
    {
        root = default;
        if (json.IsEmpty)
            return false;
        try
        {
            using var document = JsonDocument.Parse(json);
            root = document.RootElement.Clone();
            return root.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            // A proxy's page or a body that was cut off: the status and the header remain.
            return false;
        }
    }

    private static string? TrackingIdIn(string? text) =>
        text is not null && TrackingIdText().Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(
        @"Tracking ID:\s*([0-9A-Za-z\-]{1,100}?)(?:-TimeStamp|-G:|[,;\s]|$)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex TrackingIdText();

    // Refusals can quote what they refuse, the authorization header included.
    [GeneratedRegex(
        @"(sig|SharedAccessKey|(?:primary|secondary)Key)([""']?\s*[=:]\s*[""']?)[^&;,\s""']+|(Bearer\s+)[^\s""',;]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Credential();

    [GeneratedRegex(@"\p{C}+")]
    private static partial Regex ControlCharacters();

    private sealed class Claims
    {
        private readonly List<string> _names = [];
        private readonly HashSet<int> _codes = [];
        private bool _hasUnknown;

        public string Message { get; set; } = string.Empty;

        public string? TrackingId { get; set; }

        public bool IsEmpty => _names.Count == 0;

        public void Add(JsonElement code)
        {
            if (code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out int number))
                Add(number);
            else if (code.AsText() is { Length: > 0 } text)
                Add(text);
        }

        public void Add(string name)
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                Add(number);
            else if (HubErrorCodes.CodeOf(name) is { } code)
                Add(code);
            else
                AddUnknown(name);
        }

        public HubError ToError()
        {
            return new HubError(
                _codes.Count == 1 && !_hasUnknown ? _codes.First() : 0,
                string.Join(" / ", _names),
                Cleaned(Message),
                TrackingId
            )
            {
                NamesMissingHub = _codes.Contains(HubErrorCodes.HubNotFound),
            };
        }

        private void Add(int code)
        {
            if (HubErrorCodes.IsGeneric(code))
                return;
            if (_codes.Add(code))
                _names.Add(HubErrorCodes.NameOf(code) ?? code.ToString(CultureInfo.InvariantCulture));
        }

        private void AddUnknown(string name)
        {
            _hasUnknown = true;
            string shown = ControlCharacters().Replace(Credential().Replace(name, "$1$2$3***"), " ");
            _names.Add(shown.Length <= 100 ? shown : shown[..100]);
        }
    }
}

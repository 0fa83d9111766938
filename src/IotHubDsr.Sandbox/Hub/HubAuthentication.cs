using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>How a device or module authenticates: by keys, by certificates of known thumbprints or by those of an authority.</summary>
internal sealed partial record HubAuthentication
{
    public const string Sas = "sas";
    public const string SelfSigned = "selfSigned";
    public const string CertificateAuthority = "certificateAuthority";
    public const string None = "none";

    private const int ShortestKey = 16;
    private const int LongestKey = 64;

    private static readonly string[] Types = [Sas, SelfSigned, CertificateAuthority, None];

    private HubAuthentication() { }

    public string Type { get; private init; } = Sas;

    public string? PrimaryKey { get; private init; }

    public string? SecondaryKey { get; private init; }

    public string? PrimaryThumbprint { get; private init; }

    public string? SecondaryThumbprint { get; private init; }

    public static HubAuthentication WithKeys(string primary, string secondary) => new() { PrimaryKey = primary, SecondaryKey = secondary };

    /// <summary>What a request makes of it. Keys that are missing or empty are made by the service, as its clients expect.</summary>
    public HubAuthentication With(JsonObject model, Func<string> newKey)
    {
        string? given = model["type"]?.ToString();
        var thumbprints = model["x509Thumbprint"] as JsonObject;
        string type = given is null
            ? Text(thumbprints, "primaryThumbprint") is null
                ? Type
                : SelfSigned
            : Types.FirstOrDefault(type => type.Equals(given, StringComparison.OrdinalIgnoreCase))
                ?? throw Invalid($"'{given}' is not a type of authentication.");
        return type switch
        {
            Sas => Keys(model["symmetricKey"] as JsonObject, newKey),
            SelfSigned => Certificates(thumbprints),
            _ => new() { Type = type },
        };
    }

    public JsonObject ToJson() =>
        new()
        {
            ["symmetricKey"] = new JsonObject { ["primaryKey"] = PrimaryKey, ["secondaryKey"] = SecondaryKey },
            ["x509Thumbprint"] = ThumbprintJson(),
            ["type"] = Type,
        };

    public JsonObject ThumbprintJson() =>
        new() { ["primaryThumbprint"] = PrimaryThumbprint, ["secondaryThumbprint"] = SecondaryThumbprint };

    private static string? Text(JsonObject? model, string name) => model?[name]?.ToString() is { Length: > 0 } text ? text : null;

    private static HubRefusal Invalid(string text) => new(HubError.ArgumentInvalid, text);

    private HubAuthentication Keys(JsonObject? keys, Func<string> newKey)
    {
        if (keys is null)
            return Type == Sas && PrimaryKey is not null ? this : WithKeys(newKey(), newKey());

        (string? primary, string? secondary) = (Text(keys, "primaryKey"), Text(keys, "secondaryKey"));
        if (primary is null != secondary is null)
            throw Invalid("A device has both symmetric keys, or the service makes both.");

        RequireKey(primary);
        RequireKey(secondary);
        return WithKeys(primary ?? newKey(), secondary ?? newKey());
    }

    private static void RequireKey(string? key)
    {
        byte[] bytes = new byte[key?.Length ?? 0];
        if (key is not null && (!Convert.TryFromBase64String(key, bytes, out int length) || length is < ShortestKey or > LongestKey))
            throw Invalid($"A symmetric key must be Base64 of {ShortestKey} to {LongestKey} bytes.");
    }

    private static HubAuthentication Certificates(JsonObject? thumbprints)
    {
        (string? primary, string? secondary) = (Text(thumbprints, "primaryThumbprint"), Text(thumbprints, "secondaryThumbprint"));
        var given = new[] { primary, secondary }.OfType<string>().ToList();
        return given.Count > 0 && given.TrueForAll(Thumbprint().IsMatch)
            ? new()
            {
                Type = SelfSigned,
                PrimaryThumbprint = primary,
                SecondaryThumbprint = secondary,
            }
            : throw Invalid("Self-signed authentication needs thumbprints: SHA-1 or SHA-256 in hexadecimal digits.");
    }

    [GeneratedRegex(@"\A(?:[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64})\z")]
    private static partial Regex Thumbprint();
}

using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IotHubDsr.Evidence;

namespace IotHubDsr.Certificates;

/// <summary>
/// Reads what <see cref="CertificateStatement"/> wrote. It takes what it knows and nothing else; that there is nothing else, and that sums
/// and verdicts are right, shows when the statement is written again.
/// </summary>
internal static class StatementReader
{
    /// <exception cref="FormatException">A value is not of its kind.</exception>
    public static (CertificateContent Content, X509Certificate2? Signer) Read(JsonElement statement)
    {
        JsonElement predicate = statement.GetProperty("predicate");
        JsonElement hub = predicate.GetProperty("hub");
        var content = new CertificateContent
        {
            RequestId = Text(predicate, "requestId"),
            HubHostName = Text(hub, "hostName"),
            HubResourceId = hub.GetProperty("resourceId").GetString(),
            ReceivedAt = Time(predicate, "receivedAt")!.Value,
            DueAt = Time(predicate, "dueAt")!.Value,
            IssuedAt = Time(predicate, "issuedAt")!.Value,
            ToolVersion = Text(predicate.GetProperty("tool"), "version"),
            PlanDigest = Text(predicate, "planDigest"),
            JournalDigest = Text(predicate, "journalDigest"),
            Follows = Optional(predicate, "follows"),
            Performer = Party(predicate.GetProperty("performer")),
            Verifier = Party(predicate.GetProperty("verifier")),
            Approver = predicate.TryGetProperty("approver", out JsonElement approver) ? Party(approver) : null,
            Subjects = Texts(predicate.GetProperty("subjects")),
            Scope = predicate.TryGetProperty("scope", out JsonElement scope) ? Scope(scope) : null,
            Locations = [.. predicate.GetProperty("locations").EnumerateArray().Select(Location)],
        };
        JsonElement signature = predicate.GetProperty("signature");
        return (content, signature.GetProperty("isSigned").GetBoolean() ? Certificate(Text(signature, "certificate")) : null);
    }

    /// <summary>A certificate and nothing else: what also holds keys would be opened with a password, at its own cost.</summary>
    private static X509Certificate2 Certificate(string base64)
    {
        byte[] der = Convert.FromBase64String(base64);
        return X509Certificate2.GetCertContentType(der) == X509ContentType.Cert
            ? new X509Certificate2(der)
            : throw new FormatException("The certificate of its signer cannot be read.");
    }

    private static ScopeStatement Scope(JsonElement scope) => new(
        scope.GetProperty("isOneIncarnation").GetBoolean(),
        Time(scope, "startTime"),
        Time(scope, "endTime"),
        scope.GetProperty("includesMentioned").GetBoolean());

    private static LocationOutcome Location(JsonElement location) => new()
    {
        LocationId = Text(location, "id"),
        Kind = Text(location, "kind"),
        Place = Text(location, "place"),
        Method = Text(location, "method"),
        Detail = Optional(location, "detail"),
        ErasedAt = Time(location, "erasedAt"),
        VerifiedAt = Time(location, "verifiedAt"),
        Groups = location.GetProperty("outcomes") is var outcomes && outcomes.GetArrayLength() > 0
            ? [.. outcomes.EnumerateArray().Select(Group)]
            : throw new FormatException("A location has no outcome."),
    };

    private static OutcomeGroup Group(JsonElement group) => new(
        Verdict(group),
        group.GetProperty("planned").GetInt64(),
        group.GetProperty("erased").GetInt64(),
        group.GetProperty("remaining").GetInt64(),
        Time(group, "until"),
        group.TryGetProperty("subjects", out JsonElement subjects) ? Texts(subjects) : null);

    /// <summary>A verdict by its name; its number is not one.</summary>
    private static Verdict Verdict(JsonElement group) =>
        Array.IndexOf(Enum.GetNames<Verdict>(), Text(group, "verdict")) is >= 0 and int verdict
            ? (Verdict)verdict
            : throw new FormatException("A verdict is not known.");

    private static CertificateParty Party(JsonElement party) => new(Text(party, "name"), Optional(party, "certificateSha256"));

    private static List<string> Texts(JsonElement texts)
    {
        var all = new List<string>(texts.GetArrayLength());
        foreach (JsonElement text in texts.EnumerateArray())
            all.Add(text.GetString() ?? throw new FormatException("A text is null."));
        return all;
    }

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException($"The member '{name}' is null.");

    private static string? Optional(JsonElement element, string name) => element.TryGetProperty(name, out _) ? Text(element, name) : null;

    private static DateTimeOffset? Time(JsonElement element, string name) => Optional(element, name) is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;
}

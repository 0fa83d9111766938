using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Evidence.Certificates;

/// <summary>
/// Reads what <see cref="CertificateStatement"/> wrote. It takes what it knows and nothing else; that there is nothing else, and that sums
/// and verdicts are right, shows when the statement is written again.
/// </summary>
internal static class StatementReader
{
    private static readonly JsonReaderOptions Bounded = new() { MaxDepth = 8 };
    private static readonly string[] Verdicts = Enum.GetNames<Verdict>();

    /// <exception cref="FormatException">A value is not of its kind.</exception>
    public static (CertificateContent Content, X509Certificate2? Signer) Read(ReadOnlySpan<byte> statement)
    {
        (Dictionary<string, JsonElement> predicate, List<LocationOutcome>? locations) = Predicate(statement);
        JsonElement hub = predicate["hub"];
        var content = new CertificateContent
        {
            RequestId = Text(predicate["requestId"]),
            HubHostName = Text(hub.GetProperty("hostName")),
            HubResourceId = hub.GetProperty("resourceId").GetString(),
            ReceivedAt = predicate["receivedAt"].GetDateTimeOffset(),
            DueAt = predicate["dueAt"].GetDateTimeOffset(),
            IssuedAt = predicate["issuedAt"].GetDateTimeOffset(),
            ToolVersion = Text(predicate["tool"].GetProperty("version")),
            PlanDigest = Text(predicate["planDigest"]),
            JournalDigest = Text(predicate["journalDigest"]),
            Follows = predicate.TryGetValue("follows", out JsonElement follows) ? Text(follows) : null,
            Performer = Party(predicate["performer"]),
            Verifier = Party(predicate["verifier"]),
            Approver = predicate.TryGetValue("approver", out JsonElement approver) ? Party(approver) : null,
            Subjects = Texts(predicate["subjects"]),
            Scope = predicate.TryGetValue("scope", out JsonElement scope) ? Scope(scope) : null,
            Locations = locations ?? throw new FormatException("There are no locations."),
        };
        JsonElement signature = predicate["signature"];
        return (content, signature.GetProperty("isSigned").GetBoolean() ? Certificate(Text(signature.GetProperty("certificate"))) : null);
    }

    /// <summary>
    /// The members of the predicate. Locations are read one at a time: where each of 10,000 subjects has an outcome of its own, the
    /// document of all of them would take more time than all that is done with it.
    /// </summary>
    private static (Dictionary<string, JsonElement> Members, List<LocationOutcome>? Locations) Predicate(ReadOnlySpan<byte> statement)
    {
        var reader = new Utf8JsonReader(statement, Bounded);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName && !reader.ValueTextEquals("predicate"u8))
            reader.Skip();
        if (reader.TokenType != JsonTokenType.PropertyName || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new FormatException("It has no predicate.");

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        List<LocationOutcome>? locations = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == "locations")
                locations = Locations(ref reader);
            else
                members[name] = JsonElement.ParseValue(ref reader);
        }

        return (members, locations);
    }

    private static List<LocationOutcome> Locations(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new FormatException("The locations are not a list.");
        var locations = new List<LocationOutcome>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            using var location = JsonDocument.ParseValue(ref reader);
            locations.Add(Location(location.RootElement));
        }

        return locations;
    }

    /// <summary>A certificate and nothing else: what also holds keys would be opened with a password, at its own cost.</summary>
    private static X509Certificate2 Certificate(string base64)
    {
        byte[] der = Convert.FromBase64String(base64);
        return X509Certificate2.GetCertContentType(der) == X509ContentType.Cert
            ? new X509Certificate2(der)
            : throw new FormatException("Its signer's certificate cannot be read.");
    }

    private static ScopeStatement Scope(JsonElement scope) =>
        new(
            scope.GetProperty("isOneIncarnation").GetBoolean(),
            OptionalTime(scope, "startTime"),
            OptionalTime(scope, "endTime"),
            scope.GetProperty("includesMentioned").GetBoolean()
        );

    private static LocationOutcome Location(JsonElement location) =>
        new()
        {
            LocationId = Text(location.GetProperty("id")),
            Kind = Text(location.GetProperty("kind")),
            Place = Text(location.GetProperty("place")),
            Method = Text(location.GetProperty("method")),
            Detail = Optional(location, "detail"),
            Statements = StatementJson.ReadMember(location),
            ErasedAt = OptionalTime(location, "erasedAt"),
            VerifiedAt = OptionalTime(location, "verifiedAt"),
            Reading = Optional(location, "reading"),
            Recipient = location.TryGetProperty("recipient", out JsonElement recipient) ? Recipient(recipient) : null,
            Groups =
                location.GetProperty("outcomes") is var outcomes && outcomes.GetArrayLength() > 0
                    ? [.. outcomes.EnumerateArray().Select(Group)]
                    : throw new FormatException("A location has no outcome."),
        };

    private static RecipientOutcome Recipient(JsonElement recipient) =>
        new(
            Optional(recipient, "requestDigest"),
            OptionalTime(recipient, "requestedAt"),
            Optional(recipient, "answerHash"),
            OptionalTime(recipient, "answeredAt")
        );

    private static OutcomeGroup Group(JsonElement group) =>
        new(
            new SubjectOutcome(
                Verdict(group),
                Number(group.GetProperty("planned")),
                Number(group.GetProperty("erased")),
                Number(group.GetProperty("remaining")),
                OptionalTime(group, "until")
            ),
            group.TryGetProperty("subjects", out JsonElement subjects) ? Texts(subjects) : null
        );

    /// <summary>A verdict by its name; its number is not one.</summary>
    private static Verdict Verdict(JsonElement group) =>
        Array.IndexOf(Verdicts, Text(group.GetProperty("verdict"))) is >= 0 and int verdict
            ? (Verdict)verdict
            : throw new FormatException("A verdict is unknown.");

    private static Party Party(JsonElement party) => new(Text(party.GetProperty("name")), Optional(party, "certificateSha256"));

    private static string[] Texts(JsonElement texts)
    {
        string[] all = new string[texts.GetArrayLength()];
        int filled = 0;
        foreach (JsonElement text in texts.EnumerateArray())
            all[filled++] = Text(text);
        return all;
    }

    private static string Text(JsonElement text) => text.GetString() ?? throw new FormatException("A text is null.");

    private static long? Number(JsonElement number) => number.ValueKind == JsonValueKind.Null ? null : number.GetInt64();

    private static string? Optional(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement text) ? Text(text) : null;

    private static DateTimeOffset? OptionalTime(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement time) ? time.GetDateTimeOffset() : null;
}

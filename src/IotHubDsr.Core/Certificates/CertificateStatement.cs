using System.Buffers;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IotHubDsr.Evidence;
using IotHubDsr.Plans;

namespace IotHubDsr.Certificates;

/// <summary>Writes a certificate as an in-toto Statement v1, in canonical JSON. The signer's certificate is part of what is signed.</summary>
internal static class CertificateStatement
{
    public const string Type = "https://in-toto.io/Statement/v1";
    public const string PredicateType = "urn:iothubdsr:erasure-certificate:v1";

    private const string SignedText = "Signed with the private key of the certificate given here.";

    private const string UnsignedText =
        "UNSIGNED. A changed bit shows, but anybody can make a certificate like this one: it proves nothing about who issued it.";

    private const string SystemLogsText =
        "Logs that Microsoft generates for its own services are not covered: some of them an administrator can neither access nor export, "
        + "and they are not erased by a request for one device. See https://learn.microsoft.com/azure/iot-hub/iot-hub-customer-data-requests.";

    /// <summary>The canonical bytes of the statement.</summary>
    /// <exception cref="FormatException">A digest is not one, or the outcome of a subject is missing somewhere or given twice.</exception>
    public static byte[] Write(CertificateContent content, X509Certificate2? signer)
    {
        RequireComplete(content);
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("_type"u8, Type);
            writer.WriteStartArray("subject"u8);
            WriteSubject(writer, "plan", Digests.Hex(content.PlanDigest));
            WriteSubject(writer, "journal", Digests.Hex(content.JournalDigest));
            WriteSubject(writer, "request", Digests.HexOf(Encoding.UTF8.GetBytes(content.RequestId)));
            writer.WriteEndArray();
            writer.WriteString("predicateType"u8, PredicateType);
            writer.WritePropertyName("predicate"u8);
            WritePredicate(writer, content, signer);
            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(output.WrittenMemory);
        return CanonicalJson.Write(document.RootElement);
    }

    public static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    private static void WriteSubject(Utf8JsonWriter writer, string name, string sha256)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, name);
        writer.WriteStartObject("digest"u8);
        writer.WriteString("sha256"u8, sha256);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WritePredicate(Utf8JsonWriter writer, CertificateContent content, X509Certificate2? signer)
    {
        writer.WriteStartObject();
        WriteSignature(writer, signer);
        writer.WriteString("verdict"u8, content.Verdict.ToString());
        writer.WriteString("requestId"u8, content.RequestId);
        writer.WriteString("receivedAt"u8, Time(content.ReceivedAt));
        writer.WriteString("dueAt"u8, Time(content.DueAt));
        writer.WriteString("issuedAt"u8, Time(content.IssuedAt));
        writer.WriteStartObject("hub"u8);
        writer.WriteString("hostName"u8, content.HubHostName);
        writer.WriteString("resourceId"u8, content.HubResourceId);
        writer.WriteEndObject();
        writer.WriteStartObject("tool"u8);
        writer.WriteString("name"u8, "IotHubDsr");
        writer.WriteString("version"u8, content.ToolVersion);
        writer.WriteEndObject();
        writer.WriteString("planDigest"u8, content.PlanDigest);
        writer.WriteString("journalDigest"u8, content.JournalDigest);
        if (content.Follows is { } follows)
            writer.WriteString("follows"u8, $"sha256:{Digests.Hex(follows)}");
        WriteParty(writer, "performer", content.Performer);
        WriteParty(writer, "verifier", content.Verifier);
        if (content.Approver is { } approver)
            WriteParty(writer, "approver", approver);
        WriteTexts(writer, "subjects", content.Subjects);
        if (content.Scope is { } scope)
            WriteScope(writer, scope);
        writer.WriteStartArray("locations"u8);
        foreach (LocationOutcome location in content.Locations)
            WriteLocation(writer, location, content.Subjects.Count);
        writer.WriteEndArray();
        writer.WriteString("systemGeneratedLogs"u8, SystemLogsText);
        writer.WriteEndObject();
    }

    private static void WriteSignature(Utf8JsonWriter writer, X509Certificate2? signer)
    {
        writer.WriteStartObject("signature"u8);
        writer.WriteBoolean("isSigned"u8, signer is not null);
        writer.WriteString("statement"u8, signer is null ? UnsignedText : SignedText);
        if (signer is not null)
        {
            writer.WriteString("signer"u8, SigningKey.NameOf(signer));
            writer.WriteString("certificate"u8, Convert.ToBase64String(signer.RawDataMemory.Span));
            writer.WriteString("certificateSha256"u8, SigningKey.FingerprintOf(signer));
        }

        writer.WriteEndObject();
    }

    private static void WriteParty(Utf8JsonWriter writer, string role, CertificateParty party)
    {
        if (party.CertificateSha256 is { } fingerprint && !Digests.IsHex(fingerprint))
            throw new FormatException($"The fingerprint of the {role} is not one.");
        writer.WriteStartObject(role);
        writer.WriteString("name"u8, party.Name);
        if (party.CertificateSha256 is not null)
            writer.WriteString("certificateSha256"u8, party.CertificateSha256);
        writer.WriteEndObject();
    }

    private static void WriteScope(Utf8JsonWriter writer, ScopeStatement scope)
    {
        writer.WriteStartObject("scope"u8);
        writer.WriteString("statement"u8, scope.ToString());
        writer.WriteBoolean("isOneIncarnation"u8, scope.IsOneIncarnation);
        WriteTime(writer, "startTime", scope.StartTime);
        WriteTime(writer, "endTime", scope.EndTime);
        writer.WriteBoolean("includesMentioned"u8, scope.IncludesMentioned);
        writer.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter writer, LocationOutcome location, int subjects)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, location.LocationId);
        writer.WriteString("kind"u8, location.Kind);
        writer.WriteString("place"u8, location.Place);
        WriteOutcome(writer, location.Verdict, location.Sum(subjects), location.Until);
        writer.WriteString("method"u8, location.Method);
        if (location.Detail is not null)
            writer.WriteString("detail"u8, location.Detail);
        WriteTime(writer, "erasedAt", location.ErasedAt);
        WriteTime(writer, "verifiedAt", location.VerifiedAt);
        writer.WriteStartArray("outcomes"u8);
        foreach (OutcomeGroup group in location.Groups)
        {
            writer.WriteStartObject();
            WriteOutcome(writer, group.Verdict, new Counts(group.Planned, group.Erased, group.Remaining), group.Until);
            if (group.Subjects is not null)
                WriteTexts(writer, "subjects", group.Subjects);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteOutcome(Utf8JsonWriter writer, Verdict verdict, Counts counts, DateTimeOffset? until)
    {
        if (!counts.IsExact)
            throw new FormatException("A number of records is negative, or larger than JSON can tell.");
        writer.WriteString("verdict"u8, verdict.ToString());
        writer.WriteNumber("planned"u8, counts.Planned);
        writer.WriteNumber("erased"u8, counts.Erased);
        writer.WriteNumber("remaining"u8, counts.Remaining);
        WriteTime(writer, "until", until);
    }

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.WriteString(name, Time(known));
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>A subject that is left out somewhere would look as if nothing had to be said of it.</summary>
    private static void RequireComplete(CertificateContent content)
    {
        HashSet<string> subjects = new(content.Subjects, StringComparer.Ordinal);
        if (subjects.Count == 0 || subjects.Count != content.Subjects.Count)
            throw new FormatException("There is no subject, or one stands twice.");
        if (content.Locations.DistinctBy(location => location.LocationId, StringComparer.Ordinal).Count() != content.Locations.Count)
            throw new FormatException("A location stands twice.");
        foreach (LocationOutcome location in content.Locations)
        {
            if (location.Groups is [{ Subjects: null }])
                continue;
            var seen = new HashSet<string>(subjects.Count, StringComparer.Ordinal);
            bool isEachOnce = location.Groups.All(group => group.Subjects is { Count: > 0 } some && some.All(one => subjects.Contains(one) && seen.Add(one)));
            if (!isEachOnce || seen.Count != subjects.Count)
                throw new FormatException($"Not each subject has one outcome in the location '{location.LocationId}'.");
        }
    }
}

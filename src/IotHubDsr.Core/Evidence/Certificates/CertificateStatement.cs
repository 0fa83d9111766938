using System.Security.Cryptography.X509Certificates;
using System.Text;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Evidence.Certificates;

/// <summary>
/// Writes a certificate as an in-toto Statement v1, in canonical JSON. The signer's certificate is part of what is signed.
/// </summary>
internal static class CertificateStatement
{
    public const string Type = "https://in-toto.io/Statement/v1";
    public const string PredicateType = "urn:iothubdsr:erasure-certificate:v1";

    private const string SignedText = "Signed with the private key of the certificate given here.";

    private const string UnsignedText =
        "UNSIGNED. A changed bit shows, but anybody can make a certificate like this one: it proves nothing about who issued it.";

    private const string SystemLogsText =
        "Logs that Microsoft generates for its own services are not covered: some of them an administrator can neither access nor export, "
        + "and they are not erased by a request for one device. See "
        + "https://learn.microsoft.com/azure/iot-hub/iot-hub-customer-data-requests.";

    /// <summary>The canonical bytes of the statement.</summary>
    /// <exception cref="FormatException">
    /// A digest is invalid, or the outcome of a subject is missing in a location or given twice.
    /// </exception>
    public static byte[] Write(CertificateContent content, X509Certificate2? signer) =>
        CanonicalWriter.ToArray(writer => Write(writer, content, signer));

    /// <summary>Whether a statement is, byte for byte, what would be written.</summary>
    /// <exception cref="FormatException">As for <see cref="Write(CertificateContent, X509Certificate2?)"/>.</exception>
    public static bool IsWritten(ReadOnlyMemory<byte> statement, CertificateContent content, X509Certificate2? signer) =>
        CanonicalWriter.IsWritten(statement, writer => Write(writer, content, signer));

    private static void Write(CanonicalWriter writer, CertificateContent content, X509Certificate2? signer)
    {
        RequireComplete(content);
        writer.StartObject();
        writer.Member("_type", Type);
        writer.Name("predicate");
        WritePredicate(writer, content, signer);
        writer.Member("predicateType", PredicateType);
        writer.Name("subject");
        writer.StartArray();
        WriteSubject(writer, "plan", Digests.Hex(content.PlanDigest));
        WriteSubject(writer, "journal", Digests.Hex(content.JournalDigest));
        WriteSubject(writer, "request", Digests.HexOf(Encoding.UTF8.GetBytes(content.RequestId)));
        writer.EndArray();
        writer.EndObject();
    }

    private static void WriteSubject(CanonicalWriter writer, string name, string sha256)
    {
        writer.StartObject();
        writer.Name("digest");
        writer.StartObject();
        writer.Member("sha256", sha256);
        writer.EndObject();
        writer.Member("name", name);
        writer.EndObject();
    }

    private static void WritePredicate(CanonicalWriter writer, CertificateContent content, X509Certificate2? signer)
    {
        writer.StartObject();
        if (content.Approver is { } approver)
            WriteParty(writer, "approver", approver);
        writer.Member("dueAt", content.DueAt);
        if (content.Follows is { } follows)
            writer.Member("follows", $"sha256:{Digests.Hex(follows)}");
        writer.Name("hub");
        writer.StartObject();
        writer.Member("hostName", content.HubHostName);
        writer.Member("resourceId", content.HubResourceId);
        writer.EndObject();
        writer.Member("issuedAt", content.IssuedAt);
        writer.Member("journalDigest", content.JournalDigest);
        writer.Name("locations");
        writer.StartArray();
        foreach (LocationOutcome location in content.Locations)
            WriteLocation(writer, location, content.Subjects.Count);
        writer.EndArray();
        WriteParty(writer, "performer", content.Performer);
        writer.Member("planDigest", content.PlanDigest);
        writer.Member("receivedAt", content.ReceivedAt);
        writer.Member("requestId", content.RequestId);
        if (content.Scope is { } scope)
            WriteScope(writer, scope);
        WriteSignature(writer, signer);
        writer.Member("subjects", content.Subjects);
        writer.Member("systemGeneratedLogs", SystemLogsText);
        writer.Name("tool");
        writer.StartObject();
        writer.Member("name", "IotHubDsr");
        writer.Member("version", content.ToolVersion);
        writer.EndObject();
        writer.Member("verdict", content.Verdict.ToString());
        WriteParty(writer, "verifier", content.Verifier);
        writer.EndObject();
    }

    private static void WriteSignature(CanonicalWriter writer, X509Certificate2? signer)
    {
        writer.Name("signature");
        writer.StartObject();
        if (signer is not null)
        {
            writer.Name("certificate");
            writer.Base64(signer.RawDataMemory.Span);
            writer.Member("certificateSha256", SigningKey.FingerprintOf(signer));
        }

        writer.Member("isSigned", signer is not null);
        if (signer is not null)
            writer.Member("signer", SigningKey.NameOf(signer));
        writer.Member("statement", signer is null ? UnsignedText : SignedText);
        writer.EndObject();
    }

    private static void WriteParty(CanonicalWriter writer, string role, Party party)
    {
        if (party.CertificateSha256 is { } fingerprint && !Digests.IsHex(fingerprint))
            throw new FormatException($"The fingerprint of the {role} is invalid.");
        writer.Name(role);
        writer.StartObject();
        if (party.CertificateSha256 is not null)
            writer.Member("certificateSha256", party.CertificateSha256);
        writer.Member("name", party.Name);
        writer.EndObject();
    }

    private static void WriteScope(CanonicalWriter writer, ScopeStatement scope)
    {
        writer.Name("scope");
        writer.StartObject();
        WriteTime(writer, "endTime", scope.EndTime);
        writer.Member("includesMentioned", scope.IncludesMentioned);
        writer.Member("isOneIncarnation", scope.IsOneIncarnation);
        WriteTime(writer, "startTime", scope.StartTime);
        writer.Member("statement", scope.ToString());
        writer.EndObject();
    }

    private static void WriteLocation(CanonicalWriter writer, LocationOutcome location, int subjects)
    {
        Counts sum = Exact(location.Sum(subjects));
        writer.StartObject();
        if (location.Detail is not null)
            writer.Member("detail", location.Detail);
        writer.Member("erased", sum.Erased);
        WriteTime(writer, "erasedAt", location.ErasedAt);
        writer.Member("id", location.LocationId);
        writer.Member("kind", location.Kind);
        writer.Member("method", location.Method);
        writer.Name("outcomes");
        writer.StartArray();
        foreach (OutcomeGroup group in location.Groups)
            WriteGroup(writer, group);
        writer.EndArray();
        writer.Member("place", location.Place);
        writer.Member("planned", sum.Planned);
        if (location.Reading is not null)
            writer.Member("reading", location.Reading);
        if (location.Recipient is { } recipient)
            WriteRecipient(writer, recipient);
        writer.Member("remaining", sum.Remaining);
        StatementJson.WriteMember(location.Statements, writer);
        WriteTime(writer, "until", location.Until);
        writer.Member("verdict", location.Verdict.ToString());
        WriteTime(writer, "verifiedAt", location.VerifiedAt);
        writer.EndObject();
    }

    private static void WriteRecipient(CanonicalWriter writer, RecipientOutcome recipient)
    {
        writer.Name("recipient");
        writer.StartObject();
        if (recipient.AnswerHash is { } answer)
            writer.Member("answerHash", answer);
        WriteTime(writer, "answeredAt", recipient.AnsweredAt);
        if (recipient.RequestDigest is { } digest)
            writer.Member("requestDigest", $"sha256:{Digests.Hex(digest)}");
        WriteTime(writer, "requestedAt", recipient.RequestedAt);
        writer.EndObject();
    }

    private static void WriteGroup(CanonicalWriter writer, OutcomeGroup group)
    {
        SubjectOutcome outcome = group.Outcome;
        Counts counts = Exact(new Counts(outcome.Planned, outcome.Erased, outcome.Remaining));
        writer.StartObject();
        writer.Member("erased", counts.Erased);
        writer.Member("planned", counts.Planned);
        writer.Member("remaining", counts.Remaining);
        if (group.Subjects is not null)
            writer.Member("subjects", group.Subjects);
        WriteTime(writer, "until", outcome.Until);
        writer.Member("verdict", outcome.Verdict.ToString());
        writer.EndObject();
    }

    private static Counts Exact(Counts counts) =>
        counts.IsExact ? counts : throw new FormatException("A number of records is negative, or too large for JSON.");

    private static void WriteTime(CanonicalWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } known)
            writer.Member(name, known);
    }

    /// <summary>A subject missing in a location would look as if there were nothing to say about it.</summary>
    private static void RequireComplete(CertificateContent content)
    {
        HashSet<string> subjects = new(content.Subjects, StringComparer.Ordinal);
        if (subjects.Count == 0 || subjects.Count != content.Subjects.Count)
            throw new FormatException("There is no subject, or one appears twice.");
        if (content.Locations.DistinctBy(location => location.LocationId, StringComparer.Ordinal).Count() != content.Locations.Count)
            throw new FormatException("A location appears twice.");
        foreach (LocationOutcome location in content.Locations)
        {
            if (location.Groups is [{ Subjects: null }])
                continue;
            var seen = new HashSet<string>(subjects.Count, StringComparer.Ordinal);
            bool isEachOnce = location.Groups.All(group =>
                group.Subjects is { Count: > 0 } some && some.All(one => subjects.Contains(one) && seen.Add(one))
            );
            if (!isEachOnce || seen.Count != subjects.Count)
                throw new FormatException($"The location '{location.LocationId}' does not have exactly one outcome per subject.");
        }
    }
}

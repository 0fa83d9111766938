using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IotHubDsr.Plans;

namespace IotHubDsr.Certificates;

/// <summary>
/// Checks a certificate without anything but its file: the statement that it holds, written again, must be the statement, and the envelope
/// around it the file. What differs in a single bit, wherever, is not valid.
/// </summary>
internal static class CertificateCheck
{
    /// <summary>Larger than a certificate of 10,000 subjects with an outcome of their own in each of twenty locations.</summary>
    public const int LargestFile = 128 * 1024 * 1024;

    /// <param name="path">Full path of the file.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="trusted">Certificates that are trusted, themselves or as authorities; none to ask the machine.</param>
    public static ErasureCertificateCheck Check(string path, ReadOnlyMemory<byte> file, IReadOnlyCollection<X509Certificate2> trusted)
    {
        try
        {
            if (file.Length > LargestFile)
                throw new FormatException("It is larger than any certificate.");
            DsseEnvelope envelope = DsseEnvelope.Read(file);
            (CertificateContent content, X509Certificate2? signer) = StatementReader.Read(envelope.Payload);
            using (signer)
            {
                if (!CertificateStatement.IsWritten(envelope.Payload, content, signer))
                    throw new FormatException("The statement is not as it was issued.");
                RequireSignature(envelope, signer);
                string? doubt = signer is null
                    ? "It is not signed: anybody can make a certificate like this one."
                    : Doubt(signer, trusted, content.IssuedAt);
                return Describe(path, content, signer) with
                {
                    Digest = Digests.Of(file.Span),
                    IsTrusted = doubt is null,
                    Reason = doubt,
                };
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or ArgumentException or CryptographicException or OverflowException)
        {
            return new ErasureCertificateCheck { Path = path, Reason = ReasonOf(exception) };
        }
    }

    /// <exception cref="FormatException">There is a signature where none belongs, none where one belongs, or one that is not right.</exception>
    private static void RequireSignature(DsseEnvelope envelope, X509Certificate2? signer)
    {
        if (signer is null)
        {
            if (envelope.Signature is not null)
                throw new FormatException("It says that it is unsigned, and has a signature.");
            return;
        }

        if (envelope.Signature is null)
            throw new FormatException("It says that it is signed, and has no signature.");
        SigningKey key = SigningKey.ForChecking(signer) ?? throw new FormatException("Its certificate has a key of a kind that is not accepted.");
        if (envelope.KeyId != key.KeyId)
            throw new FormatException("Its key ID is not that of its certificate.");
        if (!key.Verify(DsseEnvelope.PreAuthenticationEncoding(envelope.Payload), envelope.Signature))
            throw new FormatException("Its signature does not fit: it was changed after it was signed, or was not signed with this key.");
    }

    /// <exception cref="FormatException">The certificate was not valid when it was used.</exception>
    private static string? Doubt(X509Certificate2 signer, IReadOnlyCollection<X509Certificate2> trusted, DateTimeOffset issuedAt)
    {
        if (!SigningKey.IsValidAt(signer, issuedAt))
            throw new FormatException($"It was signed at {issuedAt.UtcDateTime:u}, when the certificate of its signer was not valid.");
        return CertificateTrust.Doubt(signer, trusted, issuedAt) is { } doubt
            ? $"It is signed, but with a certificate that is not trusted: {doubt}."
            : null;
    }

    private static ErasureCertificateCheck Describe(string path, CertificateContent content, X509Certificate2? signer) => new()
    {
        Path = path,
        IsValid = true,
        IsSigned = signer is not null,
        Signer = signer?.Subject,
        CertificateSha256 = signer is null ? null : SigningKey.FingerprintOf(signer),
        Follows = content.Follows,
        RequestId = content.RequestId,
        HubHostName = content.HubHostName,
        OverallVerdict = content.Verdict,
        IssuedAt = content.IssuedAt,
        ReceivedAt = content.ReceivedAt,
        DueAt = content.DueAt,
        Subjects = content.Subjects.Count,
        Scope = content.Scope?.ToString(),
        Locations = [.. content.Locations.Select(location => Describe(location, content.Subjects.Count))],
        PlanDigest = content.PlanDigest,
        JournalDigest = content.JournalDigest,
        Performer = content.Performer.Name,
        Verifier = content.Verifier.Name,
        Approver = content.Approver?.Name,
        ToolVersion = content.ToolVersion,
    };

    private static CertifiedLocation Describe(LocationOutcome location, int subjects)
    {
        Counts sum = location.Sum(subjects);
        return new CertifiedLocation
        {
            LocationId = location.LocationId,
            Kind = location.Kind,
            Place = location.Place,
            Verdict = location.Verdict,
            RecordsPlanned = sum.Planned,
            RecordsErased = sum.Erased,
            RecordsRemaining = sum.Remaining,
            Until = location.Until,
            Method = location.Method,
            VerifiedAt = location.VerifiedAt,
            Statements = location.Statements,
        };
    }

    private static string ReasonOf(Exception exception) => exception switch
    {
        FormatException => exception.Message,
        JsonException => "It is not JSON as certificates are: it was cut off or changed, or is something else.",
        CryptographicException => "The certificate of its signer cannot be read.",
        _ => "It has not the parts of a certificate: it was changed, or is something else.",
    };
}

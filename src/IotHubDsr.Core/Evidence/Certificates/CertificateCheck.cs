using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Evidence.Certificates;

/// <summary>
/// Checks a certificate with nothing but its file: its statement and envelope, written again, must be identical to the file. A difference
/// of a single bit makes it invalid.
/// </summary>
internal static class CertificateCheck
{
    /// <summary>Larger than a certificate of 10,000 subjects with an outcome of their own in each of twenty locations.</summary>
    public const int LargestFile = 128 * 1024 * 1024;

    /// <param name="path">Full path of the file.</param>
    /// <param name="file">Its bytes.</param>
    /// <param name="trust">Whose signatures and time stamps count.</param>
    /// <param name="timestamp">The time stamp beside it; empty when there is none.</param>
    public static ErasureCertificateCheck Check(
        string path,
        ReadOnlyMemory<byte> file,
        SignerTrust trust,
        ReadOnlyMemory<byte> timestamp = default
    )
    {
        try
        {
            if (file.Length > LargestFile)
                throw new FormatException("It is larger than any certificate.");
            var envelope = DsseEnvelope.Read(file);
            (CertificateContent content, X509Certificate2? signer) = StatementReader.Read(envelope.Payload);
            using (signer)
            {
                if (!CertificateStatement.IsWritten(envelope.Payload, content, signer))
                    throw new FormatException("The statement is not as it was issued.");
                RequireSignature(envelope, signer);
                RequireTimes(content, signer, trust.Now);
                Timestamp stamp = signer is null || timestamp.IsEmpty ? Timestamp.None : Timestamp.Of(timestamp, file, signer, trust);
                string? doubt = signer is null
                    ? "It is not signed: anyone can make such a certificate."
                    : Doubt(signer, content, stamp, trust);
                return Describe(path, content, signer) with
                {
                    Digest = Digests.Of(file.Span),
                    IsTrusted = doubt is null,
                    TimestampedAt = stamp.Time,
                    Reason = doubt,
                };
            }
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or CryptographicException
                        or OverflowException
            )
        {
            return new ErasureCertificateCheck { Path = path, Reason = ReasonOf(exception) };
        }
    }

    /// <exception cref="FormatException">A signature is unexpected, missing or wrong.</exception>
    private static void RequireSignature(DsseEnvelope envelope, X509Certificate2? signer)
    {
        if (signer is null)
        {
            if (envelope.Signature is not null)
                throw new FormatException("It claims to be unsigned, but has a signature.");
            return;
        }

        if (envelope.Signature is null)
            throw new FormatException("It claims to be signed, but has no signature.");
        SigningKey key = SigningKey.ForChecking(signer)
            ?? throw new FormatException("The key of its signer's certificate is of an unsupported kind.");
        if (envelope.KeyId != key.KeyId)
            throw new FormatException("Its key ID does not match its signer's certificate.");
        if (!key.Verify(DsseEnvelope.PreAuthenticationEncoding(envelope.Payload), envelope.Signature))
            throw new FormatException("Its signature does not match: it was changed after it was signed, or was signed with another key.");
    }

    /// <summary>Received, then erased and read again, then issued, and all of that until now.</summary>
    /// <exception cref="FormatException">Its times are impossible.</exception>
    private static void RequireTimes(CertificateContent content, X509Certificate2? signer, DateTimeOffset now)
    {
        DateTimeOffset[] done =
        [
            .. content.Locations.SelectMany(location => new[] { location.ErasedAt, location.VerifiedAt }).OfType<DateTimeOffset>(),
        ];
        DateTimeOffset newest = done.Append(content.ReceivedAt).Max();
        string? doubt = SignatureTime.Doubt(content.IssuedAt, newest, now)
            ?? (
                done.Length > 0 && done.Min() < content.ReceivedAt - SignatureTime.Skew
                    ? $"something was done at {done.Min().UtcDateTime:u}, before the request was received at "
                        + $"{content.ReceivedAt.UtcDateTime:u}"
                    : null
            )
            ?? (signer is null ? null : SignatureTime.DoubtOfValidity(signer, content.IssuedAt));
        if (doubt is not null)
            throw new FormatException($"Its times are impossible: {doubt}.");
    }

    private static string? Doubt(X509Certificate2 signer, CertificateContent content, Timestamp stamp, SignerTrust trust)
    {
        string? doubt = (
            stamp.Time is { } stamped ? SignatureTime.DoubtOfStamp(stamped, content.IssuedAt, content.ReceivedAt, trust.Now) : null
        )
            ?? SignatureTime.DoubtOfEnd(signer, stamp.Time, trust.Now)
            ?? X509Trust.Doubt(signer, trust.Anchors, stamp.Time ?? trust.Now, X509Purpose.Signing);
        return doubt is null
            ? null
            : "It is signed, but with a certificate that is not trusted: "
                + $"{doubt}{(stamp.Doubt is null ? string.Empty : $" ({stamp.Doubt})")}.";
    }

    private static ErasureCertificateCheck Describe(string path, CertificateContent content, X509Certificate2? signer) =>
        new()
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
            Reading = location.Reading,
            RequestFileDigest = location.Recipient?.RequestDigest,
            RequestedAt = location.Recipient?.RequestedAt,
            OwnerActionAt = location.Recipient?.AnsweredAt,
            Statements = location.Statements,
        };
    }

    private static string ReasonOf(Exception exception) =>
        exception switch
        {
            FormatException => exception.Message,
            JsonException => "It is not a certificate's JSON: it was truncated or changed, or is another kind of file.",
            CryptographicException => "Its signer's certificate cannot be read.",
            _ => "It lacks parts of a certificate: it was changed, or is another kind of file.",
        };
}

using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Certificates;

namespace IotHubDsr.Plans;

/// <summary>
/// The approval of a plan by a second person: a detached CMS signature (RFC 5652) over the bytes of the plan's file, in a file beside it, which
/// other tools can make and check, too.
/// </summary>
internal static class PlanApproval
{
    private const long LargestSignature = 1L << 20;

    /// <summary>Where the signature of a plan is, unless somebody says otherwise.</summary>
    public static string SignaturePathOf(string planPath) => $"{planPath}.p7s";

    /// <summary>Signs the bytes of a plan's file, with the time.</summary>
    public static byte[] Sign(byte[] plan, SigningKey key, DateTimeOffset now)
    {
        var cms = new SignedCms(new ContentInfo(plan), detached: true);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, key.Certificate)
        {
            DigestAlgorithm = Oid.FromFriendlyName(key.Hash.Name!, OidGroup.HashAlgorithm),
            IncludeOption = X509IncludeOption.EndCertOnly,
        };
        signer.SignedAttributes.Add(new Pkcs9SigningTime(now.UtcDateTime));
        try
        {
            cms.ComputeSignature(signer, silent: true);
            return cms.Encode();
        }
        catch (CryptographicException exception)
        {
            throw new DsrException(FaultCatalogue.CertificateUnusable.For(key.Certificate.Subject, $"its key does not sign ({exception.Message.TrimEnd('.')})"), exception);
        }
    }

    /// <summary>Reads a plan's file and its approval. Both are read once, so that what is run is what was approved.</summary>
    /// <exception cref="DsrException">It is no plan, or has no approval that counts.</exception>
    public static async Task<ErasurePlan> ReadAsync(
        string path, ApprovalRequirement requirement, TimeProvider time, CancellationToken cancellationToken)
    {
        byte[] file = await PlanFile.ReadBytesAsync(path, cancellationToken).ConfigureAwait(false);
        ErasurePlan plan = PlanDocument.Read(path, file);
        string signaturePath = requirement.SignaturePath ?? SignaturePathOf(path);
        byte[] signature = await ReadSignatureAsync(path, signaturePath, cancellationToken).ConfigureAwait(false);
        return plan with { Approval = Verify(plan, file, signature, requirement with { SignaturePath = signaturePath }, time) };
    }

    /// <summary>Checks the approval of a plan that was read from its file.</summary>
    /// <exception cref="DsrException">It does not count.</exception>
    public static ErasurePlanApproval Verify(
        ErasurePlan plan, byte[] file, byte[] signature, ApprovalRequirement requirement, TimeProvider time)
    {
        string path = plan.Path!;
        SignerInfo signer = VerifySignature(path, file, signature);
        X509Certificate2 certificate = signer.Certificate!;
        DateTimeOffset? signedAt = SigningTimeOf(signer);
        if (CertificateTrust.Doubt(certificate, requirement.Approvers, signedAt ?? time.GetUtcNow()) is { } doubt)
            throw FaultCatalogue.ApprovalInvalid.Exception(path, $"the certificate of '{SigningKey.NameOf(certificate)}' is not trusted: {doubt}.");
        if (SelfReason(certificate, requirement) is { } self)
            throw FaultCatalogue.ApprovalBySelf.Exception(path, self);
        return new ErasurePlanApproval
        {
            Path = path,
            SignaturePath = requirement.SignaturePath ?? SignaturePathOf(path),
            PlanDigest = plan.Digest,
            ApprovedBy = SigningKey.NameOf(certificate),
            CertificateSha256 = SigningKey.FingerprintOf(certificate),
            SignedAt = signedAt,
            Signature = signature,
        };
    }

    private static async Task<byte[]> ReadSignatureAsync(string path, string signaturePath, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(signaturePath) is { Exists: true, Length: > LargestSignature })
                throw FaultCatalogue.ApprovalInvalid.Exception(path, $"'{signaturePath}' is larger than any signature.");
            return await File.ReadAllBytesAsync(signaturePath, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DsrException(FaultCatalogue.ApprovalMissing.For(path, $"its signature cannot be read ({exception.Message.TrimEnd('.')})."), exception);
        }
    }

    private static SignerInfo VerifySignature(string path, byte[] file, byte[] signature)
    {
        try
        {
            // A signature that brings its own content would be checked against that, whatever the file says.
            var alone = new SignedCms();
            alone.Decode(signature);
            if (alone.ContentInfo.Content.Length > 0)
                throw FaultCatalogue.ApprovalInvalid.Exception(path, "its signature is not a detached one.");

            var cms = new SignedCms(new ContentInfo(file), detached: true);
            cms.Decode(signature);
            if (cms.SignerInfos.Count != 1 || cms.SignerInfos[0].Certificate is null)
                throw FaultCatalogue.ApprovalInvalid.Exception(path, "its signature has not exactly one signer whose certificate it holds.");
            cms.SignerInfos[0].CheckSignature(verifySignatureOnly: true);
            return SigningKey.ForChecking(cms.SignerInfos[0].Certificate!) is null
                ? throw FaultCatalogue.ApprovalInvalid.Exception(path, "the key of its signer is of a kind that is not accepted.")
                : cms.SignerInfos[0];
        }
        catch (CryptographicException exception)
        {
            throw new DsrException(
                FaultCatalogue.ApprovalInvalid.For(path, "its signature does not fit: the plan or the signature was changed, or it is of another plan."), exception);
        }
    }

    /// <summary>Why the approver is the performer; null when they are two.</summary>
    private static string? SelfReason(X509Certificate2 approver, ApprovalRequirement requirement)
    {
        if (requirement.PerformerCertificate is { } own)
        {
            if (own.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(approver.PublicKey.ExportSubjectPublicKeyInfo()))
                return "the key that signed it is the performer's";
            if (string.Equals(own.Subject, approver.Subject, StringComparison.OrdinalIgnoreCase))
                return $"both certificates are of '{own.Subject}'";
        }

        string? self = requirement.PerformerNames.FirstOrDefault(name => string.Equals(name, SigningKey.NameOf(approver), StringComparison.OrdinalIgnoreCase));
        return self is null ? null : $"'{self}' performs it";
    }

    private static DateTimeOffset? SigningTimeOf(SignerInfo signer) => signer.SignedAttributes
        .Cast<CryptographicAttributeObject>()
        .SelectMany(attribute => attribute.Values.Cast<AsnEncodedData>())
        .OfType<Pkcs9SigningTime>()
        .Select(time => (DateTimeOffset?)new DateTimeOffset(DateTime.SpecifyKind(time.SigningTime.ToUniversalTime(), DateTimeKind.Utc)))
        .FirstOrDefault();
}

using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// The approval of a plan by a second person: a detached CMS signature (RFC 5652) over the bytes of the plan's file, in a file beside it,
/// which other tools can make and check, too.
/// </summary>
internal static class PlanApproval
{
    private const long LargestSignature = 1L << 20;

    /// <summary>The default path of a plan's signature.</summary>
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
            throw new DsrException(
                FaultCatalogue.CertificateUnusable.For(
                    key.Certificate.Subject,
                    $"its key does not sign ({exception.Message.TrimEnd('.')})"
                ),
                exception
            );
        }
    }

    /// <summary>Reads a plan's file and its approval. Both are read once, so that what is run is what was approved.</summary>
    /// <exception cref="DsrException">It is not a plan, or has no valid approval.</exception>
    public static async Task<ErasurePlan> ReadAsync(
        string path,
        ApprovalRequirement requirement,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (requirement.Approvers.Count == 0)
            throw FaultCatalogue.ApproversNotNamed.Exception(path);
        byte[] file = await PlanFile.ReadBytesAsync(path, cancellationToken);
        ErasurePlan plan = PlanDocument.Read(path, file);
        string signaturePath = requirement.SignaturePath ?? SignaturePathOf(path);
        byte[] signature = await ReadSignatureAsync(path, signaturePath, cancellationToken);
        ErasurePlanApproval approval = Verify(plan, file, signature, requirement with { SignaturePath = signaturePath }, time);
        return PlanFile.WithItems(plan, path) with { Approval = approval };
    }

    /// <summary>Checks the approval of a plan that was read from its file.</summary>
    /// <exception cref="DsrException">It is invalid.</exception>
    public static ErasurePlanApproval Verify(
        ErasurePlan plan,
        byte[] file,
        byte[] signature,
        ApprovalRequirement requirement,
        TimeProvider time
    )
    {
        string path = plan.Path!;
        (SignerInfo signer, X509Certificate2Collection others) = VerifySignature(path, file, signature);
        X509Certificate2 certificate = signer.Certificate!;
        var trust = new SignerTrust(requirement.Approvers, requirement.TimestampAuthorities, time.GetUtcNow());
        DateTimeOffset? signedAt = SigningTimeOf(signer);
        var stamp = Timestamp.Of(signer, trust);
        if (DoubtOfTime(certificate, signedAt, plan.CreatedAt, stamp, trust.Now) is { } untimely)
            throw FaultCatalogue.ApprovalInvalid.Exception(path, $"{untimely}.");
        if (X509Trust.Doubt(certificate, trust.Anchors, stamp.Time ?? trust.Now, X509Purpose.Signing, others) is { } doubt)
        {
            throw FaultCatalogue.ApprovalInvalid.Exception(
                path,
                $"the certificate of '{SigningKey.NameOf(certificate)}' is not trusted: {doubt}."
            );
        }

        if (FourEyes.Refusal(certificate, requirement) is { } self)
            throw FaultCatalogue.ApprovalBySelf.Exception(path, self);
        return new ErasurePlanApproval
        {
            Path = path,
            SignaturePath = requirement.SignaturePath ?? SignaturePathOf(path),
            PlanDigest = plan.Digest,
            ApprovedBy = SigningKey.NameOf(certificate),
            CertificateSha256 = SigningKey.FingerprintOf(certificate),
            SignedAt = signedAt,
            TimestampedAt = stamp.Time,
            Signature = signature,
        };
    }

    /// <summary>Why it cannot have been signed between the making of the plan and now, with a certificate that was valid.</summary>
    private static string? DoubtOfTime(
        X509Certificate2 signer,
        DateTimeOffset? signedAt,
        DateTimeOffset madeAt,
        Timestamp stamp,
        DateTimeOffset now
    )
    {
        string? doubt = signedAt is { } claimed
            ? SignatureTime.Doubt(claimed, madeAt, now) ?? SignatureTime.DoubtOfValidity(signer, claimed)
            : null;
        doubt ??= stamp.Time is { } stamped ? SignatureTime.DoubtOfStamp(stamped, signedAt, madeAt, now) : null;
        return doubt
            ?? (
                SignatureTime.DoubtOfEnd(signer, stamp.Time, now) is { } ended
                    ? $"its signer's certificate is not accepted: {ended}{(stamp.Doubt is null ? string.Empty : $" ({stamp.Doubt})")}"
                    : null
            );
    }

    private static async Task<byte[]> ReadSignatureAsync(string path, string signaturePath, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(signaturePath) is { Exists: true, Length: > LargestSignature })
                throw FaultCatalogue.ApprovalInvalid.Exception(path, $"'{signaturePath}' is larger than any signature.");
            return await File.ReadAllBytesAsync(signaturePath, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DsrException(
                FaultCatalogue.ApprovalMissing.For(path, $"its signature cannot be read ({exception.Message.TrimEnd('.')})."),
                exception
            );
        }
    }

    /// <summary>The signer, and the other certificates that came with the signature.</summary>
    private static (SignerInfo Signer, X509Certificate2Collection Others) VerifySignature(string path, byte[] file, byte[] signature)
    {
        try
        {
            // A signature that brings its own content would be checked against that, whatever the file says.
            var alone = new SignedCms();
            alone.Decode(signature);
            if (alone.ContentInfo.Content.Length > 0)
                throw FaultCatalogue.ApprovalInvalid.Exception(path, "its signature is not detached.");

            var cms = new SignedCms(new ContentInfo(file), detached: true);
            cms.Decode(signature);
            if (cms.SignerInfos.Count != 1 || cms.SignerInfos[0].Certificate is null)
            {
                throw FaultCatalogue.ApprovalInvalid.Exception(
                    path,
                    "its signature does not have exactly one signer whose certificate it includes."
                );
            }

            cms.SignerInfos[0].CheckSignature(verifySignatureOnly: true);
            if (SigningKey.ForChecking(cms.SignerInfos[0].Certificate!) is null)
                throw FaultCatalogue.ApprovalInvalid.Exception(path, "its signer's key is of an unsupported kind.");
            return CmsStrength.Doubt(cms.SignerInfos[0]) is { } weak
                ? throw FaultCatalogue.ApprovalInvalid.Exception(path, $"{weak}.")
                : (cms.SignerInfos[0], cms.Certificates);
        }
        catch (CryptographicException exception)
        {
            throw new DsrException(
                FaultCatalogue.ApprovalInvalid.For(
                    path,
                    "its signature does not match: the plan or the signature was changed, or the signature is another plan's."
                ),
                exception
            );
        }
    }

    private static DateTimeOffset? SigningTimeOf(SignerInfo signer) =>
        signer
            .SignedAttributes.Cast<CryptographicAttributeObject>()
            .SelectMany(attribute => attribute.Values.Cast<AsnEncodedData>())
            .OfType<Pkcs9SigningTime>()
            .Select(time => (DateTimeOffset?)new DateTimeOffset(DateTime.SpecifyKind(time.SigningTime.ToUniversalTime(), DateTimeKind.Utc)))
            .FirstOrDefault();
}

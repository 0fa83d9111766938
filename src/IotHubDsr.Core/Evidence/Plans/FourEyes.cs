using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Evidence.Plans;

/// <summary>
/// Whether the approver of a plan is another person than the one who performs it. Keys distinguish people. A name never proves that they
/// are two, but it can show that they are one, or that one imitates the other.
/// </summary>
internal static class FourEyes
{
    /// <summary>Why the approver is, or may be, the performer; null when they are two.</summary>
    public static string? Refusal(X509Certificate2 approver, ApprovalRequirement requirement)
    {
        if (requirement.PerformerCertificate is null && requirement.PerformerNames.Count == 0)
            return null;
        if (PersonName.MixedLetter(SigningKey.NameOf(approver)) is { } letter)
            return $"'{SigningKey.NameOf(approver)}' mixes letters of different alphabets, like a name that imitates another: {letter}";

        if (requirement.PerformerCertificate is { } own && IsSameKey(own, approver))
            return "it was signed with the performer's key";
        if (IsKeyOfThisAccount(approver))
            return "the account that performs it holds the key that signed it";

        List<string> approverNames = NamesOf(approver);
        IEnumerable<string> performerNames = requirement.PerformerCertificate is { } performer
            ? requirement.PerformerNames.Concat(NamesOf(performer))
            : requirement.PerformerNames;
        return performerNames.FirstOrDefault(name => approverNames.Any(other => PersonName.IsAlike(name, other))) is { } self
            ? $"'{self}' performs it, and '{SigningKey.NameOf(approver)}' is the same name, or looks like it"
            : null;
    }

    private static bool IsSameKey(X509Certificate2 one, X509Certificate2 other) =>
        one.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(other.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>By what a person is known in a certificate: the name of its subject, mail address, user principal name.</summary>
    private static List<string> NamesOf(X509Certificate2 certificate) =>
        [
            .. new[]
            {
                SigningKey.NameOf(certificate),
                certificate.GetNameInfo(X509NameType.EmailName, forIssuer: false),
                certificate.GetNameInfo(X509NameType.UpnName, forIssuer: false),
            }.Where(name => !string.IsNullOrEmpty(name)),
        ];

    /// <summary>Whether the certificate store of the account that runs this has the private key of a certificate.</summary>
    private static bool IsKeyOfThisAccount(X509Certificate2 approver)
    {
        try
        {
            using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return store.Certificates.Any(certificate => certificate.HasPrivateKey && IsSameKey(certificate, approver));
        }
        catch (CryptographicException)
        {
            // There is no such store here.
            return false;
        }
    }
}

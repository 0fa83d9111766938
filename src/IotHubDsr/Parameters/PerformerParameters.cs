using System.Management.Automation;
using System.Security;
using IotHubDsr.Pipeline;

namespace IotHubDsr.Parameters;

/// <summary>Who runs a command, and with whose key the outcome is signed.</summary>
internal sealed class PerformerParameters
{
    private Performer? _performer;

    /// <summary>The performer, as the certificate names them; by default the user and the machine.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Performer { get; set; }

    /// <summary>Certificate, with its private key, that signs the certificate of the outcome.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509CertificateSource? SigningCertificate { get; set; }

    /// <summary>Password of the file that the signing certificate is in.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>
    /// Names by which the performer is known. An account with a certificate is known by it; the named performer appears in the erasure
    /// certificate.
    /// </summary>
    public IReadOnlyList<string> Names =>
        [.. new[] { SigningCertificate is null ? Environment.UserName : null, Performer }.OfType<string>()];

    /// <summary>The performer; a private key may ask for its owner each time that it is loaded, so that is done once.</summary>
    public Performer Load(SessionCertificates certificates) =>
        _performer ??= new Performer
        {
            Name = Performer,
            SigningCertificate = SigningCertificate is null ? null : certificates.Load(SigningCertificate, CertificatePassword),
        };
}

using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>
/// Where an X.509 certificate is: at hand, in a file, or in a certificate store. It converts from a certificate, from a file and from text,
/// which is the path of a .pfx, .p12, .pem or .cer file, a thumbprint, or a path below <c>Cert:\</c>.
/// </summary>
public sealed record X509CertificateSource
{
    /// <summary>A certificate at hand.</summary>
    /// <param name="certificate">The certificate, with its private key where one is needed.</param>
    public X509CertificateSource(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>A certificate in a file.</summary>
    /// <param name="file">The file.</param>
    public X509CertificateSource(FileInfo file) => Place = file.FullName;

    /// <summary>A certificate in a file or in a store.</summary>
    /// <param name="place">Path of a file, a thumbprint (SHA-1, 40 hexadecimal digits), or <c>Cert:\CurrentUser\My\</c> and one.</param>
    public X509CertificateSource(string place) => Place = place;

    /// <summary>The certificate; null when it has to be loaded.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>Path or thumbprint; null when the certificate is at hand.</summary>
    public string? Place { get; }

    /// <summary>Path or thumbprint.</summary>
    public override string ToString() => VisibleText.OfLine(Place ?? Certificate?.Thumbprint);
}

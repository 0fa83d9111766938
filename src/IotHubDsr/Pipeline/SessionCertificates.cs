using System.Security;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Pipeline;

/// <summary>Loads the certificates that parameters of a command name; a terminating error when there is none.</summary>
internal sealed class SessionCertificates(DsrCommand command)
{
    /// <summary>A certificate with its private key, if it is there.</summary>
    public X509Certificate2 Load(X509CertificateSource source, SecureString? password)
    {
        X509Certificate2? certificate = null;
        command.Guard(() => certificate = X509CertificateReader.Load(source, password, path => command.Paths.OfFile(path)));
        return certificate!;
    }

    /// <summary>Certificates of which only the public part is needed.</summary>
    public IReadOnlyList<X509Certificate2> Load(IEnumerable<X509CertificateSource> sources) =>
        [.. sources.Select(source => Load(source, password: null))];
}

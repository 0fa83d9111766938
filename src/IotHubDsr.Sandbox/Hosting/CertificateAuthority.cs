using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Sandbox.Hosting;

/// <summary>The sandbox's own CA, in memory only, and the server certificates it signs for whatever host a client asks for.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    // Lazy: the connections that a client opens at once to a host that is new share one certificate.
    private readonly ConcurrentDictionary<string, Lazy<SslStreamCertificateContext>> _leaves = new(StringComparer.OrdinalIgnoreCase);
    private readonly ECDsa _leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public CertificateAuthority(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=IotHubDsr sandbox CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = time.GetUtcNow();
        _root = request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
        CertificatePem = _root.ExportCertificatePem();
    }

    public string CertificatePem { get; }

    /// <summary>A client that connects by IP address sends no server name: it talks to the control API.</summary>
    public SslStreamCertificateContext LeafFor(string? serverName) =>
        string.IsNullOrEmpty(serverName) ? LeafFor(["localhost"]) : LeafFor([serverName]);

    /// <summary>
    /// For a server whose clients send no name, and look for one of several. It is a context and not a certificate, of which every
    /// connection would make a context of its own: the chain to no root of the machine is looked for once.
    /// </summary>
    public SslStreamCertificateContext LeafFor(IReadOnlyList<string> names) =>
        _leaves
            .GetOrAdd(
                string.Join(',', names),
                static (_, of) =>
                    new Lazy<SslStreamCertificateContext>(() =>
                        SslStreamCertificateContext.Create(of.Authority.Sign([.. of.Names]), additionalCertificates: null, offline: true)
                    ),
                (Authority: this, Names: names)
            )
            .Value;

    public void Dispose()
    {
        foreach (Lazy<SslStreamCertificateContext> leaf in _leaves.Values)
            leaf.Value.TargetCertificate.Dispose();

        _root.Dispose();
        _leafKey.Dispose();
    }

    private X509Certificate2 Sign(params string[] hosts)
    {
        // A common name is limited to 64 characters and host names are not: the name is in the SAN alone, as the RFC wants it.
        var request = new CertificateRequest("CN=IotHubDsr sandbox", _leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts)
            names.AddDnsName(host);

        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, includeKeyIdentifier: true, includeIssuerAndSerial: false)
        );
        using X509Certificate2 signed = request.Create(_root, _root.NotBefore, _root.NotAfter, RandomNumberGenerator.GetBytes(16));
        X509Certificate2 leaf = signed.CopyWithPrivateKey(_leafKey);
        if (!OperatingSystem.IsWindows())
            return leaf;

        // SChannel cannot use a private key that exists in memory only.
        using (leaf)
            return X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null);
    }
}

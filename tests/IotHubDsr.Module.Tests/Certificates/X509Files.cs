using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr.Module.Tests.Certificates;

/// <summary>X.509 certificates of people, in the files that people have them in.</summary>
internal sealed class X509Files : IDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly TemporaryFolder _folder = new();

    public string Path(string name) => _folder.File(name);

    public static X509Certificate2 Make(string name, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset from = DateTimeOffset.UnixEpoch.AddYears(50);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, until ?? from.AddYears(100));
    }

    /// <summary>
    /// Writes name.pfx (with the password), name.pem (with the key), name.locked.pem (with the key under the password) and name.cer.
    /// </summary>
    public X509Certificate2 Write(string name, DateTimeOffset? until = null)
    {
        X509Certificate2 certificate = Make(name, until);
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        string pem = certificate.ExportCertificatePem();
        var encryption = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllBytes(Path($"{name}.pfx"), certificate.Export(X509ContentType.Pfx, Password));
        File.WriteAllText(Path($"{name}.pem"), $"{pem}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        File.WriteAllText(Path($"{name}.locked.pem"), $"{pem}\n{key.ExportEncryptedPkcs8PrivateKeyPem(Password, encryption)}\n");
        File.WriteAllBytes(Path($"{name}.cer"), certificate.Export(X509ContentType.Cert));
        return certificate;
    }

    public void Dispose() => _folder.Dispose();
}

using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

/// <summary>Checks of certificates, some days after they were issued.</summary>
internal static class Checks
{
    public static readonly DateTimeOffset Now = TestX509.Now.AddDays(10);

    public static ErasureCertificateCheck Of(byte[] file, params X509Certificate2[] trusted) =>
        CertificateCheck.Check("a", file, new SignerTrust(trusted, [], Now));

    public static ErasureCertificateCheck Of(byte[] file, X509Certificate2 trusted, X509Certificate2 stamping, byte[] timestamp) =>
        CertificateCheck.Check("a", file, new SignerTrust([trusted], [stamping], Now), timestamp);
}

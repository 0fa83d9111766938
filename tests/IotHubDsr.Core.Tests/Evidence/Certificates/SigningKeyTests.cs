using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

public sealed class SigningKeyTests
{
    [Theory]
    [InlineData("rsa1024", "neither RSA of 2048 bits")]
    [InlineData("k256", "neither RSA of 2048 bits")]
    public void ForSigning_KeyOfAnotherKind_IsRefused(string kind, string reason) => AssertRefused(TestCertificates.Of(kind), reason);

    [Fact]
    public void ForSigning_NoPrivateKey_IsRefused()
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(TestCertificates.Of("p256").RawData);

        AssertRefused(certificate, "no private key");
    }

    [Fact]
    public void ForSigning_NotValidNow_IsRefused()
    {
        AssertRefused(TestCertificates.Make("p256", "a", TestCertificates.Start, TestCertificates.Now.AddSeconds(-1)), "not now");
        AssertRefused(TestCertificates.Make("p256", "a", TestCertificates.Now.AddSeconds(1), TestCertificates.Now.AddDays(1)), "not now");
    }

    [Fact]
    public void ForSigning_KeyUsageForSomethingElse_IsRefused()
    {
        DateTimeOffset end = TestCertificates.Now.AddDays(1);

        AssertRefused(TestCertificates.Make("rsa", "a", TestCertificates.Start, end, X509KeyUsageFlags.KeyEncipherment), "key usage");
        Assert.NotNull(
            SigningKey.ForSigning(
                TestCertificates.Make("rsa", "a", TestCertificates.Start, end, X509KeyUsageFlags.NonRepudiation),
                TestCertificates.Now
            )
        );
    }

    private static void AssertRefused(X509Certificate2 certificate, string reason)
    {
        Fault fault = Assert.Throws<DsrException>(() => SigningKey.ForSigning(certificate, TestCertificates.Now)).Fault;

        Assert.Equal("CertificateUnusable", fault.Id);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }
}

using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Evidence.Signatures;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

public sealed class SigningKeyTests
{
    [Theory]
    [InlineData("rsa1024", "neither RSA of at least 2048 bits")]
    [InlineData("k256", "neither RSA of at least 2048 bits")]
    public void ForSigning_KeyOfAnotherKind_IsRefused(string kind, string reason) => AssertRefused(TestX509.Of(kind), reason);

    [Fact]
    public void ForSigning_NoPrivateKey_IsRefused()
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(TestX509.Of("p256").RawData);

        AssertRefused(certificate, "no private key");
    }

    [Fact]
    public void ForSigning_NotValidNow_IsRefused()
    {
        AssertRefused(TestX509.Make("p256", "a", TestX509.Start, TestX509.Now.AddSeconds(-1)), "not now");
        AssertRefused(TestX509.Make("p256", "a", TestX509.Now.AddSeconds(1), TestX509.Now.AddDays(1)), "not now");
    }

    [Fact]
    public void ForSigning_KeyUsageForSomethingElse_IsRefused()
    {
        DateTimeOffset end = TestX509.Now.AddDays(1);

        AssertRefused(TestX509.Make("rsa", "a", TestX509.Start, end, X509KeyUsageFlags.KeyEncipherment), "key usage");
        Assert.NotNull(
            SigningKey.ForSigning(TestX509.Make("rsa", "a", TestX509.Start, end, X509KeyUsageFlags.NonRepudiation), TestX509.Now)
        );
    }

    private static void AssertRefused(X509Certificate2 certificate, string reason)
    {
        Fault fault = Assert.Throws<DsrException>(() => SigningKey.ForSigning(certificate, TestX509.Now)).Fault;

        Assert.Equal("CertificateUnusable", fault.Id);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }
}

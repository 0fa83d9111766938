using System.Diagnostics;
using System.Security.Cryptography;
using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Signatures;
using Xunit.Abstractions;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

public sealed class BitFlipTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(null, 4096)]
    [InlineData("p256", 4096)]
    [InlineData("rsa", 1024)]
    public void Check_AnyBitOfASampleIsFlipped_IsNotValid(string? kind, int sample)
    {
        byte[] file = kind is null
            ? CertificateWriter.Write(CertificateGen.Small, key: null)
            : CertificateCheckTests.Issue(CertificateGen.Small, kind);
        Assert.True(Checks.Of(file).IsValid);
        Assert.True(file.Length >= sample, $"The file has {file.Length} bytes.");

        // Half of the sample from the beginning, where the payload is; half from the end, where the signature is.
        foreach (int index in Enumerable.Range(0, sample / 2).Concat(Enumerable.Range(file.Length - (sample / 2), sample / 2)))
        {
            for (int bit = 0; bit < 8; bit++)
            {
                file[index] ^= (byte)(1 << bit);
                Assert.False(Checks.Of(file).IsValid, $"Bit {bit} of byte {index} was flipped, and nobody saw it.");
                file[index] ^= (byte)(1 << bit);
            }
        }
    }

    /// <summary>
    /// Whoever has no key can still make a second valid signature from one over the same data, unless only one form counts.
    /// </summary>
    [Theory]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("p521")]
    public void Check_TheOtherValidFormOfASignature_IsNotValid(string kind)
    {
        var key = SigningKey.ForSigning(TestX509.Of(kind), TestX509.Now);
        using ECDsa ecdsa = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(key.Certificate)!;
        byte[] data = [1, 2, 3];
        int accepted = 0;
        const int Tries = 40;
        for (int i = 0; i < Tries; i++)
        {
            Assert.True(key.Verify(data, key.Sign(data)));
            byte[] any = ecdsa.SignData(data, key.Hash, DSASignatureFormat.Rfc3279DerSequence);
            accepted += key.Verify(data, any) ? 1 : 0;
        }

        // A signer that does not care makes either form with the same chance.
        Assert.InRange(accepted, 1, Tries - 1);
    }

    [Fact]
    public void Check_TenThousandSubjects_IsDoneInOnePass()
    {
        byte[] file = CertificateCheckTests.Issue(CertificateGen.Of(10_000, 8), "p256");
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();

        ErasureCertificateCheck check = Checks.Of(file);

        output.WriteLine(
            $"{file.Length:N0} bytes, 10,000 subjects in 8 locations: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:N0} ms,"
                + $" {(Environment.CpuUsage.TotalTime - before).TotalMilliseconds:N0} ms of processor time"
        );
        Assert.True(check.IsValid, check.Reason);
        Assert.Equal(10_000, check.Subjects);
    }
}

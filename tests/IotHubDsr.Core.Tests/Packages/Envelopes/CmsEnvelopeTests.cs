using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IotHubDsr.Core.Foundation;
using IotHubDsr.Core.Packages;
using IotHubDsr.Core.Packages.Envelopes;
using CmsRecipient = IotHubDsr.Core.Packages.Envelopes.CmsRecipient;

namespace IotHubDsr.Core.Tests.Packages.Envelopes;

public sealed class CmsEnvelopeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("envelope-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 - 16)]
    [InlineData(300_001)]
    public void Write_Content_IsOpenedByTheFrameworksOwnReader(int length)
    {
        using X509Certificate2 recipient = Recipient.WithRsa();
        byte[] content = RandomNumberGenerator.GetBytes(length);

        var message = new EnvelopedCms();
        message.Decode(Seal(recipient, content));
        message.Decrypt(new X509Certificate2Collection(recipient));

        Assert.Equal(content, message.ContentInfo.Content);
        Assert.Equal("2.16.840.1.101.3.4.1.42", message.ContentEncryptionAlgorithm.Oid.Value);
        RecipientInfo info = Assert.Single(message.RecipientInfos.Cast<RecipientInfo>());
        Assert.Equal("1.2.840.113549.1.1.7", info.KeyEncryptionAlgorithm.Oid.Value);
    }

    [OpenSslTheory]
    [InlineData("rsa")]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    public async Task Write_Content_IsOpenedByOpenSsl(string key)
    {
        using X509Certificate2 recipient =
            key == "rsa"
                ? Recipient.WithRsa(3072)
                : Recipient.WithCurve(ECCurve.CreateFromFriendlyName($"nist{key.Replace("-", "", StringComparison.Ordinal)}"));
        byte[] content = RandomNumberGenerator.GetBytes(1_000_003);
        string envelope = Path.Combine(_folder, "envelope.p7m");
        await File.WriteAllBytesAsync(envelope, Seal(recipient, content));

        Assert.Equal(content, await OpenSsl.DecryptAsync(envelope, recipient, _folder));
    }

    [OpenSslTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Create_ForARecipient_IsTheZipOfTheSameBagInAnEnvelope(bool withCurve)
    {
        using X509Certificate2 recipient = withCurve ? Recipient.WithCurve(ECCurve.NamedCurves.nistP256) : Recipient.WithRsa();
        string path = Path.Combine(_folder, "th-017.zip.p7m");
        byte[] secret = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a person's data ", 200_000)));
        await using (var package = PackageWriter.Create(path, asZip: false, recipient))
        {
            await using (Stream first = await package.OpenDataAsync("first", CancellationToken.None))
            {
                await using Stream second = await package.OpenDataAsync("second", CancellationToken.None);
                await second.WriteAsync(secret);
                await first.WriteAsync(secret);
                if (!OperatingSystem.IsWindows())
                    Assert.All(Directory.GetFiles(_folder), file => AssertTellsNothing(BusyFile.Read(file)));
            }

            await package.CompleteAsync(new BagInfo("urn:uuid:1", "Data", DateTimeOffset.UnixEpoch), CancellationToken.None);
        }

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
        AssertTellsNothing(await File.ReadAllBytesAsync(path));
        var bag = Bag.OfZip(new MemoryStream(await OpenSsl.DecryptAsync(path, recipient, _folder)), "th-017");
        bag.AssertValid();
        Assert.Equal(secret, bag.Files["data/first"]);
        Assert.Equal(secret, bag.Files["data/second"]);
    }

    [Fact]
    public void Write_AGibibyte_KeepsNothingBack()
    {
        using X509Certificate2 recipient = Recipient.WithRsa();
        using var output = new CountingStream();
        byte[] part = new byte[1024 * 1024];
        using (var envelope = new CmsEnvelope(output, recipient))
        {
            envelope.Write(part);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            for (int i = 1; i < 1024; i++)
            {
                envelope.Write(part);
                Assert.InRange((i + 1L) * part.Length - output.Count, -1_000_000, 64 * 1024);
            }

            // Other tests of this process allocate as well; a gibibyte that was kept would show all the same.
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 256 * 1024 * 1024);
        }

        Assert.InRange(output.Count, 1L << 30, (1L << 30) + 1_000_000);
    }

    [Fact]
    public void Check_Certificates_RefusesThoseThatNothingShouldBeEncryptedTo()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(50);
        Refused("expired", Recipient.WithRsa(to: now.AddDays(-1)));
        Refused("valid only from", Recipient.WithRsa(from: now.AddDays(1)));
        Refused("key encipherment", Recipient.WithRsa(usage: X509KeyUsageFlags.DigitalSignature));
        Refused("1024 bits", Recipient.WithRsa(bits: 1024));
        Refused("key agreement", Recipient.WithCurve(ECCurve.NamedCurves.nistP256, X509KeyUsageFlags.DigitalSignature));
        Refused("neither RSA nor", Recipient.WithCurve(ECCurve.NamedCurves.brainpoolP256r1));
        foreach (
            X509Certificate2 good in (X509Certificate2[])
                [Recipient.WithRsa(usage: null), Recipient.WithCurve(ECCurve.NamedCurves.nistP521, usage: null)]
        )
        {
            using (good)
                CmsRecipient.Check(good, now);
        }

        void Refused(string reason, X509Certificate2 certificate)
        {
            using (certificate)
            {
                DsrException refused = Assert.Throws<DsrException>(() => CmsRecipient.Check(certificate, now));
                Assert.Equal("RecipientCertificateRefused", refused.Fault.Id);
                Assert.Contains(reason, refused.Fault.Message, StringComparison.Ordinal);
            }
        }
    }

    private static byte[] Seal(X509Certificate2 recipient, byte[] content)
    {
        using var output = new MemoryStream();
        using (var envelope = new CmsEnvelope(output, recipient))
            envelope.Write(content);
        return output.ToArray();
    }

    private static void AssertTellsNothing(ReadOnlySpan<byte> content)
    {
        Assert.Equal(-1, content.IndexOf("person"u8));
        Assert.Equal(-1, content.IndexOf("PK\u0003\u0004"u8));
        Assert.Equal(-1, content.IndexOf("data/"u8));
    }

    /// <summary>Counts what is written and keeps none of it.</summary>
    private sealed class CountingStream : WriteOnlyStream
    {
        public long Count { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer) => Count += buffer.Length;

        protected override void OnClose()
        {
            // Nothing is kept.
        }
    }
}

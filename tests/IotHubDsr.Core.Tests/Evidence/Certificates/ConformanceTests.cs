using IotHubDsr.Core.Evidence.Certificates;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Tests.Evidence.Plans;

namespace IotHubDsr.Core.Tests.Evidence.Certificates;

/// <summary>What we sign, as tools of other making see it.</summary>
public sealed class ConformanceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("conformance-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SecureSystemsLibTheory]
    [InlineData("rsa", "rsassa-pss-sha256")]
    [InlineData("p256", "ecdsa-sha2-nistp256")]
    [InlineData("p384", "ecdsa-sha2-nistp384")]
    public void SecureSystemsLib_AcceptsTheCertificateAndRefusesAnother(string kind, string scheme)
    {
        string key = In("key.pem"),
            good = In("good.json"),
            unsigned = In("unsigned.json"),
            bad = In("bad.json");
        File.WriteAllText(
            key,
            TestX509.Of(kind).PublicKey.GetRSAPublicKey()?.ExportSubjectPublicKeyInfoPem()
                ?? TestX509.Of(kind).PublicKey.GetECDsaPublicKey()!.ExportSubjectPublicKeyInfoPem()
        );
        var issued = DsseEnvelope.Read(CertificateCheckTests.Issue(CertificateGen.Small, kind));
        File.WriteAllBytes(good, issued.Write());
        File.WriteAllBytes(unsigned, CertificateWriter.Write(CertificateGen.Small, key: null));
        issued.Payload[100] ^= 1;
        File.WriteAllBytes(bad, issued.Write());

        (int exitCode, string output) = OtherTool.Run(
            OtherTool.PythonWithSecureSystemsLib!,
            RepositoryPaths.Conformance("verify_dsse.py"),
            key,
            scheme,
            good,
            bad,
            unsigned
        );

        Assert.True(exitCode == 0, output);
        Assert.Equal(
            [
                $"valid: {CertificateStatement.Type} {CertificateStatement.PredicateType}",
                "refused: no signature fits",
                "refused: no signature fits",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
    }

    [SigstoreFact]
    public void Sigstore_AcceptsTheCertificateAndRefusesAnother()
    {
        string key = In("key.pem"),
            good = In("good.json"),
            bad = In("bad.json");
        File.WriteAllText(key, TestX509.Of("p256").PublicKey.GetECDsaPublicKey()!.ExportSubjectPublicKeyInfoPem());
        var issued = DsseEnvelope.Read(CertificateCheckTests.Issue(CertificateGen.Small, "p256"));
        File.WriteAllBytes(good, issued.Write());
        issued.Payload[100] ^= 1;
        File.WriteAllBytes(bad, issued.Write());

        (int exitCode, string output) = OtherTool.Run("node", Path.Combine(OtherTool.SigstoreFolder, "verify.js"), key, good, bad);

        Assert.True(exitCode == 0, output);
        Assert.Equal(["valid", "refused"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [OpenSslTheory]
    [InlineData("rsa")]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("p521")]
    public void OpenSsl_AcceptsTheApprovalOfThePlanAndOfNoOther(string kind)
    {
        string plan = In("plan.json"),
            other = In("other.json"),
            signature = In("plan.json.p7s");
        byte[] bytes = PlanDocument.Write(PlanDocument.Seal(PlanGen.Small));
        File.WriteAllBytes(plan, bytes);
        File.WriteAllBytes(other, [.. bytes, 10]);
        File.WriteAllBytes(signature, PlanApproval.Sign(bytes, SigningKey.ForSigning(TestX509.Of(kind), TestX509.Now), TestX509.Now));

        (int accepted, string output) = Verify(plan, signature);

        Assert.True(accepted == 0, output);
        Assert.NotEqual(0, Verify(other, signature).ExitCode);
        (int shown, string text) = OtherTool.Run("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", signature);
        Assert.Equal(0, shown);
        Assert.Contains("signingTime", text, StringComparison.Ordinal);
        Assert.Contains("Nov 24 12:00:00 2026 GMT", text, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output) Verify(string content, string signature) =>
        OtherTool.Run(
            "openssl",
            "cms",
            "-verify",
            "-binary",
            "-content",
            content,
            "-inform",
            "DER",
            "-in",
            signature,
            "-noverify",
            "-out",
            Path.DirectorySeparatorChar == '/' ? "/dev/null" : "NUL"
        );

    private string In(string name) => Path.Combine(_folder, name);
}

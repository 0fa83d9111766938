using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Evidence.Signatures;
using IotHubDsr.Core.Tests.Evidence.Certificates;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

public sealed class PlanApprovalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("approval-tests-").FullName;
    private readonly FakeTimeProvider _time = new(TestX509.Now);

    private string PlanPath => Path.Combine(_folder, "plan.json");

    private string SignaturePath => PlanApproval.SignaturePathOf(PlanPath);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("rsa")]
    [InlineData("p256")]
    [InlineData("p384")]
    [InlineData("p521")]
    public async Task Read_ApprovedByAnotherPerson_GivesThePlanAndItsApprover(string kind)
    {
        ErasurePlan saved = await ApproveAsync(TestX509.Of(kind, "Ben Okri"));

        ErasurePlan read = await ReadAsync(Requirement(TestX509.Of(kind, "Ben Okri")));

        Assert.Equal(saved.Digest, read.Digest);
        Assert.Equal(
            ("Ben Okri", SignaturePath, saved.Digest, (DateTimeOffset?)TestX509.Now),
            (read.Approval!.ApprovedBy, read.Approval.SignaturePath, read.Approval.PlanDigest, read.Approval.SignedAt)
        );
    }

    [Fact]
    public async Task Read_NoSignature_IsMissing()
    {
        await PlanFile.SaveAsync(PlanDocument.Seal(PlanGen.Small), PlanPath, CancellationToken.None);

        await AssertRefusedAsync("ApprovalMissing", Requirement(TestX509.Of("p256", "Ben Okri")));
    }

    [Fact]
    public async Task Read_EditedPlanOrOneBitOfTheSignature_IsInvalid()
    {
        await ApproveAsync(TestX509.Of("p256", "Ben Okri"));
        ApprovalRequirement requirement = Requirement(TestX509.Of("p256", "Ben Okri"));
        byte[] signature = await File.ReadAllBytesAsync(SignaturePath);

        byte[] other = PlanDocument.Write(PlanDocument.Seal(PlanGen.Small with { HubHostName = "other" }));
        await File.WriteAllBytesAsync(PlanPath, other);
        await AssertRefusedAsync("ApprovalInvalid", requirement);

        await File.WriteAllBytesAsync(PlanPath, PlanDocument.Write(PlanDocument.Seal(PlanGen.Small)));
        signature[^3] ^= 1;
        await File.WriteAllBytesAsync(SignaturePath, signature);
        await AssertRefusedAsync("ApprovalInvalid", requirement);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    public async Task Read_SomethingElseForASignature_IsInvalid(string content)
    {
        await ApproveAsync(TestX509.Of("p256", "Ben Okri"));
        await File.WriteAllTextAsync(SignaturePath, content);

        await AssertRefusedAsync("ApprovalInvalid", Requirement(TestX509.Of("p256", "Ben Okri")));
    }

    [Fact]
    public async Task Read_SignatureThatBringsItsOwnContent_IsInvalid()
    {
        await ApproveAsync(TestX509.Of("p256", "Ben Okri"));
        var cms = new SignedCms(new ContentInfo([1, 2, 3]));
        cms.ComputeSignature(new CmsSigner(TestX509.Of("p256", "Ben Okri")));
        await File.WriteAllBytesAsync(SignaturePath, cms.Encode());

        await AssertRefusedAsync("ApprovalInvalid", Requirement(TestX509.Of("p256", "Ben Okri")));
    }

    [Fact]
    public async Task Read_ApproverIsNotTrusted_IsInvalid()
    {
        await ApproveAsync(TestX509.Of("p256", "Ben Okri"));

        await AssertRefusedAsync("ApprovalInvalid", Requirement(TestX509.Of("p256", "Carla Diaz")));
    }

    [Fact]
    public async Task Read_NobodyIsNamed_IsRefusedWhateverTheMachineTrusts()
    {
        await ApproveAsync(TestX509.Of("p256", "Ben Okri"));

        await AssertRefusedAsync("ApproversNotNamed", new ApprovalRequirement());
        await AssertRefusedAsync("ApproversNotNamed", new ApprovalRequirement { PerformerNames = ["ana"], SignaturePath = SignaturePath });
    }

    [Theory]
    [InlineData("1.3.6.1.5.5.7.3.1", false)] // TLS server
    [InlineData("1.3.6.1.5.5.7.3.1 1.3.6.1.5.5.7.3.2", false)]
    [InlineData("1.3.6.1.5.5.7.3.8", false)] // time stamps
    [InlineData("1.3.6.1.5.5.7.3.2", true)]
    [InlineData("1.3.6.1.5.5.7.3.4", true)]
    [InlineData("1.3.6.1.5.5.7.3.36 1.3.6.1.5.5.7.3.1", true)]
    public async Task Read_ExtendedKeyUsageOfTheApprover_MustBeForSigning(string usages, bool counts)
    {
        (X509Certificate2 authority, X509Certificate2 issued) = TestX509.Issue("Ben Okri", usages: usages.Split(' '));
        await ApproveAsync(issued, checkKey: false);

        if (counts)
        {
            Assert.NotNull((await ReadAsync(Requirement(authority))).Approval);
            Assert.NotNull((await ReadAsync(Requirement(issued))).Approval);
            return;
        }

        await AssertRefusedAsync("ApprovalInvalid", Requirement(authority), "extended key usage");
        await AssertRefusedAsync("ApprovalInvalid", Requirement(issued), "extended key usage");
    }

    [Fact]
    public async Task Read_KeyUsageOfTheApproverIsEncryption_IsInvalid()
    {
        X509Certificate2 approver = TestX509.Make(
            "rsa",
            "Ben Okri",
            TestX509.Start,
            TestX509.Start.AddYears(2),
            X509KeyUsageFlags.KeyEncipherment
        );
        await ApproveAsync(approver, checkKey: false);

        await AssertRefusedAsync("ApprovalInvalid", Requirement(approver), "key usage");
    }

    [Theory]
    [InlineData("SHA1")]
    [InlineData("MD5")]
    public async Task Read_WeakDigestOfTheSignature_IsInvalid(string digest)
    {
        X509Certificate2 approver = TestX509.Of("rsa", "Ben Okri");
        await ApproveAsync(approver);
        var cms = new SignedCms(new ContentInfo(await File.ReadAllBytesAsync(PlanPath)), detached: true);
        cms.ComputeSignature(
            new CmsSigner(approver)
            {
                DigestAlgorithm = System.Security.Cryptography.Oid.FromFriendlyName(
                    digest,
                    System.Security.Cryptography.OidGroup.HashAlgorithm
                ),
            }
        );
        await File.WriteAllBytesAsync(SignaturePath, cms.Encode());

        await AssertRefusedAsync("ApprovalInvalid", Requirement(approver), "SHA-256 or better");
    }

    [Fact]
    public async Task Read_AuthorityIssuedTheApproverWithSha1_IsInvalid()
    {
        (X509Certificate2 authority, X509Certificate2 issued) = TestX509.IssueWithSha1("Ben Okri");
        await ApproveAsync(issued);

        await AssertRefusedAsync("ApprovalInvalid", Requirement(authority));
    }

    [Theory]
    [InlineData(2030, "is dated")] // still to come
    [InlineData(2020, "is dated")] // before the plan
    public async Task Read_SignedOutsideOfTheTimeFromThePlanUntilNow_IsInvalid(int year, string reason)
    {
        X509Certificate2 approver = TestX509.Make("p256", "Ben Okri", TestX509.Now.AddYears(-20), TestX509.Now.AddYears(20));
        await ApproveAsync(approver);
        await WriteSignatureAsync(approver, new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero));

        await AssertRefusedAsync("ApprovalInvalid", Requirement(approver), reason);
    }

    [Fact]
    public async Task Read_ClockOfTheApproverIsFourMinutesFast_Counts()
    {
        X509Certificate2 approver = TestX509.Of("p256", "Ben Okri");
        await ApproveAsync(approver);
        await WriteSignatureAsync(approver, TestX509.Now.AddMinutes(4));
        Assert.NotNull((await ReadAsync(Requirement(approver))).Approval);

        await WriteSignatureAsync(approver, TestX509.Now.AddMinutes(6));
        await AssertRefusedAsync("ApprovalInvalid", Requirement(approver));
    }

    [Fact]
    public async Task Read_CertificateOfTheSignerHasEnded_CountsOnlyWithATrustedTimestamp()
    {
        DateTimeOffset signedAt = TestX509.Now.AddDays(-30);
        X509Certificate2 ended = TestX509.Make("p256", "Ben Okri", TestX509.Start, TestX509.Now.AddDays(-10));
        X509Certificate2 stamping = TestTimestamps.MakeAuthority();
        await ApproveAsync(TestX509.Of("p256", "Ben Okri"));
        await WriteSignatureAsync(ended, signedAt);
        await AssertRefusedAsync("ApprovalInvalid", Requirement(ended), "time stamp");
        byte[] unstamped = await File.ReadAllBytesAsync(SignaturePath);

        await File.WriteAllBytesAsync(SignaturePath, TestTimestamps.Stamp(unstamped, stamping, signedAt.AddMinutes(1)));
        Assert.Equal(
            signedAt.AddMinutes(1),
            (await ReadAsync(Requirement(ended) with { TimestampAuthorities = [stamping] })).Approval!.TimestampedAt
        );
        await AssertRefusedAsync("ApprovalInvalid", Requirement(ended), "time stamp");
        await AssertRefusedAsync(
            "ApprovalInvalid",
            Requirement(ended) with
            {
                TimestampAuthorities = [TestTimestamps.MakeAuthority()],
            },
            "not trusted"
        );

        // Stamped after the end; before what it stamps; by somebody who may not stamp.
        await File.WriteAllBytesAsync(SignaturePath, TestTimestamps.Stamp(unstamped, stamping, TestX509.Now.AddDays(-1)));
        await AssertRefusedAsync("ApprovalInvalid", Requirement(ended) with { TimestampAuthorities = [stamping] });
        await File.WriteAllBytesAsync(SignaturePath, TestTimestamps.Stamp(unstamped, stamping, signedAt.AddDays(-1)));
        await AssertRefusedAsync("ApprovalInvalid", Requirement(ended) with { TimestampAuthorities = [stamping] });
        X509Certificate2 other = TestTimestamps.MakeAuthority(maysStamp: false);
        await File.WriteAllBytesAsync(SignaturePath, TestTimestamps.Stamp(unstamped, other, signedAt.AddMinutes(1)));
        await AssertRefusedAsync("ApprovalInvalid", Requirement(ended) with { TimestampAuthorities = [other] });
    }

    [Fact]
    public async Task Read_TimestampOfAnotherSignature_DoesNotCount()
    {
        DateTimeOffset signedAt = TestX509.Now.AddDays(-30);
        X509Certificate2 ended = TestX509.Make("p256", "Ben Okri", TestX509.Start, TestX509.Now.AddDays(-10));
        X509Certificate2 stamping = TestTimestamps.MakeAuthority();
        await ApproveAsync(TestX509.Of("p256", "Ben Okri"));
        await WriteSignatureAsync(ended, signedAt);
        var cms = new SignedCms();
        cms.Decode(await File.ReadAllBytesAsync(SignaturePath));
        cms.SignerInfos[0]
            .AddUnsignedAttribute(
                new System.Security.Cryptography.AsnEncodedData(
                    new System.Security.Cryptography.Oid("1.2.840.113549.1.9.16.2.14"),
                    TestTimestamps.Token(stamping, [1, 2, 3], signedAt)
                )
            );
        await File.WriteAllBytesAsync(SignaturePath, cms.Encode());

        await AssertRefusedAsync("ApprovalInvalid", Requirement(ended) with { TimestampAuthorities = [stamping] }, "something else");
    }

    [Theory]
    [InlineData("B\u0435n Okri", "Ana Lopez")] // mixes alphabets, whoever performs it
    [InlineData("\u0410\u043d\u0430", "AHa")] // all Cyrillic, looks like the performer
    [InlineData("Ana\u200b Lopez", "Ana Lopez")]
    [InlineData("ANA L\u00d3PEZ", "Ana Lopez")]
    public async Task Read_NameOfTheApproverLooksLikeThePerformers_IsRefused(string approver, string performer)
    {
        X509Certificate2 certificate = TestX509.Of("p256", approver);
        await ApproveAsync(certificate);

        await AssertRefusedAsync("ApprovalBySelf", Requirement(certificate) with { PerformerNames = [performer] });
        await AssertRefusedAsync("ApprovalBySelf", Requirement(certificate) with { PerformerCertificate = TestX509.Of("rsa", performer) });
    }

    [Fact]
    public async Task Read_ApproverOfATrustedAuthority_Counts()
    {
        (X509Certificate2 authority, X509Certificate2 issued) = TestX509.Issue("Ben Okri");
        await ApproveAsync(issued);

        Assert.Equal("Ben Okri", (await ReadAsync(Requirement(authority))).Approval!.ApprovedBy);
    }

    [Fact]
    public async Task Read_SignedAfterTheCertificateHadEnded_IsInvalid()
    {
        X509Certificate2 short_ = TestX509.Make("p256", "Ben Okri", TestX509.Start, TestX509.Now.AddDays(1));
        await ApproveAsync(short_);
        Assert.NotNull((await ReadAsync(Requirement(short_))).Approval);

        byte[] late = PlanApproval.Sign(
            await File.ReadAllBytesAsync(PlanPath),
            SigningKey.ForSigning(short_, TestX509.Now),
            TestX509.Now.AddDays(2)
        );
        await File.WriteAllBytesAsync(SignaturePath, late);
        await AssertRefusedAsync("ApprovalInvalid", Requirement(short_));
    }

    [Fact]
    public async Task Read_ApprovedByThePerformer_IsRefused()
    {
        X509Certificate2 approver = TestX509.Of("p256", "Ben Okri");
        await ApproveAsync(approver);
        using X509Certificate2 renewed = new CertificateRequest(
            "CN=Somebody Else",
            approver.GetECDsaPrivateKey()!,
            System.Security.Cryptography.HashAlgorithmName.SHA256
        ).CreateSelfSigned(TestX509.Start, TestX509.Start.AddYears(1));

        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerCertificate = approver });
        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerCertificate = renewed });
        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerCertificate = TestX509.Of("rsa", "Ben Okri") });
        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerNames = ["ana", "ben okri"] });
        await AssertRefusedAsync(
            "ApprovalBySelf",
            Requirement(approver) with
            {
                PerformerCertificate = TestX509.Of("p256", "Privacy Office"),
                PerformerNames = ["Ben Okri"],
            }
        );
        Assert.NotNull(
            (await ReadAsync(Requirement(approver) with { PerformerCertificate = TestX509.Of("p256"), PerformerNames = ["ana"] })).Approval
        );
    }

    private static ApprovalRequirement Requirement(X509Certificate2 approver) => new() { Approvers = [approver] };

    private async Task<ErasurePlan> ApproveAsync(X509Certificate2 approver, bool checkKey = true)
    {
        ErasurePlan saved = await PlanFile.SaveAsync(PlanDocument.Seal(PlanGen.Small), PlanPath, CancellationToken.None);
        if (checkKey)
            Assert.NotNull(SigningKey.ForSigning(approver, TestX509.Now));
        await WriteSignatureAsync(approver, TestX509.Now);
        return saved;
    }

    private async Task WriteSignatureAsync(X509Certificate2 approver, DateTimeOffset time) =>
        await File.WriteAllBytesAsync(
            SignaturePath,
            PlanApproval.Sign(await File.ReadAllBytesAsync(PlanPath), SigningKey.ForChecking(approver)!, time)
        );

    private Task<ErasurePlan> ReadAsync(ApprovalRequirement requirement) =>
        PlanApproval.ReadAsync(PlanPath, requirement, _time, CancellationToken.None);

    private async Task AssertRefusedAsync(string id, ApprovalRequirement requirement, string reason = "")
    {
        Fault fault = (await Assert.ThrowsAsync<DsrException>(() => ReadAsync(requirement))).Fault;
        Assert.Equal(id, fault.Id);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }
}

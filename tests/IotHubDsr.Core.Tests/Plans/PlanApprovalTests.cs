using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using IotHubDsr.Certificates;
using IotHubDsr.Core.Tests.Certificates;
using IotHubDsr.Plans;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Plans;

public sealed class PlanApprovalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("approval-tests-").FullName;
    private readonly FakeTimeProvider _time = new(TestCertificates.Now);

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
        ErasurePlan saved = await ApproveAsync(TestCertificates.Of(kind, "Ben Okri"));

        ErasurePlan read = await ReadAsync(Requirement(TestCertificates.Of(kind, "Ben Okri")));

        Assert.Equal(saved.Digest, read.Digest);
        Assert.Equal(
            ("Ben Okri", SignaturePath, saved.Digest, (DateTimeOffset?)TestCertificates.Now),
            (read.Approval!.ApprovedBy, read.Approval.SignaturePath, read.Approval.PlanDigest, read.Approval.SignedAt));
    }

    [Fact]
    public async Task Read_NoSignature_IsMissing()
    {
        await PlanFile.SaveAsync(PlanDocument.Seal(PlanGen.Small), PlanPath, CancellationToken.None);

        await AssertRefusedAsync("ApprovalMissing", Requirement(TestCertificates.Of("p256", "Ben Okri")));
    }

    [Fact]
    public async Task Read_EditedPlanOrOneBitOfTheSignature_IsInvalid()
    {
        await ApproveAsync(TestCertificates.Of("p256", "Ben Okri"));
        ApprovalRequirement requirement = Requirement(TestCertificates.Of("p256", "Ben Okri"));
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
        await ApproveAsync(TestCertificates.Of("p256", "Ben Okri"));
        await File.WriteAllTextAsync(SignaturePath, content);

        await AssertRefusedAsync("ApprovalInvalid", Requirement(TestCertificates.Of("p256", "Ben Okri")));
    }

    [Fact]
    public async Task Read_SignatureThatBringsItsOwnContent_IsInvalid()
    {
        await ApproveAsync(TestCertificates.Of("p256", "Ben Okri"));
        var cms = new SignedCms(new ContentInfo([1, 2, 3]));
        cms.ComputeSignature(new CmsSigner(TestCertificates.Of("p256", "Ben Okri")));
        await File.WriteAllBytesAsync(SignaturePath, cms.Encode());

        await AssertRefusedAsync("ApprovalInvalid", Requirement(TestCertificates.Of("p256", "Ben Okri")));
    }

    [Fact]
    public async Task Read_ApproverIsNotTrusted_IsInvalid()
    {
        await ApproveAsync(TestCertificates.Of("p256", "Ben Okri"));

        await AssertRefusedAsync("ApprovalInvalid", Requirement(TestCertificates.Of("p256", "Carla Diaz")));
        await AssertRefusedAsync("ApprovalInvalid", new ApprovalRequirement());
    }

    [Fact]
    public async Task Read_ApproverOfATrustedAuthority_Counts()
    {
        (X509Certificate2 authority, X509Certificate2 issued) = TestCertificates.Issue("Ben Okri");
        await ApproveAsync(issued);

        Assert.Equal("Ben Okri", (await ReadAsync(Requirement(authority))).Approval!.ApprovedBy);
    }

    [Fact]
    public async Task Read_SignedAfterTheCertificateHadEnded_IsInvalid()
    {
        X509Certificate2 short_ = TestCertificates.Make("p256", "Ben Okri", TestCertificates.Start, TestCertificates.Now.AddDays(1));
        await ApproveAsync(short_);
        Assert.NotNull((await ReadAsync(Requirement(short_))).Approval);

        byte[] late = PlanApproval.Sign(
            await File.ReadAllBytesAsync(PlanPath), SigningKey.ForSigning(short_, TestCertificates.Now), TestCertificates.Now.AddDays(2));
        await File.WriteAllBytesAsync(SignaturePath, late);
        await AssertRefusedAsync("ApprovalInvalid", Requirement(short_));
    }

    [Fact]
    public async Task Read_ApprovedByThePerformer_IsRefused()
    {
        X509Certificate2 approver = TestCertificates.Of("p256", "Ben Okri");
        await ApproveAsync(approver);
        using X509Certificate2 renewed = new CertificateRequest(
            "CN=Somebody Else", approver.GetECDsaPrivateKey()!, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(TestCertificates.Start, TestCertificates.Start.AddYears(1));

        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerCertificate = approver });
        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerCertificate = renewed });
        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerCertificate = TestCertificates.Of("rsa", "Ben Okri") });
        await AssertRefusedAsync("ApprovalBySelf", Requirement(approver) with { PerformerNames = ["ana", "ben okri"] });
        await AssertRefusedAsync(
            "ApprovalBySelf", Requirement(approver) with { PerformerCertificate = TestCertificates.Of("p256", "Privacy Office"), PerformerNames = ["Ben Okri"] });
        Assert.NotNull((await ReadAsync(Requirement(approver) with { PerformerCertificate = TestCertificates.Of("p256"), PerformerNames = ["ana"] })).Approval);
    }

    private static ApprovalRequirement Requirement(X509Certificate2 approver) => new() { Approvers = [approver] };

    private async Task<ErasurePlan> ApproveAsync(X509Certificate2 approver)
    {
        ErasurePlan saved = await PlanFile.SaveAsync(PlanDocument.Seal(PlanGen.Small), PlanPath, CancellationToken.None);
        byte[] file = await File.ReadAllBytesAsync(PlanPath);
        await File.WriteAllBytesAsync(SignaturePath, PlanApproval.Sign(file, SigningKey.ForSigning(approver, TestCertificates.Now), TestCertificates.Now));
        return saved;
    }

    private Task<ErasurePlan> ReadAsync(ApprovalRequirement requirement) => PlanApproval.ReadAsync(PlanPath, requirement, _time, CancellationToken.None);

    private async Task AssertRefusedAsync(string id, ApprovalRequirement requirement) =>
        Assert.Equal(id, (await Assert.ThrowsAsync<DsrException>(() => ReadAsync(requirement))).Fault.Id);
}

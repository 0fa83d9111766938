using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IotHubDsr.Core.Tests.Sinks.LogArchives;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;
using IotHubDsr.Sandbox.World;

namespace IotHubDsr.Core.Tests.Operations;

/// <summary>What a request leaves as evidence: certificates that follow each other, a report, a bundle for support.</summary>
public sealed class CertifiedRequestTests
{
    [Fact]
    public async Task Erase_AndVerify_IssueCertificatesThatFollowEachOtherAndNameNoDevice()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        using X509Certificate2 signer = Signer("CN=Ana Admin");
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1", "it's"), signer: signer);
        await sandbox.VerifyAsync(receipts[0].RequestId);

        DataRequest request = await sandbox.RequestAsync();

        Assert.Equal([true, false], request.Certificates.Select(certificate => certificate.IsSigned));
        List<ErasureCertificateCheck> checks = await sandbox.CheckAsync([.. request.Certificates.Select(certificate => certificate.Path!)]);
        Assert.All(checks, check => Assert.True(check.IsValid, check.Reason));
        Assert.All(checks, check => Assert.Equal(request.RequestId, check.RequestId));
        Assert.Equal(receipts.Max(receipt => receipt.Verdict), checks[0].OverallVerdict);
        string first = Payload(request.Certificates[0].Path!),
            second = Payload(request.Certificates[1].Path!);
        Assert.Contains(request.Certificates[0].Digest["sha256:".Length..], second, StringComparison.Ordinal);
        Assert.Contains("Ana Admin", first, StringComparison.Ordinal);
        Assert.All(["dev1", "it's"], device => Assert.DoesNotContain(device, first + second, StringComparison.Ordinal));
        Assert.Contains(request.PlanDigest!["sha256:".Length..], first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_PerformerIsNotUnicode_IsCertifiedAllTheSame()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"), performer: "Ana \ud83d");

        ErasureCertificateCheck check = Assert.Single(await sandbox.CheckAsync((await sandbox.RequestAsync()).Certificates[0].Path!));

        Assert.True(check.IsValid, check.Reason);
        Assert.Equal("Ana \ufffd", check.Performer);
    }

    [Fact]
    public async Task Erase_SignerIsNotValidNow_IsToldBeforeAnythingIsDone()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        ErasurePlan plan = await sandbox.PlanAsync("dev1");
        using X509Certificate2 expired = Signer("CN=Ana Admin", days: -1);

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => sandbox.EraseAsync(plan, signer: expired));

        Assert.Equal("CertificateUnusable", refused.Fault.Id);
        Assert.DoesNotContain(sandbox.Server.RequestLog.After(0), logged => logged.Mutating);
        Assert.Empty(Directory.GetFileSystemEntries(sandbox.RequestStore));
    }

    [Fact]
    public async Task Certificate_LocationThatNobodyErasesFrom_IsThereWithWhatItsOwnerHasToDo()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));

        using var payload = JsonDocument.Parse(Payload((await sandbox.RequestAsync()).Certificates[0].Path!));

        string text = payload.RootElement.GetRawText();
        Assert.All(receipts.Select(receipt => receipt.Location), location => Assert.Contains(location.Id, text, StringComparison.Ordinal));
        Assert.Contains("its owner deletes what it holds of the device", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_RowsWereErasedAndAQueryIsLeftToItsOwner_DoesNotSayThatNothingWasErased()
    {
        const string Container = "insights-logs-twinqueries";
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        sandbox
            .Server.World.Blobs.GetOrAddAccount(WorldNames.UploadAccount)
            .GetOrAddContainer(Container)
            .Put(
                LogArchive.BlobOf(LogArchive.LongAgo),
                Encoding.UTF8.GetBytes(LogArchive.Text(LogArchive.Rows(4, "dev1", "Dev1"))),
                new BlobSeed { BlobType = BlobKind.Append, LastModified = LogArchive.LongAgo }
            );

        ErasureReceipt receipt = (await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"))).Single(one =>
            one.Kind == LocationKinds.LogArchive && one.Place.EndsWith(Container, StringComparison.Ordinal)
        );
        using var payload = JsonDocument.Parse(Payload((await sandbox.RequestAsync()).Certificates[0].Path!));

        Assert.Equal((Verdict.OwnerAction, 2L), (receipt.Verdict, receipt.RecordsErased));
        JsonElement location = payload
            .RootElement.GetProperty("predicate")
            .GetProperty("locations")
            .EnumerateArray()
            .Single(one => one.GetProperty("id").GetString() == receipt.Location.Id);
        Assert.StartsWith("The rows were taken out", location.GetProperty("method").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfARequest_NamesItsDevicesUntilTheKeyIsDestroyed()
    {
        await using RequestSandbox sandbox = await RequestSandbox.StartAsync();
        List<ErasureReceipt> receipts = await sandbox.EraseAsync(await sandbox.PlanAsync("dev1"));
        string requestId = receipts[0].RequestId;

        RequestReport named = await sandbox.ReportAsync(requestId, "named.html");
        await sandbox.ChangeAsync(new AnonymiseOptions { RequestId = requestId, Reason = "The rehearsal is over" });
        RequestReport nameless = await sandbox.ReportAsync(requestId, "nameless.html");

        Assert.Contains("dev1", File.ReadAllText(named.Path), StringComparison.Ordinal);
        Assert.DoesNotContain("dev1", File.ReadAllText(nameless.Path), StringComparison.Ordinal);
        Assert.Contains("raw-json", File.ReadAllText(nameless.Path), StringComparison.Ordinal);
        DsrException taken = await Assert.ThrowsAsync<DsrException>(() => sandbox.ReportAsync(requestId, "named.html"));
        Assert.Equal("FileNotWritten", taken.Fault.Id);
    }

    private static string Payload(string path)
    {
        using var envelope = JsonDocument.Parse(File.ReadAllBytes(path));
        return Encoding.UTF8.GetString(envelope.RootElement.GetProperty("payload").GetBytesFromBase64());
    }

    private static X509Certificate2 Signer(string name, int days = 30)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-30), now.AddDays(days));
    }
}
